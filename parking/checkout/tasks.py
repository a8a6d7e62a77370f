"""Background work. Each task may run twice, or twice at once: what it does is decided again under the lock."""

from django_tasks import task

from parking.accounts.throttles import forget_old_windows
from parking.checkout import services
from parking.core import clock
from parking.core.idempotency import forget_old_keys


@task()
def expire_unpaid_holds() -> int:
    return services.expire_unpaid_holds(now=clock.now())


@task()
def expire_no_shows() -> int:
    return services.expire_no_shows(now=clock.now())


@task()
def follow_open_orders() -> int:
    return services.follow_open_orders(now=clock.now())


@task()
def follow_open_refunds() -> int:
    return services.follow_open_refunds(now=clock.now())


@task()
def forget_what_is_over() -> int:
    """Idempotency keys after a day, throttle windows after their minute."""
    now = clock.now()
    return forget_old_keys(now=now) + forget_old_windows(now=now)
