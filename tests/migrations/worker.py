"""What the worker does by itself, done now: the one place here that knows where its services are."""

from parking.checkout import documents, expiring, settling, webhooks
from parking.core import clock


def expire_holds() -> None:
    expiring.expire_unpaid_holds(now=clock.now())


def expire_no_shows() -> None:
    expiring.expire_no_shows(now=clock.now())


def follow_orders() -> None:
    settling.follow_open_orders(now=clock.now())


def follow_refunds() -> None:
    settling.follow_open_refunds(now=clock.now())


def issue_documents() -> None:
    documents.issue_missing_documents(now=clock.now())


def work_on_event(event_id: int) -> bool:
    return webhooks.work_on_event(event_id=event_id, now=clock.now())
