"""Our process dies by `kill -9` at every step of promises made, kept, broken and offered; then the worker runs."""

import pytest

from parking.accounts.models import Role
from parking.stays.models import ParkingSession
from parking.stays.waiting_models import WaitingEntry
from tests.build import make_user, make_zone
from tests.killing import deaths_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_killed_at_any_step_a_promise_is_kept_or_paid_back(transactional_db: None) -> None:
    zone, staff = make_zone(slots=2), make_user(Role.STAFF)
    drivers = [make_user() for _ in range(3)]
    deaths = deaths_of("tests.reservations.killed", *(str(row.pk) for row in (zone, staff, *drivers)))
    # Two reservations with fees, claim, ticket, two entries, no place and its refund, line, exit, offer, acceptance.
    assert deaths["before a commit"] == deaths["after a commit"] >= 14
    assert deaths["before a payment"] == deaths["after a payment"] == 3
    assert deaths["before a refund"] == deaths["after a refund"] == 1
    ends = set(ParkingSession.objects.filter(ends_at__isnull=False).values_list("end_reason", flat=True))
    assert ends == {"EXIT", "NO_PLACE", "NO_SHOW"}
    assert set(WaitingEntry.objects.values_list("state", flat=True)) >= {"TAKEN", "OVER"}
