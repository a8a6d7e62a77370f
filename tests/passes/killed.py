"""Not a test: a program that makes an organisation and lives its first month, killed by SIGKILL at each commit.

Run by `test_organisation_killed` as `PROGRAM ZONE PLAN ADMIN`. It makes the same journey again and again, each time in
a process of its own that dies one step later, until one comes to its end. It prints the step that each died at.
"""

import sys
from datetime import timedelta
from functools import partial

from django.db.backends.base.base import BaseDatabaseWrapper

from parking.accounts.models import User
from parking.checkout.documents import issue_missing_documents
from parking.checkout.organisation_money import invoice_months
from parking.facilities.models import ParkingZone
from parking.passes.models import Plan
from tests.killing import LONGEST, Steps, lives_to_its_end
from tests.moments import START
from tests.passes.organisations import make_organisation, pay, upload

LATER = START + timedelta(days=31)


def journey(number: int, zone_id: int, plan_id: int, admin_id: int) -> None:
    """An organisation with its list, its first invoice and document, paid in two parts."""
    zone, plan = ParkingZone.objects.get(pk=zone_id), Plan.objects.select_related("site").get(pk=plan_id)
    admin = User.objects.get(pk=admin_id)
    made = make_organisation(zone, plan=plan, name=f"Organisation {number}")
    upload(made, *(f"KA-01-AB-{2 * number + one:04d}" for one in range(2)))
    invoice_months(now=LATER)
    issue_missing_documents(now=LATER)
    pay(admin, made, 1, "900", tds="100", reference="UTR1", now=LATER)
    pay(admin, made, 1, "1000", reference="UTR2", now=LATER)


def watch(steps: Steps) -> None:
    """Every commit."""
    steps.around(BaseDatabaseWrapper, "commit", "a commit")


def main(*ids: str) -> None:
    # Once in this process, so that each child begins with everything compiled.
    journey(0, *map(int, ids))
    for number in range(1, LONGEST):
        if lives_to_its_end(number, watch, partial(journey, number, *map(int, ids))):
            return
    raise SystemExit(f"more than {LONGEST} steps")


if __name__ == "__main__":
    main(*sys.argv[1:])
