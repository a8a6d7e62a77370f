"""Plans: their only writer, and their reads."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet

from parking.audit import services as audit
from parking.core.actor import Actor
from parking.core.errors import InvalidInput, NotFound, Refused
from parking.core.money import ZERO
from parking.core.sites import Sites, at_sites
from parking.facilities.models import ParkingSite, ParkingZone, SiteState
from parking.facilities.queries import zones_named
from parking.passes.events import PlanChanged, PlanCreated
from parking.passes.models import MOST_VEHICLES, Plan

# --- Reads ---------------------------------------------------------------------------------------------


def plans_of(sites: Sites) -> QuerySet[Plan]:
    """Return the plans of these sites by site and name, also those that are not sold."""
    rows = Plan.objects.select_related("site").prefetch_related("zones")
    return at_sites(rows, sites, "site_id").order_by("site__name", "price", "pk")


def plans_for_drivers() -> QuerySet[Plan]:
    """Return the plans that drivers can buy themselves: what costs nothing is given at the counter, for its reason."""
    return plans_on_sale().filter(price__gt=ZERO)


def plan_for_driver(plan_id: int) -> Plan:
    """Return a plan that drivers can buy themselves. Raises NotFound `plan_not_found`."""
    return _one(plans_for_drivers(), plan_id)


def plans_on_sale() -> QuerySet[Plan]:
    """Return the plans that are sold, the cheapest of each site first; none whose zones are all retired."""
    rows = Plan.objects.select_related("site").prefetch_related("zones")
    rows = rows.filter(is_active=True, site__state=SiteState.OPEN, site__retired_at=None)
    named = ParkingZone.objects.filter(plans=OuterRef("pk"))
    rows = rows.filter(~Exists(named) | Exists(named.filter(retired_at=None)))
    return rows.order_by("site__name", "price", "pk")


def plans_on_sale_at(sites: Sites) -> QuerySet[Plan]:
    """Return the plans that are sold at these sites."""
    return at_sites(plans_on_sale(), sites, "site_id")


def plan_by_id(plan_id: int, *, sites: Sites) -> Plan:
    """Return a plan of these sites. Raises NotFound `plan_not_found`."""
    return _one(plans_of(sites), plan_id)


def plan_for_sale(plan_id: int, *, sites: Sites) -> Plan:
    """Return a plan that is sold at these sites. Raises NotFound `plan_not_found`."""
    return _one(plans_on_sale_at(sites), plan_id)


def _one(rows: QuerySet[Plan], plan_id: int) -> Plan:
    plan = rows.filter(pk=plan_id).first()
    if plan is None:
        raise NotFound("plan_not_found", "There is no such plan")
    return plan


# --- Changes -------------------------------------------------------------------------------------------


def create_plan(*, actor: Actor, fields: Mapping[str, Any], now: datetime) -> Plan:
    """Make a plan at a site of the actor's. Raises Refused `plan_name_taken`; InvalidInput."""
    values = dict(fields)
    zone_ids, site_id = values.pop("zone_ids", ()), values.pop("site_id")
    with transaction.atomic():
        site = at_sites(ParkingSite.objects.filter(retired_at=None), actor.sites, "pk").filter(pk=site_id).first()
        if site is None:
            raise InvalidInput({"site_id": [f"There is no site {site_id}"]})
        zones = zones_named(zone_ids, actor.sites)
        plan = Plan(site=site, created_at=now, **values)
        _save(plan)
        plan.zones.set(zones)
        made = PlanCreated(plan_id=plan.pk, name=plan.name, price=plan.price, period=plan.period)
        audit.record(actor, made, now)
    return plan_by_id(plan.pk, sites=actor.sites)


def change_plan(*, actor: Actor, plan_id: int, changes: Mapping[str, Any], now: datetime) -> Plan:
    """Give a plan other values; its site and period stay. Passes that were sold stay as they are.

    Raises NotFound `plan_not_found`; Refused `plan_name_taken`; InvalidInput.
    """
    values = dict(changes)
    zone_ids = values.pop("zone_ids", None)
    with transaction.atomic():
        plan_by_id(plan_id, sites=actor.sites)
        plan = Plan.objects.select_for_update(no_key=True).get(pk=plan_id)
        for name, value in values.items():
            setattr(plan, name, value)
        _save(plan)
        if zone_ids is not None:
            plan.zones.set(zones_named(zone_ids, actor.sites))
        changed = PlanChanged(
            plan_id=plan.pk,
            name=plan.name,
            price=plan.price,
            is_active=plan.is_active,
            fields=tuple(sorted(changes)),
        )
        audit.record(actor, changed, now)
    return plan_by_id(plan_id, sites=actor.sites)


def _save(plan: Plan) -> None:
    """Write a plan. Raises Refused `plan_name_taken`; InvalidInput for values that do not fit together."""
    errors = {name: [text] for name, (fits, text) in _checks(plan).items() if not fits}
    if errors:
        raise InvalidInput(errors)
    if plan.price > ZERO:
        plan.price_reason = ""
    taken = Plan.objects.filter(site_id=plan.site_id, name=plan.name).exclude(pk=plan.pk)
    if taken.exists():
        raise _name_taken()
    try:
        with transaction.atomic():
            plan.save()
    except IntegrityError as error:
        raise _name_taken() from error


def _checks(plan: Plan) -> dict[str, tuple[bool, str]]:
    return {
        "vehicles": (1 <= plan.vehicles <= MOST_VEHICLES, f"1 to {MOST_VEHICLES}"),
        "inside": (1 <= plan.inside <= plan.vehicles, "At least 1, and not more than there are vehicles"),
        "reserved": (
            not plan.reserved or plan.inside == 1,
            "A slot is kept for one car: only one may be inside at once",
        ),
        "days": (bool(plan.days), "At least one day"),
        "price_reason": (plan.price != ZERO or bool(plan.price_reason), "Say why the plan costs nothing"),
    }


def _name_taken() -> Refused:
    return Refused("plan_name_taken", "There is a plan of this name at the site already")
