"""Messages that reached nobody, and sending them again."""

from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import Field

from parking.api.paging import PageQuery, page_of
from parking.api.shapes.notifications import UndeliveredOut
from parking.core import clock
from parking.edge.answers import ok
from parking.edge.callers import actor_of, admin_only
from parking.edge.describe import READ_PROBLEMS, WRITE_PROBLEMS, Ok, Page, enveloped, examples, paged
from parking.edge.parsing import In, Printable
from parking.notifications.models import Channel
from parking.notifications.queries import failed_deliveries
from parking.notifications.retrying import retry_all

router = Router(tags=["Admin"], auth=admin_only)


@router.get(
    "/undelivered/",
    response={200: Ok[Page[UndeliveredOut]], **READ_PROBLEMS},
    openapi_extra=examples(response=paged(UndeliveredOut.example)),
    summary="Undelivered messages",
)
def list_undelivered(request: HttpRequest, paging: PageQuery) -> HttpResponse:
    """What was tried five times, or refused for good, the newest first."""
    found = page_of(failed_deliveries(sites=actor_of(request).sites), paging)
    return ok(found.showing([UndeliveredOut.of(delivery) for delivery in found.rows]))


class RetryIn(In):
    channel: Literal[Channel.MAIL, Channel.PUSH, Channel.SMS, Channel.WHATSAPP]
    reason: Annotated[str, Field(min_length=1, max_length=60), Printable]


class RetriedOut(In):
    retried: int


@router.post(
    "/undelivered/retry/",
    response={200: Ok[RetriedOut], **WRITE_PROBLEMS},
    openapi_extra=examples(
        request={"channel": "MAIL", "reason": "smtp_451"}, response=enveloped({"retried": 12}, "Sent again")
    ),
    summary="Send undelivered messages again",
)
def retry_undelivered(request: HttpRequest, payload: RetryIn) -> HttpResponse:
    """Send all again that failed by one channel for one reason, at the caller's sites. Answers how many that were."""
    count = retry_all(actor=actor_of(request), channel=Channel(payload.channel), error=payload.reason, now=clock.now())
    return ok({"retried": count}, "Sent again")
