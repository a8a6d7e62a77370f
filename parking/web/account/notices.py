"""Pages of what a person was told, and of how they want to be told."""

from contextlib import suppress

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parking.accounts.models import User
from parking.core import clock
from parking.core.errors import DomainError, NotFound
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.edge.wording import sentence_for
from parking.notifications.channels.registry import open_channels
from parking.notifications.channels.web_push import public_key
from parking.notifications.preferring import choose
from parking.notifications.queries import choices_of, notices_of, push_endpoints_of, quiet_hours_of
from parking.notifications.reading import mark_read
from parking.notifications.rules import Quiet
from parking.notifications.subscribing import subscribe
from parking.notifications.subscribing import unsubscribe as end_push
from parking.notifications.texts import words_of
from parking.notifications.unsubscribing import end_mails, kind_to_end
from parking.web.access import for_anyone, user_of
from parking.web.account.forms import PushForm
from parking.web.frames import frame_of

# Older ones are found through the API; nobody scrolls so far.
SHOWN = 50
_HOURS = range(24)
_HOURS_AS_SENT = {str(hour): hour for hour in _HOURS}
_LONGEST = 1000


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
        shown = open_channels()
        choices = {code: {channel.value: f"{code}.{channel}" in wanted for channel in shown} for code in kinds}
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
        push_key=public_key(),
        push_endpoints=" ".join(push_endpoints_of(user.pk)),
    )


@require_POST
@for_anyone
def push_start(request: HttpRequest) -> HttpResponse:
    """Show push messages in the browser that posts what its push service gave."""
    form, now = PushForm(request.POST), clock.now()
    if not form.is_valid():
        messages.error(request, _("This browser did not give the keys that push messages need."))
        return redirect("notice_preferences")
    try:
        subscribe(actor=actor_of(request), **form.cleaned_data, now=now)
    except DomainError as error:
        messages.error(request, sentence_for(error))
    else:
        messages.success(request, _("Messages appear on this device from now on."))
    return redirect("notice_preferences")


@require_POST
@for_anyone
def push_stop(request: HttpRequest) -> HttpResponse:
    """Show no more push messages in a browser; one that is not subscribed stays so."""
    with suppress(NotFound):
        end_push(actor=actor_of(request), endpoint=request.POST.get("endpoint", "")[:_LONGEST], now=clock.now())
    messages.success(request, _("No more messages appear on this device."))
    return redirect("notice_preferences")


def _rows(user: User) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    """Return each kind by its name, with the field, the channel and the present choice of each box."""
    return [
        (str(kind.name or kind.code), [(f"{kind.code}.{key}", str(key.label), by[key]) for key in open_channels()])
        for kind, by in choices_of(user)
    ]


def _hour(request: HttpRequest, name: str, usual: int) -> int:
    return _HOURS_AS_SENT.get(request.POST.get(name, ""), usual)


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
