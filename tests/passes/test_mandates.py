"""Renewals that are charged by mandate: whole journeys with the stand-in over HTTP, and every state."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from parking.accounts.models import User
from parking.checkout import pass_changes, pass_mandates, passes, settling
from parking.checkout.pass_renewing import expire_passes, offer_renewals, remind_of_ends
from parking.core.actor import SYSTEM
from parking.notifications.models import Notice
from parking.notifications.noticing import take_events
from parking.passes.mandate_models import Mandate, MandateCharge, MandatePlan
from parking.passes.models import Plan, Subscription
from parking.passes.plans import change_plan
from parking.payments.models import Payment, PaymentOrder, Refund
from tests.build import actor
from tests.gateways.standin import KEY_ID, KEY_SECRET, Standin
from tests.invariants import assert_books_agree, refused
from tests.passes.build import again, bought, make_plan
from tests.passes.mandates import (
    DAY,
    HOUR,
    PLATE,
    WEEK,
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

# The service calls the gateway between two transactions, as it does in production.
pytestmark = pytest.mark.django_db(transaction=True)


def kinds_told(driver: User, now: datetime) -> list[str]:
    take_events(now=now)
    rows = Notice.objects.filter(person=driver).order_by("pk")
    return list(rows.values_list("kind", flat=True))


# --- The journey ---------------------------------------------------------------------------------------


def test_a_mandate_is_asked_for_given_and_charged(
    driver: User, held: Subscription, now: datetime, razorpay: Standin
) -> None:
    mandate = begin(driver, held, now)
    assert (mandate.status, mandate.amount, mandate.charges) == ("OFFERED", Decimal("1500.00"), 52)
    assert mandate.page.startswith(f"{razorpay.address}/mandate/")
    made = razorpay.mandates()[0]
    assert (made["start_at"], made["total_count"]) == (int(held.ends_at.timestamp()), 52)
    razorpay.http.post(mandate.page.removeprefix(razorpay.address) + "/give")
    follow(now)
    assert state(mandate).status == "HELD"
    near = held.ends_at - 2 * DAY
    offer_renewals(now=near)
    razorpay.mandate(mandate.gateway_id, "charge")
    follow(held.ends_at + HOUR)
    assert again(held).ends_at == held.ends_at + WEEK
    payment = Payment.objects.get(bill__pass_period__number=2)
    assert payment.order is not None
    assert (payment.amount, payment.gateway, payment.order.status) == (Decimal("1500.00"), "RAZORPAY", "COMPLETED")
    assert payment.reference == MandateCharge.objects.get().payment_id
    assert_books_agree()


def test_the_holder_is_told_before_each_charge(driver: User, given: Mandate, now: datetime) -> None:
    ends_at = given.subscription.ends_at
    offer_renewals(now=ends_at - 2 * DAY)
    remind_of_ends(now=ends_at - 2 * DAY)
    told = kinds_told(driver, ends_at - DAY)
    assert told.count("pass_charge") == 2
    assert "pass_renewal" not in told and "pass_mandate_given" in told
    last = Notice.objects.filter(kind="pass_charge").order_by("-pk")[0]
    assert last.values["amount"] == "1500.00"


@pytest.mark.parametrize(
    "order",
    [
        ("payment.captured", "order.paid", "subscription.charged", "invoice.paid"),
        ("invoice.paid", "subscription.charged", "order.paid", "payment.captured"),
        ("order.paid", "order.paid", "subscription.activated", "subscription.charged"),
    ],
)
def test_one_charge_is_one_payment_whoever_tells_of_it(
    held: Subscription, given: Mandate, razorpay: Standin, order: tuple[str, ...]
) -> None:
    offer_renewals(now=held.ends_at - 2 * DAY)
    razorpay.mandate(given.gateway_id, "charge")
    deliver(razorpay, held.ends_at + HOUR, *order)
    deliver(razorpay, held.ends_at + HOUR)
    follow(held.ends_at + 2 * HOUR)
    settling.follow_open_orders(now=held.ends_at + 3 * HOUR)
    assert Payment.objects.filter(gateway="RAZORPAY").count() == 1
    assert again(held).ends_at == held.ends_at + WEEK
    assert Refund.objects.count() == 0
    assert_books_agree()


def test_the_next_charge_pays_the_period_after(held: Subscription, given: Mandate, razorpay: Standin) -> None:
    for number in (0, 1):
        due = held.ends_at + number * WEEK
        offer_renewals(now=due - 2 * DAY)
        razorpay.mandate(given.gateway_id, "charge")
        follow(due + HOUR)
    assert again(held).ends_at == held.ends_at + 2 * WEEK
    assert MandateCharge.objects.count() == 2
    assert_books_agree()


def test_a_charge_without_an_offer_opens_the_period_itself(
    held: Subscription, given: Mandate, razorpay: Standin
) -> None:
    razorpay.mandate(given.gateway_id, "charge")
    deliver(razorpay, held.ends_at + HOUR, "payment.captured")
    assert again(held).ends_at == held.ends_at + WEEK
    assert_books_agree()


# --- Beginning -----------------------------------------------------------------------------------------


def test_it_is_off_by_default(driver: User, held: Subscription, now: datetime, settings: Any) -> None:
    settings.RAZORPAY_SUBSCRIPTIONS = False
    with refused("mandates_off"):
        begin(driver, held, now)
    assert Mandate.objects.count() == 0


@pytest.mark.parametrize("hours", [23, 1])
def test_it_is_given_a_day_before_the_charge_at_the_latest(driver: User, held: Subscription, hours: int) -> None:
    with refused("mandate_not_possible"):
        begin(driver, held, held.ends_at - timedelta(hours=hours))


def test_a_pass_that_is_not_to_be_renewed_has_none(driver: User, plan: Plan, now: datetime, razorpay: Standin) -> None:
    held = bought(driver, plan, PLATE, now=now)
    with refused("mandate_not_possible"):
        begin(driver, held, now)


def test_a_day_has_none(driver: User, zone: Any, now: datetime, razorpay: Standin) -> None:
    held = bought(driver, make_plan(zone, period="DAY", name="Day"), PLATE, now=now, auto_renew=True)
    with refused("mandate_not_possible"):
        begin(driver, held, now)


def test_a_price_is_one_plan_of_the_gateway_for_all(
    driver: User, held: Subscription, now: datetime, razorpay: Standin
) -> None:
    other = bought(driver, held.plan, "DL-01-AB-9999", now=now, auto_renew=True)
    begin(driver, held, now)
    begin(driver, other, now)
    assert [name for name, _ in razorpay.calls("razorpay")].count("plan_create") == 1
    change_plan(actor=SYSTEM, plan_id=held.plan_id, changes={"price": Decimal("1600.00")}, now=now)
    third = bought(driver, held.plan, "DL-01-AB-7777", now=now, auto_renew=True)
    begin(driver, third, now)
    assert sorted(MandatePlan.objects.values_list("amount", flat=True)) == [Decimal("1500.00"), Decimal("1600.00")]
    assert len(set(MandatePlan.objects.values_list("gateway_id", flat=True))) == 2


@pytest.mark.parametrize("lost", ["plan_create", "subscription_create"])
def test_a_lost_answer_is_one_mandate(
    driver: User, held: Subscription, now: datetime, razorpay: Standin, lost: str
) -> None:
    razorpay.set(lost_answer_seconds=0)
    razorpay.switch("razorpay", lost_answer={"times": 1, "only": lost})
    mandate = begin(driver, held, now)
    assert mandate.status == "ASKED"
    follow(now)
    assert state(mandate).status == "OFFERED"
    made = [name for name, _ in razorpay.calls("razorpay")]
    assert (made.count("plan_create"), made.count("subscription_create")) == (1, 1)


@pytest.mark.parametrize("lost", ["plan_create", "subscription_create"])
def test_a_lost_answer_is_found_behind_more_than_a_page_of_others(
    driver: User, held: Subscription, now: datetime, razorpay: Standin, lost: str
) -> None:
    razorpay.set(lost_answer_seconds=0)
    razorpay.switch("razorpay", lost_answer={"times": 1, "only": lost})
    mandate = begin(driver, held, now)
    assert mandate.status == "ASKED"
    make_others(razorpay, lost, mandate.mandate_plan.gateway_id)
    follow(now)
    found = state(mandate)
    assert found.status == "OFFERED"
    ours = [row["id"] for row in razorpay.mandates() if row["notes"] == {"number": mandate.number}]
    assert ours == [found.gateway_id]
    made = [name for name, _ in razorpay.calls("razorpay")]
    assert made.count(lost) == 1 + OTHERS
    assert made.count(lost.replace("create", "list")) == 3


OTHERS = 205


def make_others(razorpay: Standin, call: str, plan_id: str) -> None:
    """Make as many plans, or subscriptions of one plan, as fill two pages of Razorpay's lists."""
    item = {"name": "Other", "amount": 150_000, "currency": "INR"}
    start = int(datetime.now(UTC).timestamp()) + 3600
    bodies: dict[str, dict[str, Any]] = {
        "plan_create": {"period": "weekly", "interval": 1, "item": item},
        "subscription_create": {"plan_id": plan_id, "total_count": 2, "start_at": start},
    }
    path = "/v1/plans" if call == "plan_create" else "/v1/subscriptions"
    for number in range(OTHERS):
        body = bodies[call] | {"notes": {"number": f"X-{number}"}}
        razorpay.http.post(path, json=body, auth=(KEY_ID, KEY_SECRET)).raise_for_status()


def test_what_was_made_long_before_is_not_looked_through(
    driver: User, held: Subscription, now: datetime, razorpay: Standin
) -> None:
    razorpay.set(lost_answer_seconds=0)
    razorpay.switch("razorpay", lost_answer={"times": 1, "only": "plan_create"})
    begin(driver, held, now)
    MandatePlan.objects.update(created_at=now + 2 * HOUR)
    follow(now)
    assert [name for name, _ in razorpay.calls("razorpay")].count("plan_create") == 2


def test_begun_twice_it_is_the_same(driver: User, held: Subscription, now: datetime, razorpay: Standin) -> None:
    begin(driver, held, now)
    begin(driver, held, now)
    assert len(razorpay.mandates()) == 1


def test_one_that_nobody_gives_expires(driver: User, held: Subscription, now: datetime, razorpay: Standin) -> None:
    mandate = begin(driver, held, now)
    razorpay.advance(2 * 3600)
    follow(now + 2 * HOUR)
    assert (state(mandate).status, state(mandate).end_reason) == ("ENDED", "expired")
    assert "pass_mandate_ended" not in kinds_told(driver, now + 2 * HOUR)


# --- Its end -------------------------------------------------------------------------------------------


def test_the_holder_ends_it_and_the_gateway_is_told(
    driver: User, held: Subscription, given: Mandate, now: datetime, razorpay: Standin
) -> None:
    pass_mandates.end_mandate(actor=actor(driver), subscription=held, now=now)
    assert state(given).status == "ENDING"
    follow(now)
    assert (state(given).status, state(given).end_reason) == ("ENDED", "holder")
    assert razorpay.mandates()[0]["status"] == "cancelled"
    assert again(held).auto_renew


def test_the_worker_cancels_until_the_gateway_says_so(
    driver: User, held: Subscription, given: Mandate, now: datetime, razorpay: Standin
) -> None:
    pass_mandates.end_mandate(actor=actor(driver), subscription=held, now=now)
    razorpay.switch("razorpay", answer_html_502={"times": 2, "only": "subscription_cancel"})
    follow(now)
    follow(now)
    assert state(given).status == "ENDING"
    follow(now)
    assert state(given).status == "ENDED"


def test_no_renewal_is_no_mandate(driver: User, held: Subscription, given: Mandate, now: datetime) -> None:
    pass_changes.choose_renewal(actor=actor(driver), subscription=held, auto_renew=False, now=now)
    follow(now)
    assert (state(given).status, state(given).end_reason) == ("ENDED", "not_renewed")


def test_the_end_of_the_pass_is_that_of_its_mandate(
    driver: User, held: Subscription, given: Mandate, now: datetime, razorpay: Standin
) -> None:
    pass_changes.cancel_pass(actor=actor(driver), subscription=held, reason="", now=now)
    assert pass_mandates.end_unwanted(now=now) == 1
    follow(now)
    assert razorpay.mandates()[0]["status"] == "cancelled"
    assert pass_mandates.end_unwanted(now=now) == 0


@pytest.mark.parametrize(("action", "word"), [("cancel", "cancelled"), ("pause", "paused"), ("halt", "halted")])
def test_one_that_stops_at_the_gateway_is_renewed_by_link(
    given: Mandate, razorpay: Standin, action: str, word: str
) -> None:
    held, driver = given.subscription, given.subscription.driver
    assert driver is not None
    for _ in range(4 if action == "halt" else 1):
        razorpay.mandate(given.gateway_id, "fail-charge" if action == "halt" else action)
    deliver(razorpay, held.ends_at - 4 * DAY)
    follow(held.ends_at - 4 * DAY)
    assert (state(given).status, state(given).end_reason) == ("ENDED", word)
    offer_renewals(now=held.ends_at - 2 * DAY)
    told = kinds_told(driver, held.ends_at - 2 * DAY)
    assert told.count("pass_mandate_ended") == 1 and "pass_renewal" in told and "pass_charge" not in told


def test_another_price_ends_it(driver: User, held: Subscription, given: Mandate, now: datetime) -> None:
    change_plan(actor=SYSTEM, plan_id=held.plan_id, changes={"price": Decimal("1600.00")}, now=now)
    offer_renewals(now=held.ends_at - 2 * DAY)
    assert state(given).status == "ENDING" and state(given).end_reason == "price_changed"
    told = kinds_told(driver, held.ends_at - 2 * DAY)
    assert "pass_mandate_ended" in told and "pass_renewal" in told and "pass_charge" not in told


def test_a_plan_that_costs_nothing_any_more_ends_it(driver: User, held: Subscription, given: Mandate) -> None:
    Plan.objects.filter(pk=held.plan_id).update(price=0, price_reason="Residents")
    offer_renewals(now=held.ends_at - 2 * DAY)
    assert (state(given).status, state(given).end_reason) == ("ENDING", "price_changed")
    assert again(held).ends_at == held.ends_at + WEEK


def test_dates_that_move_end_it(driver: User, held: Subscription, given: Mandate, now: datetime) -> None:
    Subscription.objects.filter(pk=held.pk).update(ends_at=held.ends_at + 4 * DAY)
    follow(now)
    assert (state(given).status, state(given).end_reason) == ("ENDING", "dates_moved")
    assert kinds_told(driver, now).count("pass_mandate_ended") == 1


def test_a_charge_that_is_told_of_after_the_end_is_counted_all_the_same(
    driver: User, held: Subscription, given: Mandate, now: datetime, razorpay: Standin
) -> None:
    offer_renewals(now=held.ends_at - 2 * DAY)
    razorpay.mandate(given.gateway_id, "charge")
    Mandate.objects.update(status="ENDED", ended_at=now, next_check_at=None)
    deliver(razorpay, held.ends_at + HOUR, "subscription.charged")
    assert Payment.objects.filter(gateway="RAZORPAY").count() == 1
    assert again(held).ends_at == held.ends_at + WEEK


def test_a_word_that_nobody_knows_changes_nothing(
    held: Subscription, given: Mandate, now: datetime, razorpay: Standin
) -> None:
    razorpay.switch("razorpay", unknown_states={"times": 1, "only": "subscription_fetch"})
    follow(now)
    assert state(given).status == "HELD"


# --- Charges that fail, or come at a wrong time ----------------------------------------------------------


def test_a_charge_that_fails_is_told_once_and_may_succeed_later(
    driver: User, held: Subscription, given: Mandate, razorpay: Standin
) -> None:
    offer_renewals(now=held.ends_at - 2 * DAY)
    for hours in (1, 2):
        razorpay.mandate(given.gateway_id, "fail-charge")
        follow(held.ends_at + hours * HOUR)
    assert state(given).charge_failed_at == held.ends_at + HOUR
    assert kinds_told(driver, held.ends_at + 2 * HOUR).count("pass_charge_failed") == 1
    razorpay.mandate(given.gateway_id, "charge")
    follow(held.ends_at + 3 * HOUR)
    assert again(held).ends_at == held.ends_at + WEEK
    assert state(given).charge_failed_at is None
    assert_books_agree()


def test_nobody_pays_what_is_going_to_be_charged(driver: User, held: Subscription, given: Mandate) -> None:
    offer_renewals(now=held.ends_at - 2 * DAY)
    with refused("charged_by_mandate"):
        passes.pay(actor=actor(driver), number=held.number, gateway=None, now=held.ends_at - HOUR)


def test_after_a_failed_charge_the_holder_pays_and_the_mandate_ends(
    driver: User, held: Subscription, given: Mandate, razorpay: Standin
) -> None:
    offer_renewals(now=held.ends_at - 2 * DAY)
    razorpay.mandate(given.gateway_id, "fail-charge")
    follow(held.ends_at + HOUR)
    passes.pay(actor=actor(driver), number=held.number, gateway=None, now=held.ends_at + 2 * HOUR)
    assert (state(given).status, state(given).end_reason) == ("ENDING", "paid_otherwise")
    assert again(held).ends_at == held.ends_at + WEEK
    # The bank paid before it was told: that money goes back by itself.
    razorpay.mandate(given.gateway_id, "charge")
    follow(held.ends_at + 3 * HOUR)
    assert Refund.objects.get().amount == Decimal("1500.00")
    assert Refund.objects.get().is_held is False
    assert again(held).ends_at == held.ends_at + WEEK
    assert_books_agree()


def test_money_for_a_pass_that_is_over_goes_back(
    driver: User, held: Subscription, given: Mandate, now: datetime, razorpay: Standin
) -> None:
    pass_changes.cancel_pass(actor=actor(driver), subscription=held, reason="", now=now)
    razorpay.mandate(given.gateway_id, "charge")
    deliver(razorpay, held.ends_at, "payment.captured")
    refund = Refund.objects.get(payment__gateway="RAZORPAY")
    assert (refund.amount, refund.status) == (Decimal("1500.00"), "COMPLETED")
    assert razorpay.books("razorpay")["payments"][0]["refunded"] == 150_000
    assert_books_agree()


def test_money_after_the_days_of_grace_goes_back(held: Subscription, given: Mandate, razorpay: Standin) -> None:
    offer_renewals(now=held.ends_at - 2 * DAY)
    late = held.ends_at + 2 * DAY + HOUR
    razorpay.mandate(given.gateway_id, "charge")
    expire_passes(now=late)
    follow(late)
    assert Refund.objects.get().amount == Decimal("1500.00")
    assert_books_agree()


def test_another_amount_is_looked_at_by_a_person(held: Subscription, given: Mandate, razorpay: Standin) -> None:
    offer_renewals(now=held.ends_at - 2 * DAY)
    razorpay.switch("razorpay", amount_mismatch=1)
    razorpay.mandate(given.gateway_id, "charge")
    follow(held.ends_at + HOUR)
    assert PaymentOrder.objects.get(gateway="RAZORPAY").status == "REVIEW"
    assert again(held).ends_at == held.ends_at


# --- Between two steps -----------------------------------------------------------------------------------


class Killed(BaseException):
    """The process ends here: nothing catches it."""


@pytest.mark.parametrize("step", ["parking.checkout.mandate_following._written", "parking.checkout.settling.settle"])
@pytest.mark.parametrize("before", [True, False])
def test_killed_between_two_steps_a_charge_is_counted_once(
    given: Mandate, razorpay: Standin, monkeypatch: pytest.MonkeyPatch, step: str, before: bool
) -> None:
    held = given.subscription
    offer_renewals(now=held.ends_at - 2 * DAY)
    razorpay.mandate(given.gateway_id, "charge")
    module, name = step.rsplit(".", 1)
    real = getattr(__import__(module, fromlist=[name]), name)

    def dies(*args: Any, **kwargs: Any) -> Any:
        if not before:
            real(*args, **kwargs)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(step, dies)
        with pytest.raises(Killed):
            follow(held.ends_at + HOUR)
    follow(held.ends_at + 2 * HOUR)
    settling.follow_open_orders(now=held.ends_at + 3 * HOUR)
    assert Payment.objects.filter(gateway="RAZORPAY").count() == 1
    assert again(held).ends_at == held.ends_at + WEEK
    assert_books_agree()


# --- Refused, and the browser's return ---------------------------------------------------------------------


def test_only_a_return_that_razorpay_signed_is_read(
    driver: User, held: Subscription, now: datetime, razorpay: Standin
) -> None:
    mandate = begin(driver, held, now)
    razorpay.mandate(mandate.gateway_id, "authorise")
    page = razorpay.http.get(mandate.page.removeprefix(razorpay.address)).text
    payment_id, signature = re.findall(r"<small>(pay_\w+|[0-9a-f]{64})</small>", page)
    with refused("signature_invalid"):
        pass_mandates.confirm_return(subscription=held, payment_id=payment_id, signature="0" * 64, now=now)
    assert state(mandate).status == "OFFERED"
    pass_mandates.confirm_return(subscription=held, payment_id=payment_id, signature=signature, now=now)
    assert state(mandate).status == "HELD"


def test_the_name_of_an_event_is_not_believed(
    driver: User, held: Subscription, now: datetime, razorpay: Standin
) -> None:
    mandate = begin(driver, held, now)
    razorpay.mandate(mandate.gateway_id, "authorise")
    razorpay.mandate(mandate.gateway_id, "cancel")
    deliver(razorpay, now, "subscription.authenticated")
    assert state(mandate).status == "ENDED"
