"""Asking for a replay, reading it, and giving its tariff a date."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from parking.audit import services as audit
from parking.core.actor import Actor
from parking.core.errors import InvalidInput, NotFound, Refused
from parking.core.sites import Sites
from parking.facilities.queries import zones_named
from parking.replays.events import ReplayAdopted, ReplayStarted
from parking.replays.models import OPEN_REPLAY, Replay
from parking.tariffs import zone_tariffs
from parking.tariffs.queries import price_now
from parking.tariffs.rules import Prices
from parking.tariffs.rules.checks import checked
from parking.tariffs.versions import Draft, When
from parking.tariffs.zone_tariffs import USUAL_FEE

MOST_DAYS = 366
MOST_ZONES = 200
# Waiting and running ones of one installation; a worker takes them one after the other.
MOST_OPEN = 10


def start_replay(
    *,
    actor: Actor,
    zone_ids: Collection[int],
    draft: Draft,
    start_date: date,
    end_date: date,
    now: datetime,
) -> Replay:
    """Ask what closed sessions of zones, with an exit on these days, would have cost under a draft of a tariff.

    Raises InvalidInput; Refused `bands_overlap`, `too_many_replays`.
    """
    _check_span(start_date, end_date)
    if not 0 < len(set(zone_ids)) <= MOST_ZONES:
        raise InvalidInput({"zone_ids": [f"1 to {MOST_ZONES} zones"]})
    zones = zones_named(zone_ids, actor.sites)
    # As with a tariff of one of the zones: what the draft does not say is as usual.
    usual = price_now(zones[0], now, draft.vehicle_kind).prices.base_rate
    prices = checked(Prices(**({"base_rate": usual, "booking_fee": USUAL_FEE} | dict(draft.fields))))
    with transaction.atomic():
        if Replay.objects.filter(state__in=OPEN_REPLAY).count() >= MOST_OPEN:
            raise Refused("too_many_replays", f"{MOST_OPEN} replays are waiting already")
        replay = Replay.objects.create(
            asked_by_id=actor.user_id,
            zone_ids=[zone.pk for zone in zones],
            site_ids=sorted({zone.site_id for zone in zones}),
            vehicle_kind=draft.vehicle_kind,
            draft=prices.to_json(),
            start_date=start_date,
            end_date=end_date,
            created_at=now,
        )
        event = ReplayStarted(
            replay_id=replay.pk,
            zone_ids=tuple(replay.zone_ids),
            start_date=start_date.isoformat(),
            end_date=end_date.isoformat(),
        )
        audit.record(actor, event, now)
    return replay


def _check_span(start_date: date, end_date: date) -> None:
    if end_date < start_date:
        raise InvalidInput({"end_date": ["Not before the first day"]})
    if end_date - start_date >= timedelta(days=MOST_DAYS):
        raise InvalidInput({"end_date": ["At most twelve months"]})


def adopt(*, actor: Actor, replay_id: int, valid_from: When | None, now: datetime) -> Replay:
    """Give the tariff of a replay a date in each of its zones: all or none. Raises as `zone_tariffs.add_tariff`."""
    replay = replay_by_id(replay_id, actor)
    prices = replay.prices
    fields = {name: getattr(prices, name) for name in prices.__dataclass_fields__}
    draft = Draft(fields, replay.vehicle_kind, valid_from)
    with transaction.atomic():
        made = [
            zone_tariffs.add_tariff(actor=actor, zone_id=zone_id, draft=draft, now=now).pk
            for zone_id in sorted(replay.zone_ids)
        ]
        audit.record(actor, ReplayAdopted(replay_id=replay.pk, tariff_ids=tuple(made)), now)
    return replay


# --- Reads ---------------------------------------------------------------------------------------------


def replays_of(sites: Sites) -> list[Replay]:
    """Return the last replays all of whose zones are at these sites, newest first."""
    return [replay for replay in _newest()[:200] if _is_seen(replay, sites)]


def replay_by_id(replay_id: int, actor: Actor) -> Replay:
    """Return a replay. Raises NotFound `replay_not_found`, also for one with a zone that is not the actor's."""
    replay = Replay.objects.filter(pk=replay_id).first()
    if replay is None or not _is_seen(replay, actor.sites):
        raise NotFound("replay_not_found", "There is no such replay")
    return replay


def state_of(replay_id: int) -> str:
    """Return a text that changes with each step of a replay; for nobody to read."""
    return str(Replay.objects.filter(pk=replay_id).values_list("state", "done", "total").first())


def _newest() -> "QuerySet[Replay]":
    return Replay.objects.select_related("asked_by").order_by("-pk")


def _is_seen(replay: Replay, sites: Sites) -> bool:
    return sites is None or set(replay.site_ids) <= sites
