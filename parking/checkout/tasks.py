"""Background work. Each task may run twice, or twice at once: what it does is decided again under the lock."""

from django_tasks import task

from parking.accounts.sessions import forget_expired_sessions
from parking.accounts.throttles import forget_old_windows
from parking.accounts.tokens import forget_expired_tokens
from parking.checkout import documents, expiring, settling, webhooks
from parking.core import clock
from parking.core.idempotency import forget_old_keys


@task()
def expire_unpaid_holds() -> int:
    return expiring.expire_unpaid_holds(now=clock.now())


@task()
def expire_no_shows() -> int:
    return expiring.expire_no_shows(now=clock.now())


@task()
def follow_open_orders() -> int:
    return settling.follow_open_orders(now=clock.now())


@task()
def follow_open_refunds() -> int:
    return settling.follow_open_refunds(now=clock.now())


@task()
def work_on_event(event_id: int) -> bool:
    return webhooks.work_on_event(event_id=event_id, now=clock.now())


@task()
def queue_unworked_events() -> int:
    """Queue again the events whose task was lost, or found the gateway silent."""
    events = webhooks.unworked_events(now=clock.now())
    for event_id in events:
        work_on_event.enqueue(event_id)
    return len(events)


@task()
def issue_missing_documents() -> int:
    return documents.issue_missing_documents(now=clock.now())


@task()
def issue_all_missing_documents() -> int:
    """What the frequent run did not find, because the worker was away for days."""
    return documents.issue_missing_documents(now=clock.now(), within=None)


@task()
def forget_what_is_over() -> int:
    """Idempotency keys after a day, throttle windows after their minute, tokens and sessions that have run out."""
    now = clock.now()
    forgotten = forget_old_keys(now=now) + forget_old_windows(now=now)
    return forgotten + forget_expired_tokens(now=now) + forget_expired_sessions(now=now)
