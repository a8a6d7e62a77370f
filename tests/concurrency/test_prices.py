"""What waits for a second person is asked for once, and decided once."""

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from parking.accounts.models import Approval, Decision, Role
from parking.audit.models import AuditEntry
from parking.checkout import approving
from parking.core.actor import SYSTEM, Actor
from parking.facilities.models import ParkingZone
from parking.tariffs.demand import steps_of
from parking.tariffs.holidays import add_holiday, propose_holiday, propose_removal
from parking.tariffs.models import Holiday, Tariff
from parking.tariffs.rules.demand import DemandStep
from parking.tariffs.rules.terms import Band, Weekday
from parking.tariffs.services import propose_zone
from parking.tariffs.versions import Draft
from parking.tariffs.zone_demand import propose_demand
from parking.tariffs.zone_tariffs import add_tariff, propose_tariff
from tests.build import actor, make_user, make_zone
from tests.concurrency.together import at_once, tally
from tests.moments import START

pytestmark = pytest.mark.django_db(transaction=True)


def zone_of_yesterday() -> ParkingZone:
    zone = make_zone()
    ParkingZone.objects.update(created_at=START - timedelta(days=1))
    return zone


def administrators() -> list[Actor]:
    return [actor(make_user(Role.ADMIN)) for _ in range(5)]


def approved_at_once(people: list[Actor]) -> list[Any]:
    """Let everybody approve what waits, but who asked for it."""
    [approval] = Approval.objects.all()
    decide = partial(approving.decide, approval_id=approval.pk, decision=Decision.APPROVE, now=START)
    return at_once([partial(decide, actor=one) for one in people if one.user_id != approval.asked_by_id])


def test_a_cheaper_tariff_is_asked_for_once_and_approved_once(transactional_db: None) -> None:
    zone, people = zone_of_yesterday(), administrators()
    cheaper = Draft({"base_rate": Decimal(40)})
    asked = at_once([partial(propose_tariff, actor=one, zone_id=zone.pk, draft=cheaper, now=START) for one in people])
    assert tally(asked) == {"ok": 1, "waits_already": 4}
    assert tally(approved_at_once(people)) == {"ok": 1, "decided_already": 3}
    assert Tariff.objects.filter(zone=zone, is_base=False).count() == 1


def test_quiet_times_are_asked_for_once_and_approved_once(transactional_db: None) -> None:
    zone, people = zone_of_yesterday(), administrators()
    quiet = [DemandStep(0, -10)]
    asked = at_once([partial(propose_demand, actor=one, zone_id=zone.pk, steps=quiet, now=START) for one in people])
    assert tally(asked) == {"ok": 1, "waits_already": 4}
    assert tally(approved_at_once(people)) == {"ok": 1, "decided_already": 3}
    assert AuditEntry.objects.filter(action="demand.changed").count() == 1


def test_a_holiday_is_asked_for_once_and_approved_once(transactional_db: None) -> None:
    zone, people = zone_of_yesterday(), administrators()
    band = Band("Holiday", (Weekday.HOLIDAY,), 0, 0, Decimal(10))
    add_tariff(actor=SYSTEM, zone_id=zone.pk, draft=Draft({"base_rate": Decimal(50), "bands": (band,)}), now=START)
    feast = partial(propose_holiday, site_id=zone.site_id, day=START.date(), name="Feast", now=START)
    asked = at_once([partial(feast, actor=one) for one in people])
    assert tally(asked) == {"ok": 1, "waits_already": 4}
    assert tally(approved_at_once(people)) == {"ok": 1, "decided_already": 3}
    assert Holiday.objects.count() == 1


def test_a_rate_that_falls_below_what_another_set_just_before_waits(transactional_db: None) -> None:
    """From ₹50 one sets ₹70, others ₹60: whoever is later than ₹70 may not lower it alone."""
    zone, people = zone_of_yesterday(), administrators()
    rates = (70, 60, 60, 60, 60)
    changes = [
        partial(
            propose_zone, actor=one, zone_id=zone.pk, changes={"hourly_rate": Decimal(rate)}, kind_rates=None, now=START
        )
        for one, rate in zip(people, rates, strict=True)
    ]
    at_once(changes)
    assert ParkingZone.objects.get().hourly_rate == 70


def test_dearer_steps_and_approved_ones_leave_one_of_them(transactional_db: None) -> None:
    zone, people = zone_of_yesterday(), administrators()
    quiet, busy = [DemandStep(0, -10)], [DemandStep(0, 10)]
    propose_demand(actor=people[0], zone_id=zone.pk, steps=quiet, now=START)
    approval = Approval.objects.get()
    answers = at_once(
        [
            partial(approving.decide, actor=people[1], approval_id=approval.pk, decision=Decision.APPROVE, now=START),
            partial(propose_demand, actor=people[2], zone_id=zone.pk, steps=busy, now=START),
        ]
    )
    assert tally(answers) == {"ok": 2}
    last = AuditEntry.objects.filter(action="demand.changed").latest("pk").facts["steps"]
    assert [step.to_json() for step in steps_of(zone.pk)] == last


def test_the_end_of_a_holiday_is_approved_while_others_ask_for_it(transactional_db: None) -> None:
    zone, people = zone_of_yesterday(), administrators()
    band = Band("Holiday", (Weekday.HOLIDAY,), 0, 0, Decimal(90))
    add_tariff(actor=SYSTEM, zone_id=zone.pk, draft=Draft({"base_rate": Decimal(50), "bands": (band,)}), now=START)
    feast = add_holiday(actor=SYSTEM, site_id=zone.site_id, day=START.date(), name="Feast", now=START)
    ask = partial(propose_removal, site_id=zone.site_id, holiday_id=feast.pk, now=START)
    ask(actor=people[0])
    approve = partial(approving.decide, approval_id=Approval.objects.get().pk, decision=Decision.APPROVE, now=START)
    first, *others = at_once([partial(approve, actor=people[1]), *(partial(ask, actor=one) for one in people[2:])])
    assert first.decision == Decision.APPROVE
    assert set(tally(others)) <= {"waits_already", "holiday_not_found"}
    assert not Holiday.objects.exists()
