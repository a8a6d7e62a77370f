"""Managers who set and retire the same things at the same moment."""

from decimal import Decimal
from functools import partial

import pytest

from parking.accounts.models import Role, User
from parking.audit.models import AuditEntry
from parking.core.models import SettingValue
from parking.facilities.models import ParkingSite, ParkingZone
from parking.facilities.services import create_zone
from parking.facilities.settings import change_settings
from parking.facilities.sites import update_site
from tests.build import actor, make_user
from tests.concurrency.together import at_once, tally
from tests.moments import START, at

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 8


@pytest.fixture
def admin(transactional_db: None) -> User:
    return make_user(Role.ADMIN)


def test_settings_that_are_set_at_once_are_set_one_after_the_other(admin: User, zone: ParkingZone) -> None:
    names = ["hold_minutes", "no_show_minutes", "quote_minutes", "green_seconds"]
    for turn in range(ROUNDS):
        SettingValue.objects.all().delete()
        AuditEntry.objects.all().delete()
        wanted = [dict.fromkeys(names, turn + 1), dict.fromkeys(reversed(names), turn + 20)]
        calls = [
            partial(change_settings, actor=actor(admin), site_id=zone.site_id, values=values, now=START)
            for values in wanted
        ]
        assert tally(at_once(calls)) == {"ok": 2}
        first, second = AuditEntry.objects.order_by("pk").values_list("facts", flat=True)
        # The history is a chain: what the second one replaced is what the first one set.
        for name in names:
            assert first["changes"][name][1] == second["changes"][name][0]
            assert str(SettingValue.objects.get(name=name).value) == second["changes"][name][1]


def test_a_site_is_not_retired_with_a_zone_that_is_being_made(admin: User, zone: ParkingZone) -> None:
    for turn in range(ROUNDS):
        site = ParkingSite.objects.create(name=f"Site {turn}", code=f"S{'ABCDEFGH'[turn]}", created_at=START)
        fields = {"name": "Roof", "hourly_rate": Decimal(50), "site_id": site.pk}
        answers = at_once(
            [
                partial(create_zone, actor=actor(admin), changes=fields, now=at(1)),
                partial(update_site, actor=actor(admin), site_id=site.pk, changes={"retired": True}, now=at(1)),
            ]
        )
        site.refresh_from_db()
        made = ParkingZone.objects.filter(site=site, retired_at=None).exists()
        assert made == (site.retired_at is None), tally(answers)
        assert tally(answers) in [{"ok": 1, "validation_error": 1}, {"ok": 1, "site_in_use": 1}]
