"""Who may see a page, and where people are sent who may not."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import escape_leading_slashes, url_has_allowed_host_and_scheme

from parking.accounts.models import Role, User
from parking.edge.callers import ANY_ROLE, ATTENDANTS, AUDITORS, DRIVERS, MANAGERS, is_let_in, wrong_role

View = Callable[..., HttpResponseBase]

# In the address of the sign-in page: somebody was in the midst of something when the session ended.
INTERRUPTED = "interrupted"
HOME_OF_ROLE = {Role.ADMIN: "office", Role.AUDITOR: "office", Role.STAFF: "gate", Role.USER: "zones"}


def for_roles(
    roles: frozenset[Role], readers: frozenset[Role] = frozenset(), *, given_password: bool = False
) -> Callable[[View], View]:
    """Let in signed-in people with one of these roles, and `readers` to read; everybody else signs in first.

    Who has a password of a manager's choice changes it first, except on pages with `given_password`.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return to_sign_in(request)
            if user_of(request).password_must_change and not given_password:
                return _to(request, reverse("password_change"))
            if not is_let_in(request, user_of(request), roles, readers):
                raise wrong_role()
            return view(request, *args, **kwargs)

        return guarded

    return decorate


for_anyone = for_roles(ANY_ROLE)
for_any_password = for_roles(ANY_ROLE, given_password=True)
for_drivers = for_roles(DRIVERS)
for_attendants = for_roles(ATTENDANTS)
for_managers = for_roles(MANAGERS)
# Pages of the office with something to read: the auditor sees them without their forms.
for_office = for_roles(MANAGERS, AUDITORS)
# What readers of the office's pages choose for themselves alone.
for_readers = for_roles(MANAGERS | AUDITORS)


def user_of(request: HttpRequest) -> User:
    """The signed-in user, behind one of the decorators above."""
    user = request.user
    if not isinstance(user, User):
        raise TypeError("This view has no audience: its decorator is missing")
    return user


def driver_of(request: HttpRequest) -> User | None:
    """Return who looks at a page that everybody sees, if that is somebody who may book."""
    user = request.user
    return user if isinstance(user, User) and user.role in DRIVERS else None


def _is_fetched(request: HttpRequest) -> bool:
    """Whether a script asks (htmx, live.js), not the browser itself."""
    return request.headers.get("HX-Request") == "true" or request.headers.get("X-Live") == "true"


def is_part(request: HttpRequest) -> bool:
    """Whether a part of a page is asked for; a boosted link takes its part out of the whole page itself."""
    return _is_fetched(request) and "HX-Boosted" not in request.headers


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send to the sign-in page, and back afterwards: here, or to the page whose form or script it was that asked.

    Scripts get the address where the whole page is to go.
    """
    if request.method == "GET" and not _is_fetched(request):
        query = {"next": request.get_full_path()}
    elif page_of := page_asked_from(request):
        query = {"next": page_of, INTERRUPTED: "1"}
    else:
        query = {}
    return _to(request, f"{reverse('sign_in')}?{urlencode(query)}" if query else reverse("sign_in"))


def page_asked_from(request: HttpRequest) -> str:
    """Return path and query of the page of ours that a link, form or script was on, as the browser says; else empty."""
    address = request.headers.get("HX-Current-URL") or request.headers.get("Referer") or ""
    if not _is_ours(request, address):
        return ""
    parts = urlsplit(address)
    # A path may begin as the name of another site does, `//elsewhere`.
    back = escape_leading_slashes(f"{parts.path}?{parts.query}" if parts.query else parts.path)
    return back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) else ""


def _to(request: HttpRequest, address: str) -> HttpResponse:
    if _is_fetched(request):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def safe_next(request: HttpRequest, default: str) -> str:
    """The address in `next`, if it is one of ours; otherwise the default address."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return wanted if _is_ours(request, wanted) else default


def _is_ours(request: HttpRequest, address: str) -> bool:
    return url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )


def home_of(user: User) -> str:
    """Where this person starts."""
    return reverse(HOME_OF_ROLE[Role(user.role)])
