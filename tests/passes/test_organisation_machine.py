"""Random months of an organisation: after every step the books agree, and as many are covered as were agreed."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from parking.accounts.models import Role
from parking.checkout import leaving, pass_entry, pass_renewing
from parking.checkout.collecting import Collection
from parking.checkout.documents import issue_missing_documents
from parking.checkout.organisation_money import invoice_months
from parking.checkout.refunding import approve_refund, refund_any_payment
from parking.core.errors import DomainError
from parking.invoices.models import TaxDocument
from parking.passes.models import Organisation, OrganisationInvoice, Subscription
from parking.passes.organisation_rules import Billing, Pricing, most_at_once
from parking.passes.organisations import change_organisation, stretches_of
from parking.payments.models import Payment
from parking.payments.queries import left_of
from parking.stays.models import ParkingSession
from tests import build
from tests.invariants import assert_books_agree, books
from tests.invoices.conftest import register
from tests.passes.organisations import again, make_organisation, midday, pay, upload

# Over 31 January and the end of February.
FIRST = date(2027, 1, 31)
CARS = [f"DL-01-AB-{number:04d}" for number in range(1, 6)]
EXPECTED = {
    "amount_exceeds_due", "nothing_due", "bank_reference_used", "organisation_over", "validation_error",
    "vehicle_not_on_pass", "pass_not_valid", "pass_inside", "zone_full", "amount_too_small",
    "refund_exceeds_payment", "already_refunded",
}  # fmt: skip
SPANS = st.sampled_from([1, 1, 3, 9, 27, 28, 31, 70])


class Agreement(RuleBasedStateMachine):
    """Five cars of which four may be listed and two inside, an office, a gate, a worker, and a clock that is moved."""

    organisation: Organisation

    def __init__(self) -> None:
        super().__init__()
        # As django.test.TestCase does it: everything is undone after the example, durable transactions are let through.
        self._example: Any = transaction.atomic()
        setattr(self._example, "_from_testcase", True)  # noqa: B010 - a private name of Django
        self._example.__enter__()
        self.now = midday(FIRST)
        self.staff = build.make_user(Role.STAFF)
        self.offices = [build.make_user(Role.ADMIN), build.make_user(Role.ADMIN)]
        self.references = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self._example.__exit__(None, None, None)

    @initialize(billing=st.sampled_from(Billing), pricing=st.sampled_from(Pricing), ends=st.sampled_from([None, 50]))
    def agree(self, billing: Billing, pricing: Pricing, ends: int | None) -> None:
        zone = build.make_zone(slots=3)
        register(zone.site)
        self.organisation = make_organisation(
            zone,
            now=self.now,
            billing=billing,
            pricing=pricing,
            vehicles=4,
            inside=2,
            price=Decimal("999.99"),
            ends_on=FIRST + timedelta(days=ends) if ends else None,
        )

    def _refusing(self, call: Any) -> Any:
        """Call; a refusal must be one that we know, and must leave every row as it was."""
        before = books()
        try:
            return call()
        except DomainError as refusal:
            code = refusal.code
        assert code in EXPECTED, code
        assert books() == before, f"{code} changed something"
        return None

    @property
    def held(self) -> Subscription:
        return again(self.organisation).subscription

    # --- The list ----------------------------------------------------------------------------------------

    @rule(cars=st.sets(st.sampled_from(CARS)), replaces=st.booleans(), joins=st.sampled_from([None, 0, 2, 40]))
    def office_uploads(self, cars: set[str], replaces: bool, joins: int | None) -> None:
        day = "" if joins is None else (self.now.date() + timedelta(days=joins)).isoformat()
        before = books()
        lines = [f"{car},{day}" for car in sorted(cars)]
        report = self._refusing(lambda: upload(self.organisation, *lines, replaces=replaces, now=self.now))
        if report is not None and not report.is_done:
            assert {fault.code for fault in report.faults} <= {"list_full", "date_invalid"}
            assert books() == before

    @rule(inside=st.integers(1, 3))
    def office_changes_the_terms(self, inside: int) -> None:
        changes = {"inside": inside, "vehicles": 4}
        self._refusing(
            lambda: change_organisation(
                actor=build.actor(self.offices[0]), organisation_id=self.organisation.pk, changes=changes, now=self.now
            )
        )

    # --- The gate ----------------------------------------------------------------------------------------

    @rule(car=st.sampled_from(CARS))
    def car_comes(self, car: str) -> None:
        held, inside = self.held, self._covered()
        entered = self._refusing(
            lambda: pass_entry.enter_with_pass(
                actor=build.actor(self.staff), qr_code=held.pass_code, plate=car, now=self.now
            )
        )
        if entered is None:
            return
        is_paying = held.paying_at is not None and self.now >= held.paying_at
        expected = not is_paying and inside < held.coverage.inside
        entered.session.refresh_from_db()
        assert (entered.session.subscription_id is not None) == expected
        assert entered.in_grace == (held.amber_at is not None and self.now >= held.amber_at)

    @rule(which=st.integers(0, 2))
    def car_leaves(self, which: int) -> None:
        sessions = list(ParkingSession.objects.open().whole().order_by("pk"))
        if sessions:
            session = sessions[which % len(sessions)]
            left = leaving.leave(
                actor=build.actor(self.staff), qr_code=session.qr_code, collection=Collection("CASH"), now=self.now
            )
            held = Subscription.objects.filter(pk=session.subscription_id).first()
            is_covered = held is not None and self.now <= held.ends_at
            # A car that stays on after the end of its pass pays for the time after it; one without a pass pays the
            # first hour, also if it leaves at the moment of its entry.
            if held is None or is_covered:
                assert (left.session.bill.total == 0) == is_covered

    def _covered(self) -> int:
        return ParkingSession.objects.open().filter(subscription=self.held).count()

    # --- Time, the worker, the money ---------------------------------------------------------------------

    @rule(days=SPANS)
    def days_pass(self, days: int) -> None:
        self.now += timedelta(days=days)

    @rule()
    def worker_works(self) -> None:
        invoice_months(now=self.now)
        assert invoice_months(now=self.now) == 0
        pass_renewing.expire_passes(now=self.now)
        pass_renewing.forget_ended_vehicles(now=self.now)
        issue_missing_documents(now=self.now)
        charged = OrganisationInvoice.objects.filter(bill__captured__gte=0).exclude(bill__lines=[])
        assert TaxDocument.objects.of_bill().filter(bill__kind="ORGANISATION").count() == charged.count()

    @rule(
        month=st.integers(1, 3),
        amount=st.sampled_from(["0", "10", "999.99", "1999.98"]),
        tds=st.sampled_from(["0", "20"]),
    )
    def office_enters_money(self, month: int, amount: str, tds: str) -> None:
        if OrganisationInvoice.objects.filter(number=month).exists():
            self.references += 1
            reference = f"UTR{self.references}"
            admin = self.offices[0]
            self._refusing(
                lambda: pay(admin, self.organisation, month, amount, tds=tds, reference=reference, now=self.now)
            )

    @rule(which=st.integers(0, 5))
    def office_pays_the_oldest(self, which: int) -> None:
        oldest = OrganisationInvoice.objects.select_related("bill").filter(paid_at=None).order_by("number").first()
        if oldest is not None:
            self.references += 1
            pay(
                self.offices[which % 2], self.organisation, oldest.number, str(oldest.bill.due),
                reference=f"UTR{self.references}", now=self.now,
            )  # fmt: skip

    @rule(which=st.integers(0, 5), amount=st.sampled_from(["5", "100"]))
    def money_goes_back(self, which: int, amount: str) -> None:
        rows = [row for row in Payment.objects.filter(method="BANK").order_by("pk") if left_of(row) >= Decimal(amount)]
        if not rows:
            return
        payment = rows[which % len(rows)]
        taker = self.offices[0] if payment.attendant_id == self.offices[0].pk else self.offices[1]
        other = self.offices[1] if taker == self.offices[0] else self.offices[0]
        refund = refund_any_payment(
            actor=build.actor(taker), payment_id=payment.pk, amount=Decimal(amount), reason="Less", now=self.now
        )
        approve_refund(actor=build.actor(other), refund_id=refund.pk, now=self.now)

    # --- After each step ---------------------------------------------------------------------------------

    @invariant()
    def the_books_agree(self) -> None:
        assert_books_agree()

    @invariant()
    def months_follow_each_other(self) -> None:
        rows = list(OrganisationInvoice.objects.order_by("number").values_list("number", "starts_at", "ends_at"))
        assert [number for number, _, _ in rows] == list(range(1, len(rows) + 1))
        assert all(first[2] == second[1] for first, second in pairwise(rows))

    @invariant()
    def the_list_is_within_the_quota(self) -> None:
        if hasattr(self, "organisation"):
            assert most_at_once(stretches_of(self.held), starts=self.now) <= 4


@pytest.mark.django_db
def test_random_months_of_an_organisation() -> None:
    run_state_machine_as_test(
        Agreement,
        settings=settings(
            max_examples=15,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
