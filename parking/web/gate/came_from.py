"""Where the page of a session leads back to: the page from which it was opened, with its filter.

A form that is sent from it comes back to it, so the page before is kept with the sign-in; what no list opened leads to
what the duties of the car park have at hand.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.urls import Resolver404, resolve, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from parking.web.gate.duties import offered_at

# The pages that name sessions; no other address is led back to.
_PAGES = {
    "gate": _("Scan"),
    "gate_everybody_inside": _("Who is inside"),
    "gate_given_tickets": _("Entered or gone?"),
    "gate_inside": _("Cars inside"),
    "gate_phone": _("Find by phone"),
    "gate_problems": _("Problems"),
    "gate_ticket": _("New ticket"),
}
_KEPT = "gate_came_from"
_LONGEST = 300


@dataclass(frozen=True)
class Back:
    """A page, by its name, and the filter with which it was shown."""

    page: str
    query: str = ""

    @property
    def address(self) -> str:
        return f"{reverse(self.page)}?{self.query}" if self.query else reverse(self.page)

    @property
    def label(self) -> Promise:
        return _PAGES[self.page]


def came_from(request: HttpRequest, session_id: int) -> Back:
    """Return where the page of a session leads back to; one that a list opened just now is kept for what follows."""
    kept = request.session.get(_KEPT)
    if back := _named(request):
        now_kept = [session_id, back.page, back.query]
        if kept != now_kept:
            request.session[_KEPT] = now_kept
        return back
    if kept and kept[0] == session_id and kept[1] in _PAGES:
        return Back(kept[1], kept[2])
    return Back("gate_inside" if offered_at(request).floor else "gate")


def _named(request: HttpRequest) -> Back | None:
    """Return the page that the browser names, where it is one that names sessions."""
    try:
        named = urlsplit(request.headers.get("Referer", ""))
        page = resolve(named.path).url_name
    except (ValueError, Resolver404):
        return None
    if named.netloc != request.get_host() or page not in _PAGES or len(named.query) > _LONGEST:
        return None
    return Back(page, named.query)
