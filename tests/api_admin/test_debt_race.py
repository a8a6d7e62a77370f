"""Two managers forgive a debt at the same moment: one of them did."""

from functools import partial

import pytest

from parking.accounts.models import Role
from parking.audit.models import AuditEntry
from parking.checkout import debts
from parking.core import clock
from parking.payments.models import Debt
from tests.build import actor, enter, make_user, make_zone, take_ticket, terminate
from tests.concurrency.together import at_once, tally

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_debt_is_written_off_by_one_of_many() -> None:
    staff, admin = make_user(Role.STAFF), make_user(Role.ADMIN)
    terminate(staff, enter(staff, take_ticket(make_zone())))
    debt = Debt.objects.get()
    write_off = partial(debts.write_off, actor=actor(admin), debt_id=debt.pk, reason="Ambulance", now=clock.now())
    assert tally(at_once([write_off] * 8)) == {"ok": 1, "debt_closed": 7}
    assert AuditEntry.objects.filter(action="debt.written_off").count() == 1
