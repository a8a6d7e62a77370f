"""What the worker does by itself, done now: the one place here that knows where its services are."""

from parking.checkout import services
from parking.core import clock


def expire_holds() -> None:
    services.expire_unpaid_holds(now=clock.now())


def expire_no_shows() -> None:
    services.expire_no_shows(now=clock.now())


def follow_orders() -> None:
    services.follow_open_orders(now=clock.now())


def follow_refunds() -> None:
    services.follow_open_refunds(now=clock.now())


def issue_documents() -> None:
    services.issue_missing_documents(now=clock.now())


def work_on_event(event_id: int) -> bool:
    return services.work_on_event(event_id=event_id, now=clock.now())
