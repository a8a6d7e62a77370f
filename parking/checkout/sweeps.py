"""Which sweep runs how often, and in which lane.

A sweep looks for rows whose time has come and acts on each. It may run late, twice, or twice at once: what it does is
decided again under the lock of the row. Sweeps of one lane run one after the other; lanes do not wait for each other.
"""

from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from time import monotonic
from typing import Any, Protocol

from django.db import connections
from django_tasks_db.models import DBTaskResult

from parking.accounts.families import forget_old_sign_ins
from parking.accounts.pauses import forget_old_failures
from parking.accounts.repeated import record_repetitions
from parking.accounts.sessions import forget_expired_sessions
from parking.accounts.throttles import forget_old_windows
from parking.accounts.tokens import forget_expired_tokens
from parking.audit.outbox import forget_processed
from parking.checkout import (
    collecting,
    documents,
    expiring,
    last_exits,
    mandate_following,
    organisation_money,
    pass_bookings,
    pass_mandates,
    pass_renewing,
    passes,
    placing,
    reservation_renderers,
    settling,
    waiting_list,
    webhooks,
)
from parking.checkout.tasks import work_on_event
from parking.core.heartbeats import forget_dead_workers
from parking.core.idempotency import forget_old_keys
from parking.core.task_queue import prune_results, requeue_lost_tasks
from parking.notifications import alerting, delivering, forgetting, noticing
from parking.notifications.models import Channel
from parking.offers import points
from parking.payments.gateways.registry import gateway_codes
from parking.replays import working
from parking.stays import left_behind

# Calls of one gateway at a time. A run takes twice as many orders: one that hangs 20 s a call is over in 40 s.
CALLS_AT_ONCE = 8
ORDERS_A_RUN = 2 * CALLS_AT_ONCE
# What is sent within this time after the start of a run, is sent without further threads.
QUICK_SECONDS = 1.0


class Run(Protocol):
    """Do what is due at `now`; answers how much that was."""

    def __call__(self, *, now: datetime) -> int: ...


@dataclass(frozen=True)
class Sweep:
    """What runs every so many seconds. After a run that did `full` things there is more: the next comes at once."""

    name: str
    every: int
    run: Run
    full: int | None = None


def lanes() -> dict[str, tuple[Sweep, ...]]:
    """Return the sweeps by lane: those that need the database alone, and two lanes for each gateway."""
    by_name = {
        "bookings": (
            Sweep("expire_unpaid_holds", 5, expiring.expire_unpaid_holds),
            Sweep("expire_no_shows", 5, expiring.expire_no_shows),
            Sweep("claim_places", 5, placing.claim_places),
            Sweep("offer_places", 2, waiting_list.offer_places),
            Sweep("give_up_unpaid_passes", 10, passes.give_up_unpaid_passes),
            Sweep("end_bookings_without_pass", 60, pass_bookings.end_bookings_without_pass),
        ),
        "upkeep": (
            Sweep("queue_unworked_events", 30, queue_unworked_events),
            Sweep("requeue_lost_tasks", 30, requeue_lost_tasks),
            Sweep("lapse_points", 60 * 60, points.lapse_points),
            Sweep("record_repetitions", 30, record_repetitions),
            Sweep("forget_what_is_over", 3600, forget_what_is_over),
            Sweep("end_unwanted_mandates", 10, pass_mandates.end_unwanted),
            Sweep("offer_renewals", 300, pass_renewing.offer_renewals),
            Sweep("remind_of_ends", 600, pass_renewing.remind_of_ends),
            Sweep("expire_passes", 60, pass_renewing.expire_passes),
            Sweep("invoice_months", 300, organisation_money.invoice_months),
            Sweep("note_overdue_invoices", 300, organisation_money.note_overdue_invoices),
            Sweep("forget_ended_vehicles", 3600, pass_renewing.forget_ended_vehicles),
            Sweep("note_vehicles_left_behind", 3600, left_behind.note_steps_due),
            Sweep("lapse_old_debts", 86_400, collecting.lapse_old_debts, full=collecting.MOST_AT_ONCE),
        ),
        # In a lane of its own: a long one holds nothing up.
        "replays": (Sweep("run_replays", 2, working.run_replays, full=1),),
        "documents": (
            Sweep("issue_missing_documents", 60, documents.issue_missing_documents),
            # What the frequent run does not find, because the worker was away for days.
            Sweep("issue_all_missing_documents", 86_400, partial(documents.issue_missing_documents, within=None)),
        ),
    }
    for code in gateway_codes():
        by_name |= _lanes_of_gateway(code)
    follow = mandate_following.follow_mandates
    by_name["mandates"] = (Sweep("follow_mandates", 10, follow, full=mandate_following.MOST_AT_ONCE),)
    return by_name | _lanes_of_notices() | _FURTHER


_FURTHER: dict[str, tuple[Sweep, ...]] = {}


def add_lane(name: str, *kept: Sweep) -> None:
    """Let the worker run sweeps of an app above this one, in a lane of their own."""
    _FURTHER[name] = kept


def _lanes_of_notices() -> dict[str, tuple[Sweep, ...]]:
    """Return the lane that makes notices, and one for each channel: a mail server that hangs delays no push message."""
    lanes: dict[str, tuple[Sweep, ...]] = {
        "notices": (
            Sweep("take_events", 1, noticing.take_events, full=noticing.EVENTS_A_RUN),
            Sweep("tell_managers", 60, alerting.tell_managers),
            Sweep("remind_of_arrivals", 15, reservation_renderers.remind_of_arrivals),
            Sweep("remind_of_last_exits", 30, last_exits.remind_of_last_exits, full=last_exits.MOST_AT_ONCE),
            Sweep("forget_old_notices", 1800, forgetting.forget_old_notices, full=forgetting.NOTICES_A_RUN),
        ),
    }
    for channel in Channel:
        run = partial(delivering.deliver, channel=channel, spread=in_turn)
        lanes[f"deliver {channel}"] = (Sweep(f"deliver {channel}", 2, run, full=delivering.DELIVERIES_A_RUN),)
    return lanes


def _lanes_of_gateway(code: str) -> dict[str, tuple[Sweep, ...]]:
    orders = partial(settling.follow_open_orders, gateway=code, most=ORDERS_A_RUN, spread=in_threads)
    refunds = partial(settling.follow_open_refunds, gateway=code, spread=in_threads)
    return {
        f"orders {code}": (Sweep(f"follow_open_orders {code}", 3, orders, full=ORDERS_A_RUN),),
        f"refunds {code}": (Sweep(f"follow_open_refunds {code}", 30, refunds),),
    }


def in_threads(call: Callable[[Any], bool], rows: Iterable[Any]) -> Iterable[bool]:
    """Call for each row, at most eight at a time, each with a database connection of its own."""

    def call_and_disconnect(row: Any) -> bool:
        try:
            return call(row)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(CALLS_AT_ONCE) as pool:
        return list(pool.map(call_and_disconnect, rows))


def in_turn(call: Callable[[Any], bool], rows: Iterable[Any]) -> Iterable[bool]:
    """Call for each row, here and one after the other while that is quick; for the rest eight at a time.

    A thread needs a connection of its own, which costs more than a delivery to a provider that answers at once.
    """
    waiting, done = deque(rows), []
    ends_at = monotonic() + QUICK_SECONDS
    try:
        while waiting and monotonic() < ends_at:
            done.append(call(waiting.popleft()))
    finally:
        # Also after one that broke: it holds up no other.
        done += in_threads(call, waiting)
    return done


def queue_unworked_events(*, now: datetime) -> int:
    """Queue again the events whose task was lost, or found the gateway silent."""
    unfinished = DBTaskResult.objects.ready() | DBTaskResult.objects.running()
    arguments = unfinished.filter(task_path=work_on_event.module_path).values_list("args_kwargs", flat=True)
    waiting = {given["args"][0] for given in arguments}
    lost = [event_id for event_id in webhooks.unworked_events(now=now) if event_id not in waiting]
    for event_id in lost:
        work_on_event.enqueue(event_id)
    return len(lost)


def forget_what_is_over(*, now: datetime) -> int:
    """Delete what nobody needs any more; answers how many rows, without the results of tasks.

    Idempotency keys after a day, throttle windows after their minute, tokens and sessions that have run out, results of
    tasks after two days, the rows of killed workers after a day.
    """
    prune_results()
    forgetting = (
        forget_old_keys,
        forget_old_windows,
        forget_expired_tokens,
        forget_old_sign_ins,
        forget_old_failures,
        forget_expired_sessions,
        forget_processed,
    )
    return sum(forget(now=now) for forget in forgetting) + forget_dead_workers(now=now)
