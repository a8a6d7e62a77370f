"""What managers see of automatic charges: by page and call, in lists and one by one, at their sites only."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from parking.accounts.models import Role, User
from parking.checkout import pass_mandates
from parking.passes.mandate_models import Mandate, MandateConsent
from parking.passes.models import Plan, Subscription
from tests.build import actor, make_user
from tests.client import ApiClient
from tests.gateways.standin import Standin
from tests.passes.build import bought
from tests.passes.mandates import (
    HOUR,
    begin,
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


@pytest.fixture
def office() -> Client:
    client = Client()
    client.force_login(make_user(Role.ADMIN), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def other(driver: User, plan: Plan, held: Subscription, now: datetime) -> Subscription:
    """A pass without mandate."""
    return bought(driver, plan, "DL-01-AB-9999", now=now, auto_renew=True)


def listed(client: ApiClient, **query: Any) -> dict[str, Any]:
    rows = client.get("/api/admin/passes/", **query).json()["data"]["results"]
    return {row["number"]: row["mandate"] for row in rows}


def fail(razorpay: Standin, mandate: Mandate) -> None:
    razorpay.mandate(mandate.gateway_id, "fail-charge")
    follow(mandate.subscription.ends_at + HOUR)


def test_the_call_shows_the_mandate_of_each_pass(as_admin: ApiClient, given: Mandate, other: Subscription) -> None:
    consent = MandateConsent.objects.get()
    assert consent.refunded_at is not None
    assert listed(as_admin) == {
        other.number: None,
        given.subscription.number: {
            "number": given.number,
            "status": "HELD",
            "amount": 1500.0,
            "first_charge_at": f"{given.starts_at:%Y-%m-%dT%H:%M:%SZ}",
            "charges": 52,
            "paid_charges": 0,
            "charge_failed_at": None,
            "consent_amount": 5.0,
            "consent_returned_at": f"{consent.refunded_at:%Y-%m-%dT%H:%M:%SZ}",
        },
    }


def test_paid_charges_are_counted(as_admin: ApiClient, given: Mandate, razorpay: Standin) -> None:
    razorpay.mandate(given.gateway_id, "charge")
    follow(given.subscription.ends_at + HOUR)
    (shown,) = listed(as_admin).values()
    assert (shown["paid_charges"], shown["status"]) == (1, "HELD")


def test_those_that_are_charged_and_those_that_fail_are_found(
    as_admin: ApiClient, office: Client, given: Mandate, other: Subscription, razorpay: Standin
) -> None:
    number = given.subscription.number
    assert list(listed(as_admin, charging="AUTOMATIC")) == [number]
    assert listed(as_admin, charging="FAILED") == {}
    fail(razorpay, given)
    assert list(listed(as_admin, charging="FAILED")) == [number]
    page = office.get("/office/passes/?charging=FAILED").content.decode()
    assert number in page and other.number not in page and "Charge failed" in page
    assert other.number in office.get("/office/passes/?charging=nonsense").content.decode()
    assert as_admin.get("/api/admin/passes/", charging="nonsense").status_code == 400


def test_the_page_of_the_pass_says_how_its_mandate_stands(
    driver: User, office: Client, held: Subscription, now: datetime, razorpay: Standin
) -> None:
    def text() -> str:
        return " ".join(office.get(f"/office/passes/{held.number}/").content.decode().split())

    assert "Automatic charges" not in text() and "By a link, three days before the end" in text()
    mandate = begin(driver, held, now)
    assert "Holder has not agreed yet" in text() and "By a link, three days before the end" in text()
    razorpay.switch("razorpay", refund_waits=1)
    razorpay.mandate(mandate.gateway_id, "authorise")
    follow(now)
    assert "₹5, not refunded yet" in text() and "₹1,500 is charged by Razorpay at the end" in text()
    assert "0 of 52 times" in text() and "This stops the automatic charges, too." in text()
    razorpay.complete_refund(MandateConsent.objects.get().refund_id)
    follow(now + HOUR)
    assert "₹5, refunded" in text()
    pass_mandates.end_mandate(actor=actor(driver), subscription=held, now=now)
    assert "Being stopped" in text()
    follow(now)
    assert "Stopped by its holder" in text() and "By a link, three days before the end" in text()


def test_no_renewal_by_the_office_stops_the_charges(office: Client, given: Mandate, now: datetime) -> None:
    office.post(f"/office/passes/{given.subscription.number}/renewal/")
    assert (state(given).status, state(given).end_reason) == ("ENDING", "not_renewed")


def test_without_the_setting_and_mandates_nothing_speaks_of_charges(
    office: Client, other: Subscription, settings: Any
) -> None:
    settings.RAZORPAY_SUBSCRIPTIONS = False
    assert "Charged automatically" not in office.get("/office/passes/").content.decode()
    assert "Automatic charges" not in office.get(f"/office/passes/{other.number}/").content.decode()
