"""Old notices are deleted at night, in batches, with what was sent of them."""

from datetime import UTC, datetime, timedelta

import pytest

from parking.accounts.models import User
from parking.core.errors import InvalidInput
from parking.facilities.settings import change_settings
from parking.notifications import forgetting
from parking.notifications.forgetting import forget_old_notices
from parking.notifications.models import Delivery, Notice
from tests.build import actor

pytestmark = pytest.mark.django_db

# Two o'clock in Delhi.
NIGHT = datetime(2026, 11, 21, 20, 30, tzinfo=UTC)


def write(driver: User, *days: int) -> None:
    for number, day in enumerate(days):
        notice = Notice.objects.create(
            person=driver, source=f"test:{number}", kind="left", at=NIGHT - timedelta(days=day)
        )
        Delivery.objects.create(notice=notice, channel="MAIL", next_at=notice.at)


def test_what_is_old_is_deleted_at_night_in_batches(driver: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forgetting, "NOTICES_A_RUN", 2)
    write(driver, 500, 402, 401, 399, 1)
    assert forget_old_notices(now=NIGHT + timedelta(hours=10)) == 0
    assert [forget_old_notices(now=NIGHT) for _ in range(3)] == [2, 1, 0]
    left = list(Notice.objects.order_by("pk").values_list("source", flat=True))
    assert left == ["test:3", "test:4"]
    assert list(Delivery.objects.order_by("pk").values_list("notice__source", flat=True)) == left


def test_managers_may_set_how_long_notices_are_kept(driver: User, admin: User) -> None:
    write(driver, 41, 39)
    assert forget_old_notices(now=NIGHT) == 0
    change_settings(actor=actor(admin), site_id=None, values={"notices_kept_days": 40}, now=NIGHT)
    assert forget_old_notices(now=NIGHT) == 1
    with pytest.raises(InvalidInput):
        change_settings(actor=actor(admin), site_id=None, values={"notices_kept_days": 34}, now=NIGHT)
