"""The small amount that a consent to a mandate takes: written down, given back, in agreement with Razorpay's books."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from structlog.testing import capture_logs

from parking.accounts.models import User
from parking.audit.models import AuditEntry
from parking.checkout import mandate_following, pass_mandates
from parking.core import clock
from parking.core.money import to_paise
from parking.passes.mandate_models import Mandate, MandateCharge, MandateConsent
from parking.passes.models import Plan, Subscription
from parking.payments.gateways.mandates import ChargeMade
from parking.payments.gateways.razorpay.client import RazorpayClient
from parking.payments.gateways.razorpay.mandates import RazorpayMandates
from parking.payments.models import Payment, Refund
from parking.reports.periods import ClosedPeriod
from parking.reports.reconciliation import reconcile
from parking.reports.rules import Comparison
from tests.gateways.standin import Standin
from tests.invariants import assert_books_agree, nothing_changes
from tests.passes.build import bought
from tests.passes.mandates import (
    HOUR,
    begin,
    deliver,
    follow,
    given,
    held,
    now,
    plan,
    razorpay,
    standin,
    standin_process,
    state,
)

__all__ = ["given", "held", "now", "plan", "razorpay", "standin", "standin_process"]  # fixtures that are made there

pytestmark = pytest.mark.django_db(transaction=True)

FIVE = Decimal("5.00")
HEAD = "kind,gateway_id,merchant_id,amount,currency,made_at"


@pytest.fixture
def agreed(driver: User, held: Subscription, now: datetime, razorpay: Standin) -> Mandate:
    """A mandate that its holder gave at the gateway, of which we know nothing yet."""
    mandate = begin(driver, held, now)
    razorpay.mandate(mandate.gateway_id, "authorise")
    return mandate


def compared(later: timedelta = timedelta(0), **options: Any) -> Comparison:
    """Compare with the gateway. From yesterday, in case it is midnight now."""
    today = clock.today()
    period = ClosedPeriod(today - timedelta(days=1), today)
    with nothing_changes():
        return reconcile(gateway="RAZORPAY", period=period, now=clock.now() + later, **({"sites": None} | options))


def assert_known_and_back(mandate: Mandate) -> MandateConsent:
    consent = MandateConsent.objects.get()
    assert (consent.mandate_id, consent.amount, consent.next_check_at) == (mandate.pk, FIVE, None)
    assert consent.refund_id.startswith("rfnd_") and consent.refunded_at is not None
    result = compared()
    assert (result.differences, result.compared) == (0, 2)
    assert_books_agree()
    return consent


def test_nobody_knows_of_it_without_us(agreed: Mandate) -> None:
    """What a person had to look at each time: the difference that the rows of consents end."""
    result = compared()
    assert [(row.kind, row.amount) for row in result.missing_here] == [("PAYMENT", FIVE), ("REFUND", FIVE)]


def test_the_worker_finds_it_without_a_webhook(agreed: Mandate, now: datetime) -> None:
    follow(now)
    assert_known_and_back(agreed)


def test_the_webhook_names_it(agreed: Mandate, razorpay: Standin, now: datetime) -> None:
    deliver(razorpay, now, "subscription.authenticated")
    assert_known_and_back(agreed)
    assert "payment_list" not in [name for name, _ in razorpay.calls("razorpay")][:-2]


def test_so_does_a_return_that_is_signed(driver: User, agreed: Mandate, razorpay: Standin, now: datetime) -> None:
    page = razorpay.http.get(agreed.page.removeprefix(razorpay.address)).text
    payment_id, signature = re.findall(r"<small>(pay_\w+|[0-9a-f]{64})</small>", page)
    pass_mandates.confirm_return(subscription=agreed.subscription, payment_id=payment_id, signature=signature, now=now)
    assert assert_known_and_back(agreed).payment_id == payment_id


@pytest.mark.parametrize(
    "order",
    [
        ("payment.captured", "order.paid", "subscription.authenticated", "refund.created", "refund.processed"),
        ("refund.processed", "payment.captured", "subscription.authenticated", "order.paid", "refund.created"),
        ("subscription.authenticated", "refund.processed", "payment.captured", "subscription.authenticated"),
    ],
)
def test_it_is_one_row_in_whatever_order_it_is_told(
    agreed: Mandate, razorpay: Standin, now: datetime, order: tuple[str, ...]
) -> None:
    with capture_logs() as logs:
        deliver(razorpay, now, *order)
        deliver(razorpay, now)
        follow(now)
    assert [line["event"] for line in logs if line["log_level"] == "error"] == []
    assert_known_and_back(agreed)


def test_it_pays_nothing_and_is_no_income(given: Mandate) -> None:
    assert Payment.objects.filter(gateway="RAZORPAY").count() == MandateCharge.objects.count() == 0
    assert Refund.objects.count() == 0
    assert state(given).subscription.periods.count() == 1


def test_one_that_does_not_go_back_is_told_of_until_it_does(
    driver: User, held: Subscription, razorpay: Standin, now: datetime
) -> None:
    mandate = begin(driver, held, now)
    razorpay.switch("razorpay", refund_waits=1)
    razorpay.mandate(mandate.gateway_id, "authorise")
    follow(now)
    waiting = MandateConsent.objects.get()
    assert waiting.refunded_at is None and waiting.refund_id.startswith("rfnd_")
    assert compared().differences == 0
    (late,) = compared(2 * HOUR).pending_too_long
    assert (late.kind, late.own_number, late.amount) == ("REFUND", mandate.number, FIVE)
    assert late.status == "CONSENT_NOT_RETURNED"
    razorpay.complete_refund(waiting.refund_id)
    assert mandate_following.follow_mandates(now=now + HOUR) >= 1
    assert_known_and_back(mandate)
    assert compared(2 * HOUR).differences == 0


def test_a_webhook_of_the_refund_ends_the_waiting(given: Mandate, razorpay: Standin, now: datetime) -> None:
    MandateConsent.objects.update(refund_id="", refunded_at=None, next_check_at=now)
    deliver(razorpay, now, "refund.processed")
    assert_known_and_back(given)


def test_a_mandate_that_is_over_does_not_end_the_waiting(given: Mandate, razorpay: Standin, now: datetime) -> None:
    MandateConsent.objects.update(refund_id="", refunded_at=None, next_check_at=now)
    Mandate.objects.update(status="ENDED", ended_at=now, next_check_at=None)
    mandate_following.follow_mandates(now=now)
    assert_known_and_back(given)


def test_a_silent_gateway_is_asked_again(given: Mandate, razorpay: Standin, now: datetime) -> None:
    MandateConsent.objects.update(refund_id="", refunded_at=None, next_check_at=now)
    Mandate.objects.update(next_check_at=now + 9 * HOUR)
    razorpay.switch("razorpay", answer_html_502={"times": 1, "only": "payment_fetch"})
    assert mandate_following.follow_mandates(now=now) == 0
    assert MandateConsent.objects.get().next_check_at == now + timedelta(minutes=5)
    assert mandate_following.follow_mandates(now=now + timedelta(minutes=5)) == 1
    assert_known_and_back(given)


@pytest.mark.parametrize("amount", ["4.99", "5.01"])
def test_it_is_compared_to_the_paisa(given: Mandate, amount: str) -> None:
    MandateConsent.objects.update(amount=Decimal(amount))
    assert [(pair.ours.amount, pair.theirs.amount) for pair in compared().amount_differs] == 2 * [
        (Decimal(amount), FIVE)
    ]


def test_a_settlement_file_has_both_halves(given: Mandate) -> None:
    row = MandateConsent.objects.get()
    at = row.paid_at.isoformat()
    lines = [HEAD, f"PAYMENT,{row.payment_id},,5.00,INR,{at}", f"REFUND,{row.refund_id},,5.00,INR,{at}"]
    assert compared(settlement="\n".join(lines)).differences == 0
    result = compared(settlement="\n".join(lines).replace("5.00", "4.00"))
    assert [pair.ours.own_number for pair in result.amount_differs] == 2 * [given.number]
    result = compared(settlement=HEAD)
    assert [(one.kind, one.number) for one in result.missing_there] == [
        ("PAYMENT", row.payment_id),
        ("REFUND", row.refund_id),
    ]


def test_it_is_of_the_site_of_its_plan(given: Mandate, plan: Plan) -> None:
    elsewhere = plan.site_id + 1
    assert compared(sites=frozenset({plan.site_id})).compared == 2
    assert compared(sites=frozenset({elsewhere})) == Comparison()


def test_an_invoice_for_the_consent_is_no_charge(
    agreed: Mandate, razorpay: Standin, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether Razorpay writes one is said nowhere: it would be made before the first charge, at another price."""
    payment = razorpay.books("razorpay")["payments"][0]
    made = ChargeMade("order_OfTheConsent1", payment["id"], to_paise(FIVE), datetime.now(UTC))
    monkeypatch.setattr(RazorpayMandates, "charges", lambda *_: [made])
    follow(now)
    assert MandateCharge.objects.count() == 0
    assert_known_and_back(agreed)


def test_the_record_says_both(given: Mandate) -> None:
    actions = list(AuditEntry.objects.filter(action__contains="consent").values_list("action", flat=True))
    assert sorted(actions) == ["pass.mandate_consent_paid", "pass.mandate_consent_returned"]


def test_a_holder_who_comes_back_waits_for_no_search(agreed: Mandate, razorpay: Standin, now: datetime) -> None:
    """All payments of some hours are read for it, which the worker may do."""
    pass_mandates.look_again(subscription=agreed.subscription, now=now)
    assert state(agreed).status == "HELD"
    assert "payment_list" not in [name for name, _ in razorpay.calls("razorpay")]
    follow(now)
    assert_known_and_back(agreed)


def test_one_that_took_nothing_is_looked_for_a_week(
    given: Mandate, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    MandateConsent.objects.all().delete()
    searches = _found(monkeypatch)
    follow(given.expires_at + timedelta(days=6))
    assert len(searches) == 1
    follow(given.expires_at + timedelta(days=7))
    assert len(searches) == 1


def test_two_mandates_of_one_payer_have_a_consent_each(
    driver: User, given: Mandate, razorpay: Standin, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The gateway knows a payer by the telephone: the payments of both mandates are listed for each, newest first."""
    first = MandateConsent.objects.get().payment_id
    another = bought(driver, given.subscription.plan, "KA-05-MK-7777", now=now, auto_renew=True)
    second = begin(driver, another, now)
    razorpay.mandate(second.gateway_id, "authorise")
    follow(now)
    newest = MandateConsent.objects.get(mandate=second).payment_id
    MandateConsent.objects.all().delete()
    _found(monkeypatch, newest, first)
    follow(now)
    found = MandateConsent.objects.order_by("mandate").values_list("mandate", "payment_id")
    assert list(found) == [(given.pk, first), (second.pk, newest)]


def _found(monkeypatch: pytest.MonkeyPatch, *payments: str) -> list[str]:
    """Let these payments be all that a search finds; the list has the payer of each search."""
    searches: list[str] = []

    def consents_of(_: RazorpayMandates, payer: str, **__: Any) -> list[str]:
        searches.append(payer)
        return list(payments)

    monkeypatch.setattr(RazorpayMandates, "consents_of", consents_of)
    return searches


def test_a_bank_that_takes_nothing_for_the_consent_stops_nothing(
    agreed: Mandate, razorpay: Standin, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mandate of netbanking is agreed to by a payment of ₹0."""
    asked = RazorpayClient.payment
    monkeypatch.setattr(RazorpayClient, "payment", lambda self, number: replace(asked(self, number), amount=0))
    deliver(razorpay, now)
    follow(now)
    assert state(agreed).status == "HELD"
    assert not MandateConsent.objects.exists()
