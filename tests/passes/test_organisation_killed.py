"""Our process dies by `kill -9` before and after every commit of an organisation's month; then the worker runs."""

import pytest

from parking.accounts.models import Role
from parking.checkout.documents import issue_missing_documents
from parking.checkout.organisation_money import invoice_months
from parking.facilities.models import ParkingZone
from parking.invoices.models import TaxDocument
from parking.passes.models import Organisation, OrganisationInvoice
from tests.build import make_user
from tests.invariants import assert_books_agree, nothing_changes
from tests.invoices.conftest import register
from tests.killing import deaths_of
from tests.passes.build import make_plan
from tests.passes.killed import LATER

pytestmark = pytest.mark.django_db(transaction=True)


def test_killed_at_any_commit_each_month_is_invoiced_and_documented_once(zone: ParkingZone) -> None:
    register(zone.site)
    plan, admin = make_plan(zone, name="Staff", period="MONTH"), make_user(Role.ADMIN)
    deaths = deaths_of("tests.passes.killed", *(str(row.pk) for row in (zone, plan, admin)))
    assert deaths["before a commit"] == deaths["after a commit"] >= 6

    invoice_months(now=LATER)
    issue_missing_documents(now=LATER)
    assert_books_agree()
    months = OrganisationInvoice.objects.select_related("bill")
    assert months.count() == Organisation.objects.count() == len({month.organisation_id for month in months})
    assert {str(month.bill.total) for month in months} <= {"0.00", "2000.00"}
    charged = [month for month in months if month.bill.total]
    assert TaxDocument.objects.filter(kind="TAX_INVOICE").count() == len(charged)
    # In parts: nothing, the first with its tax, or all of it.
    assert {str(month.bill.captured) for month in charged} == {"0.00", "1000.00", "2000.00"}
    with nothing_changes():
        invoice_months(now=LATER)
        issue_missing_documents(now=LATER)
