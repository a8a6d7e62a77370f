"""Passes with mandates at the stand-in, for the tests of mandates: fixtures, and what their holder and bank do."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from parking.accounts.models import User
from parking.checkout import mandate_following, pass_mandates, webhooks
from parking.passes.mandate_models import Mandate
from parking.passes.models import Plan, Subscription
from tests.build import actor
from tests.gateways import standin as fake
from tests.gateways.standin import Standin, standin, standin_process
from tests.passes.build import bought, make_plan

__all__ = ["standin", "standin_process"]  # fixtures that are made there

PLATE = "DL-01-AB-1234"
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)


@pytest.fixture
def razorpay(standin: Standin, settings: Any) -> Standin:
    settings.RAZORPAY_URL = standin.address
    settings.RAZORPAY_KEY_ID, settings.RAZORPAY_KEY_SECRET = fake.KEY_ID, fake.KEY_SECRET
    settings.RAZORPAY_WEBHOOK_SECRETS = (fake.RAZORPAY_WEBHOOK_SECRET,)
    settings.RAZORPAY_SUBSCRIPTIONS = True
    settings.GATEWAY_READ_SECONDS, settings.GATEWAY_CALL_SECONDS = 1.5, 5.0
    return standin


@pytest.fixture
def plan(zone: Any) -> Plan:
    return make_plan(zone)


@pytest.fixture
def now() -> datetime:
    """The stand-in's clock is the machine's, and a mandate begins in the future."""
    return datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def held(driver: User, plan: Plan, now: datetime, razorpay: Standin) -> Subscription:
    return bought(driver, plan, PLATE, now=now, auto_renew=True)


def begin(driver: User, held: Subscription, now: datetime) -> Mandate:
    pass_mandates.begin_mandate(actor=actor(driver), subscription=held, now=now)
    return Mandate.objects.get(subscription=held)


def follow(now: datetime) -> None:
    """Let the worker ask after every mandate, whenever its time is."""
    Mandate.objects.exclude(status="ENDED").update(next_check_at=now)
    mandate_following.follow_mandates(now=now)


@pytest.fixture
def given(driver: User, held: Subscription, now: datetime, razorpay: Standin) -> Mandate:
    mandate = begin(driver, held, now)
    razorpay.mandate(mandate.gateway_id, "authorise")
    follow(now)
    return state(mandate)


def state(mandate: Mandate) -> Mandate:
    return Mandate.objects.select_related("mandate_plan", "subscription").get(pk=mandate.pk)


def deliver(razorpay: Standin, now: datetime, *events: str) -> None:
    """Take the webhooks that the stand-in has for us, in the order of `events`, or all, and work on each."""
    made = razorpay.webhooks(gateway="razorpay")
    wanted = [row for name in events for row in made if row["event"] == name] if events else made
    for row in wanted:
        queued: list[int] = []
        body = row["body"].encode()
        webhooks.take_webhook(gateway="RAZORPAY", headers=row["headers"], body=body, now=now, queue=queued.append)
        for event_id in queued:
            webhooks.work_on_event(event_id=event_id, now=now)
