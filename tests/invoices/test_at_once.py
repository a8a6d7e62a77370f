"""Numbers have no gaps and no twins, however many documents are issued at the same moment."""

import time
from collections.abc import Callable
from functools import partial

import pytest

from parking.accounts.models import Role
from parking.checkout import documents
from parking.checkout.customers import give_details
from parking.checkout.documents import facts_of
from parking.core.errors import Refused
from parking.core.ids import Ref
from parking.invoices import customers
from parking.invoices import services as invoices
from parking.invoices.customers import Wanted
from parking.invoices.models import NumberSeries, TaxDocument, TaxDocumentQuerySet
from parking.payments.models import Bill, Payment
from parking.stays.models import ParkingSession
from tests.build import actor, make_user, make_zone
from tests.concurrency.together import at_once
from tests.invoices.conftest import LATER, register, stayed

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 20


@pytest.fixture
def stays(transactional_db: None) -> list[ParkingSession]:
    driver, staff, zone = make_user(Role.USER), make_user(Role.STAFF), make_zone("Zone A")
    register(zone.site)
    return [stayed(driver, staff, zone) for _ in range(THREADS)]


def issue(session: ParkingSession) -> TaxDocument:
    return invoices.issue_for_bill(bill=session.bill, facts=facts_of(session), now=LATER)


def assert_no_gaps(count: int) -> None:
    numbers = TaxDocument.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == [f"KA1/2627/{number:07d}" for number in range(1, count + 1)]
    assert NumberSeries.objects.get().last == count


def test_twenty_documents_at_once_have_the_first_twenty_numbers(stays):
    at_once([partial(issue, session) for session in stays])
    assert_no_gaps(THREADS)


def test_one_bill_asked_for_twenty_times_at_once_has_one_document(stays):
    found = at_once([partial(issue, stays[0]) for _ in range(THREADS)])
    assert set(found) == set(TaxDocument.objects.all())
    assert_no_gaps(1)


def test_details_given_at_the_moment_of_issue_are_on_the_invoice_or_refused(stays, monkeypatch):
    def looked_up_slowly(bill: Bill, is_issued: Callable[[Bill], bool] = customers.is_issued) -> bool:
        found = is_issued(bill)
        time.sleep(0.05)
        return found

    monkeypatch.setattr(customers, "is_issued", looked_up_slowly)
    staff, some = actor(make_user(Role.STAFF)), stays[:6]
    give = partial(give_details, actor=staff, wanted=Wanted(company="Asha Textiles"), now=LATER)
    answers = at_once(
        [call for session in some for call in (partial(give, session=Ref(pk=session.pk)), partial(issue, session))]
    )
    for given, document in zip(answers[::2], answers[1::2], strict=True):
        on_paper = document.snapshot["recipient"]["company"]
        assert on_paper == ("" if isinstance(given, Refused) else "Asha Textiles")


def test_the_sweep_and_callers_at_once_leave_no_gap(stays):
    payments = Payment.objects.filter(bill__in=[session.bill for session in stays[:8]], method="ONLINE")
    staff = actor(make_user(Role.STAFF))
    calls: list[Callable[[], object]] = [
        partial(documents.documents_of_payment, payment_id=row.pk, actor=staff, now=LATER) for row in payments
    ]
    calls += [partial(documents.issue_missing_documents, now=LATER) for _ in range(4)]
    at_once(calls)
    assert_no_gaps(THREADS)


def test_a_document_that_fails_leaves_no_gap(stays, monkeypatch):
    issue(stays[0])

    def fail(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr("parking.invoices.services.audit.record", fail)
        with pytest.raises(RuntimeError):
            issue(stays[1])
    assert TaxDocument.objects.count() == 1
    issue(stays[2])
    assert_no_gaps(2)


def test_a_document_written_meanwhile_in_another_series_is_found(stays, monkeypatch):
    """At midnight of 1 April two callers may take their numbers from different years: one of them gives way."""
    first = issue(stays[0])
    seen = iter([None, None])
    real = TaxDocumentQuerySet.first
    # The first two looks find nothing, as before the other caller's commit.
    monkeypatch.setattr(TaxDocumentQuerySet, "first", lambda rows: next(seen, real(rows)))
    assert issue(stays[0]) == first
    assert_no_gaps(1)
