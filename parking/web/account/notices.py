"""Pages of what a person was told, and of how they want to be told."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parking.accounts.models import User
from parking.core import clock
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.notifications.models import Channel
from parking.notifications.preferring import choose
from parking.notifications.queries import choices_of, notices_of, quiet_hours_of
from parking.notifications.reading import mark_read
from parking.notifications.rules import Quiet
from parking.notifications.texts import words_of
from parking.notifications.unsubscribing import end_mails, kind_to_end
from parking.web.access import for_anyone, user_of
from parking.web.account.profile import frame_of

# Older ones are found through the API; nobody scrolls so far.
SHOWN = 50
_HOURS = range(24)


@require_safe
@for_anyone
def listing(request: HttpRequest) -> HttpResponse:
    """Show the newest notices. They are read when their person says so."""
    user = user_of(request)
    rows = list(notices_of(user.pk)[:SHOWN])
    return page(
        request,
        "account/notices.html",
        frame=frame_of(user),
        section="notices",
        notices=[(notice, words_of(notice)) for notice in rows],
        has_unread=any(notice.read_at is None for notice in rows),
    )


@require_POST
@for_anyone
def read(request: HttpRequest) -> HttpResponse:
    """Mark everything as read."""
    mark_read(person_id=user_of(request).pk, ids=None, now=clock.now())
    return redirect("notices")


@require_http_methods(["GET", "HEAD", "POST"])
@for_anyone
def preferences(request: HttpRequest) -> HttpResponse:
    """Show and save by which channels a person is told what, and the quiet hours."""
    user = user_of(request)
    if request.method == "POST":
        kinds = [kind.code for kind, _channels in choices_of(user)]
        wanted = set(request.POST.getlist("on"))
        choices = {code: {channel: f"{code}.{channel}" in wanted for channel in Channel.values} for code in kinds}
        quiet = Quiet(_hour(request, "quiet_from", 22), _hour(request, "quiet_until", 7))
        choose(actor=actor_of(request), choices=choices, quiet=quiet, now=clock.now())
        messages.success(request, _("Saved."))
        return redirect("notice_preferences")
    return page(
        request,
        "account/notice_preferences.html",
        frame=frame_of(user),
        section="notices",
        kinds=_rows(user),
        quiet=quiet_hours_of([user.pk]).get(user.pk, Quiet()),
        hours=_HOURS,
    )


def _rows(user: User) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    """Return each kind by its name, with the field, the channel and the present choice of each box."""
    return [
        (str(kind.name or kind.code), [(f"{kind.code}.{key}", str(Channel(key).label), on) for key, on in by.items()])
        for kind, by in choices_of(user)
    ]


def _hour(request: HttpRequest, name: str, usual: int) -> int:
    given = request.POST.get(name, "")
    return int(given) if given.isascii() and given.isdecimal() and int(given) in _HOURS else usual


@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """End the mails of one kind: after a click, or at once when a mail program posts (RFC 8058), which has no session.

    The signed address is the proof; no cookie counts, so another site's form could do no more than whoever has it.
    """
    kind = end_mails(token=token, now=clock.now()) if request.method == "POST" else kind_to_end(token)[1]
    is_done = request.method == "POST"
    return page(request, "account/unsubscribe.html", kind=str(kind.name or kind.code), is_done=is_done)
