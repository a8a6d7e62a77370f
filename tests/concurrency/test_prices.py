"""What waits for a second person is asked for once, and decided once."""

from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest

from parking.accounts.models import Approval, Decision, Role
from parking.checkout import approving
from parking.facilities.models import ParkingZone
from parking.tariffs.models import Tariff
from parking.tariffs.versions import Draft
from parking.tariffs.zone_tariffs import propose_tariff
from tests.build import actor, make_user, make_zone
from tests.concurrency.together import at_once, tally
from tests.moments import START

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_cheaper_tariff_is_asked_for_once_and_approved_once(transactional_db: None) -> None:
    zone, people = make_zone(), [actor(make_user(Role.ADMIN)) for _ in range(5)]
    ParkingZone.objects.update(created_at=START - timedelta(days=1))
    cheaper = Draft({"base_rate": Decimal(40)})
    asked = at_once([partial(propose_tariff, actor=one, zone_id=zone.pk, draft=cheaper, now=START) for one in people])
    assert tally(asked) == {"ok": 1, "waits_already": 4}
    [approval] = Approval.objects.all()
    others = [one for one in people if one.user_id != approval.asked_by_id]
    answers = at_once(
        [
            partial(approving.decide, actor=one, approval_id=approval.pk, decision=Decision.APPROVE, now=START)
            for one in others
        ]
    )
    assert tally(answers) == {"ok": 1, "decided_already": 3}
    assert Tariff.objects.filter(zone=zone, is_base=False).count() == 1
