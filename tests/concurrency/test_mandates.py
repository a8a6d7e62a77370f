"""Workers and webhooks that follow one mandate at the same moment: a charge is counted in once.

The race is real: where the lock of the pass is taken out, both count it in and the database has to refuse the second.
"""

from collections.abc import Iterator
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.db.models import CharField, QuerySet

from parking.accounts.models import User
from parking.checkout import mandate_following, pass_mandates, settling, webhooks
from parking.checkout.pass_renewing import offer_renewals
from parking.passes.mandate_models import Mandate, MandateCharge, MandateConsent
from parking.passes.models import Subscription
from parking.payments.models import Payment, PaymentOrder, Refund
from tests.build import actor
from tests.concurrency.together import WAIT_SECONDS, at_once, tally
from tests.gateways.standin import Standin
from tests.invariants import assert_books_agree
from tests.passes.build import again
from tests.passes.mandates import (
    DAY,
    HOUR,
    WEEK,
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

on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql",
    reason="SQLite has one writer at a time: that is the lock, and cannot be taken out",
)
WORKERS = 4


@pytest.fixture
def charged(held: Subscription, given: Mandate, razorpay: Standin) -> Mandate:
    """A mandate whose charge the gateway has made and nobody has told us of, with the renewal that it pays."""
    offer_renewals(now=held.ends_at - 2 * DAY)
    razorpay.mandate(given.gateway_id, "charge")
    return state(given)


def follows(mandate: Mandate) -> list[Any]:
    """Return what workers do that follow a mandate at the same time."""
    later = mandate.subscription.ends_at + HOUR
    return [partial(mandate_following.follow_mandate, mandate=state(mandate), now=later) for _ in range(WORKERS)]


def assert_charged_once(held: Subscription) -> None:
    assert (MandateCharge.objects.count(), Refund.objects.count()) == (1, 0)
    assert Payment.objects.filter(gateway="RAZORPAY").count() == 1
    assert PaymentOrder.objects.filter(gateway="RAZORPAY").count() == 1
    assert again(held).ends_at == held.ends_at + WEEK
    assert_books_agree()


def test_four_workers_count_one_charge_in_once(held: Subscription, charged: Mandate) -> None:
    assert tally(at_once(follows(charged))) == {"ok": WORKERS}
    assert_charged_once(held)


def test_a_charge_without_an_offer_opens_one_period(held: Subscription, given: Mandate, razorpay: Standin) -> None:
    razorpay.mandate(given.gateway_id, "charge")
    later = held.ends_at + HOUR
    offers = [partial(offer_renewals, now=later) for _ in range(2)]
    assert tally(at_once([*follows(given), *offers])) == {"ok": WORKERS + 2}
    assert [row.number for row in held.periods.order_by("number")] == [1, 2]
    assert_charged_once(held)


def test_all_webhooks_of_a_charge_beside_the_worker(held: Subscription, charged: Mandate, razorpay: Standin) -> None:
    later = held.ends_at + HOUR
    queued: list[int] = []
    for row in razorpay.webhooks(gateway="razorpay"):
        headers, body = row["headers"], row["body"].encode()
        webhooks.take_webhook(gateway="RAZORPAY", headers=headers, body=body, now=later, queue=queued.append)
    assert len(queued) >= 8
    hooks = [partial(webhooks.work_on_event, event_id=event_id, now=later) for event_id in queued]
    orders = [partial(settling.follow_open_orders, now=later)]
    assert set(tally(at_once([*hooks, *follows(charged)[:2], *orders]))) == {"ok"}
    assert_charged_once(held)
    consent = MandateConsent.objects.get()
    assert consent.refunded_at is not None


def test_its_end_and_a_charge_at_once_lose_no_money(
    driver: User, held: Subscription, charged: Mandate, razorpay: Standin
) -> None:
    later = held.ends_at + HOUR
    end = partial(pass_mandates.end_mandate, actor=actor(driver), subscription=held, now=later)
    assert tally(at_once([end, *follows(charged)[:2]])) == {"ok": 3}
    follow(later + HOUR)
    assert (state(charged).status, state(charged).end_reason) == ("ENDED", "holder")
    assert razorpay.mandates()[0]["status"] == "cancelled"
    assert_charged_once(held)


def test_of_four_taps_one_mandate_is_made(driver: User, held: Subscription, now: Any, razorpay: Standin) -> None:
    taps = [partial(pass_mandates.begin_mandate, actor=actor(driver), subscription=held, now=now) for _ in range(4)]
    assert tally(at_once(taps)) == {"ok": 4}
    follow(now)
    assert len(razorpay.mandates()) == Mandate.objects.count() == 1
    assert Mandate.objects.get().status == "OFFERED"


# --- Without the lock --------------------------------------------------------------------------------------


@pytest.fixture
def _all_look_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the locks out, and let everybody look for the charge before anybody writes it."""
    everybody_has_looked = Barrier(WORKERS)
    bill_of = mandate_following._bill_of

    def look_and_wait(*parts: Any) -> Any:
        found = bill_of(*parts)
        everybody_has_looked.wait(WAIT_SECONDS)
        return found

    monkeypatch.setattr(QuerySet, "select_for_update", lambda queryset, **_: queryset)
    monkeypatch.setattr(mandate_following, "_bill_of", look_and_wait)


@pytest.fixture
def _without_constraints(transactional_db: None) -> Iterator[None]:
    """Let one payment be many charges, and one bill have many open orders."""
    payment_id = MandateCharge._meta.get_field("payment_id")
    assert isinstance(payment_id, CharField)
    many = CharField(max_length=payment_id.max_length)
    many.set_attributes_from_name("payment_id")
    one_open = next(row for row in PaymentOrder._meta.constraints if row.name == "one_open_order_per_bill")
    with connection.schema_editor() as editor:
        editor.alter_field(MandateCharge, payment_id, many)
        editor.remove_constraint(PaymentOrder, one_open)
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE passes_mandatecharge, payments_paymentorder CASCADE")
    with connection.schema_editor() as editor:
        editor.alter_field(MandateCharge, many, payment_id)
        editor.add_constraint(PaymentOrder, one_open)


def is_refused_by_the_database(call: Any) -> bool:
    try:
        call()
    except IntegrityError:
        return True
    return False


@on_postgresql
@pytest.mark.usefixtures("_all_look_first", "_without_constraints")
def test_without_lock_and_constraints_everybody_counts_the_charge_in(
    charged: Mandate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mandate_following, "collect", lambda **_: None)
    assert tally(at_once(follows(charged))) == {"ok": WORKERS}
    assert len(set(MandateCharge.objects.values_list("payment_id", flat=True))) == 1
    assert MandateCharge.objects.count() == PaymentOrder.objects.filter(gateway="RAZORPAY").count() == WORKERS


@on_postgresql
@pytest.mark.usefixtures("_all_look_first")
def test_without_the_lock_the_database_refuses_all_but_one(held: Subscription, charged: Mandate) -> None:
    answers = at_once([partial(is_refused_by_the_database, call) for call in follows(charged)])
    assert sorted(answers) == [False] + [True] * (WORKERS - 1)
    assert MandateCharge.objects.count() == 1
    assert_charged_once(held)
