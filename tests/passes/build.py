"""Builders of plans and passes, through the services that the product uses."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from parking.accounts.models import Role, User
from parking.checkout import passes
from parking.checkout.collecting import Collection
from parking.checkout.passes import Bought
from parking.core.actor import SYSTEM
from parking.facilities.models import ParkingZone
from parking.passes.models import Plan, Subscription
from parking.passes.plans import create_plan
from parking.passes.queries import pass_again
from parking.passes.services import Wanted
from tests.build import actor, make_user
from tests.moments import START


def make_plan(zone: ParkingZone, *, price: str = "1500.00", period: str = "WEEK", **fields: Any) -> Plan:
    """Return a plan at the site of a zone: for all its zones unless `zone_ids` says otherwise."""
    values = {"name": "Weekly", "period": period, "price": Decimal(price), "site_id": zone.site_id, **fields}
    return create_plan(actor=SYSTEM, fields=values, now=START)


def buy(
    driver: User,
    plan: Plan,
    *plates: str,
    now: datetime = START,
    starts_on: date | None = None,
    auto_renew: bool = False,
    gateway: str | None = None,
) -> Bought:
    wanted = Wanted(plates or ("DL-01-AB-1234",), starts_on, auto_renew)
    return passes.buy(actor=actor(driver), plan_id=plan.pk, wanted=wanted, gateway=gateway, now=now)


def bought(driver: User, plan: Plan, *plates: str, now: datetime = START, **more: Any) -> Subscription:
    """Return a pass that was bought and paid."""
    return buy(driver, plan, *plates, now=now, **more).subscription


def sold(driver: User, plan: Plan, *plates: str, now: datetime = START, auto_renew: bool = False) -> Subscription:
    """Return a pass that was sold at the counter for cash, or for nothing."""
    return passes.sell(
        actor=actor(make_user(Role.STAFF)),
        buyer=passes.Buyer(driver.pk),
        plan_id=plan.pk,
        wanted=Wanted(plates or ("DL-01-AB-1234",), None, auto_renew),
        collection=Collection("CASH"),
        now=now,
    ).subscription


def again(subscription: Subscription) -> Subscription:
    return pass_again(subscription)
