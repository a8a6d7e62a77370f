"""Vehicles that were left behind: which they are, and what is due about each. The only writer of the steps.

Cars under a pass, and reservations whose time runs, are where they belong.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet

from parking.audit import services as audit
from parking.core.actor import SYSTEM, Actor
from parking.core.errors import NotFound
from parking.core.sites import ALL_SITES, Sites, at_sites
from parking.stays.events import LeftBehindStepDone, LeftBehindStepDue
from parking.stays.left_models import LeftBehindStep, LeftBehindWay
from parking.stays.models import ParkingSession, SessionStatus

LISTED_AFTER = timedelta(hours=48)
# After so many days inside.
STEPS = ((3, LeftBehindWay.MESSAGE), (7, LeftBehindWay.NOTICE), (15, LeftBehindWay.LETTER))
MOST_AT_ONCE = 200


def left_behind(*, sites: Sites, now: datetime, after: timedelta = LISTED_AFTER) -> "QuerySet[ParkingSession]":
    """Return the cars that are inside for 48 hours and more (or `after`), the longest first, with their steps."""
    rows = ParkingSession.objects.whole().filter(status=SessionStatus.ACTIVE, entry_time__lte=now - after)
    rows = rows.filter(Q(ends_at=None) | Q(ends_at__lte=now - after), subscription=None)
    steps = Prefetch("left_behind_steps", LeftBehindStep.objects.order_by("pk"))
    return (
        at_sites(rows, sites, "zone__site_id")
        .select_related("driver")
        .prefetch_related(steps)
        .order_by("entry_time", "pk")
    )


def note_steps_due(*, now: datetime) -> int:
    """Write down the steps whose day has come; answers how many. A message is done by that: its driver is told."""
    return sum(_note(days, way, now) for days, way in STEPS)


def _note(days: int, way: LeftBehindWay, now: datetime) -> int:
    cars = left_behind(sites=ALL_SITES, now=now, after=timedelta(days=days)).exclude(left_behind_steps__way=way)
    if way == LeftBehindWay.MESSAGE:
        # Of a walk-in nobody knows whom to tell.
        cars = cars.filter(driver__isnull=False)
    return sum(_note_of(session, days, way, now) for session in cars.prefetch_related(None)[:MOST_AT_ONCE])


def _note_of(session: ParkingSession, days: int, way: LeftBehindWay, now: datetime) -> bool:
    done_at = now if way == LeftBehindWay.MESSAGE else None
    with transaction.atomic():
        step, is_new = LeftBehindStep.objects.get_or_create(
            session_id=session.pk, way=way, defaults={"due_at": now, "done_at": done_at}
        )
        if is_new:
            audit.record(SYSTEM, LeftBehindStepDue(session_id=session.pk, way=step.way, days=days), now)
    return is_new


def note_step_done(*, actor: Actor, step_id: int, now: datetime) -> LeftBehindStep:
    """Write down that the notice hangs at the vehicle, or that the letter was posted. Safe to repeat.

    Raises NotFound `left_behind_step_not_found`.
    """
    with transaction.atomic():
        rows = at_sites(LeftBehindStep.objects.filter(pk=step_id), actor.sites, "session__zone__site_id")
        step = rows.select_for_update(of=("self",), no_key=True).first()
        if step is None:
            raise NotFound("left_behind_step_not_found", "There is no such step")
        if step.done_at is None:
            step.done_at, step.done_by_id = now, actor.user_id
            step.save(update_fields=["done_at", "done_by"])
            audit.record(actor, LeftBehindStepDone(session_id=step.session_id, way=step.way), now)
    return step
