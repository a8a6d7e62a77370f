"""What the mail provider reports: addresses whose mails come back."""

from django.http import HttpRequest, HttpResponse
from ninja import Router

from parking.accounts.bouncing import note_bounce
from parking.core import clock
from parking.edge.answers import ok
from parking.edge.describe import Ok, enveloped, examples, problems
from parking.edge.parsing import In
from parking.notifications.channels.mail_events import read_reports

router = Router(tags=["Notifications"])


class MarkedOut(In):
    marked: int


@router.post(
    "/events/",
    auth=None,
    response={200: Ok[MarkedOut], **problems(without=(403, 404, 415))},
    openapi_extra=examples(
        request={"RecordType": "Bounce", "Type": "HardBounce", "Email": "asha@example.org"},
        response=enveloped({"marked": 1}, "Taken"),
    ),
    summary="The mail provider's webhook",
)
def take_mail_events(request: HttpRequest) -> HttpResponse:
    """Take what `MAIL_PROVIDER` reports, in its own form; 401 without the proof that it sent it.

    Answers of how many accounts the address takes no mails any more. Safe to repeat.
    """
    now = clock.now()
    reports = read_reports(request, now=now)
    marked = sum(note_bounce(address=one.address, reason=one.reason, at=one.at, now=now) for one in reports)
    return ok({"marked": marked}, "Taken")
