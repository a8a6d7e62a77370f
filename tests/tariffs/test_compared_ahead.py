"""Whether prices fall is compared before anything is locked: a booking of the zone does not wait for it."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from parking.accounts.models import Approval, Role, User
from parking.facilities.models import ParkingZone
from parking.tariffs import cards, holidays, services, zone_tariffs
from parking.tariffs.rules import cheaper
from parking.tariffs.rules.terms import Band, Weekday
from parking.tariffs.versions import Draft
from tests.build import actor, make_user
from tests.moments import START

pytestmark = pytest.mark.django_db

DEARER = {"base_rate": Decimal(60), "booking_fee": Decimal(50)}
CHEAPER = {"base_rate": Decimal(40), "booking_fee": Decimal(50)}
HOLIDAY = (Band("Holiday", (Weekday.HOLIDAY,), 0, 0, Decimal(80)),)


@pytest.fixture
def admin(admin: User) -> User:
    make_user(Role.ADMIN)
    return admin


@pytest.fixture
def zone(zone: ParkingZone) -> ParkingZone:
    """A zone of yesterday, whose prices take two people to fall."""
    zone.created_at = START - timedelta(days=1)
    zone.save(update_fields=["created_at"])
    return zone


@pytest.fixture
def compared_when_locked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many pairs of prices were compared at each lock of a zone, a card or a holiday."""
    counts: list[int] = []
    cheaper._compared.cache_clear()

    def watch(module: Any, name: str) -> None:
        lock: Callable[..., Any] = getattr(module, name)

        def locked(*args: Any) -> Any:
            counts.append(_compared())
            return lock(*args)

        monkeypatch.setattr(module, name, locked)

    watch(zone_tariffs, "lock_zone")
    watch(cards, "_locked")
    watch(cards, "_save")
    watch(holidays, "_locked")
    watch(holidays, "_add")
    return counts


def _compared() -> int:
    return cheaper._compared.cache_info().misses


def _event(admin: User, zone: ParkingZone) -> int:
    draft = Draft(DEARER, valid_from=START, valid_to=START + timedelta(hours=2))
    return zone_tariffs.add_tariff(actor=actor(admin), zone_id=zone.pk, draft=draft, now=START).pk


def _asked(asked: object) -> None:
    assert isinstance(asked, Approval)


def _dearer_tariff(admin: User, zone: ParkingZone) -> None:
    zone_tariffs.propose_tariff(actor=actor(admin), zone_id=zone.pk, draft=Draft(DEARER), now=START)


def _cheaper_tariff(admin: User, zone: ParkingZone) -> None:
    _asked(zone_tariffs.propose_tariff(actor=actor(admin), zone_id=zone.pk, draft=Draft(CHEAPER), now=START))


def _cheaper_rate(admin: User, zone: ParkingZone) -> None:
    changes = {"hourly_rate": Decimal(40)}
    asked = services.propose_zone(actor=actor(admin), zone_id=zone.pk, changes=changes, kind_rates=None, now=START)
    _asked(asked)


def _longer_event(admin: User, zone: ParkingZone) -> None:
    event, ends = _event(admin, zone), START + timedelta(hours=3)
    zone_tariffs.end_event(actor=actor(admin), zone_id=zone.pk, tariff_id=event, valid_to=ends, now=START)


def _dearer_card(admin: User, zone: ParkingZone) -> None:
    cards.create_card(actor=actor(admin), name="City", zone_ids=[zone.pk], draft=Draft(DEARER), now=START)


def _cheaper_version(admin: User, zone: ParkingZone) -> None:
    card = cards.create_card(actor=actor(admin), name="City", zone_ids=[zone.pk], draft=Draft(DEARER), now=START)
    later = START + timedelta(minutes=1)
    _asked(cards.propose_version(actor=actor(admin), card_id=card.pk, draft=Draft(CHEAPER), now=later))


def _dearer_holiday(admin: User, zone: ParkingZone) -> None:
    draft = Draft(DEARER | {"bands": HOLIDAY})
    zone_tariffs.add_tariff(actor=actor(admin), zone_id=zone.pk, draft=draft, now=START)
    later = START + timedelta(minutes=1)
    holidays.propose_holiday(actor=actor(admin), site_id=zone.site_id, day=later.date(), name="Feast", now=later)


@pytest.mark.parametrize(
    "change",
    [
        _dearer_tariff,
        _cheaper_tariff,
        _cheaper_rate,
        _longer_event,
        _dearer_card,
        _cheaper_version,
        _dearer_holiday,
    ],
)
def test_nothing_is_compared_under_a_lock(
    admin: User, zone: ParkingZone, compared_when_locked: list[int], change: Callable[[User, ParkingZone], None]
) -> None:
    before = _compared()
    change(admin, zone)
    assert compared_when_locked[-1] == _compared() > before


def test_prices_that_changed_since_are_compared_under_the_lock(
    admin: User, zone: ParkingZone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """₹45 is no less than ₹40; but somebody made it ₹60 before the zone was locked."""
    zone_tariffs.add_tariff(actor=actor(admin), zone_id=zone.pk, draft=Draft(DEARER), now=START - timedelta(minutes=2))
    monkeypatch.setattr(zone_tariffs, "compare_ahead", lambda *_: None)
    wanted = Draft({"base_rate": Decimal(45), "booking_fee": Decimal(50)})
    _asked(zone_tariffs.propose_tariff(actor=actor(admin), zone_id=zone.pk, draft=wanted, now=START))
