"""Organisations: their only writer, and their reads. Each has a pass of its own, which covers its vehicles."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import F, Min, Q, QuerySet

from parking.accounts.models import Role, User
from parking.audit import services as audit
from parking.core import clock
from parking.core.actor import Actor
from parking.core.errors import InvalidInput, NotFound, Refused
from parking.core.ids import new_pass_code
from parking.core.money import ZERO
from parking.core.sites import Sites, at_sites
from parking.invoices.gstin import cleaned, fault_of
from parking.passes.coverage import Coverage
from parking.passes.events import OrganisationChanged, OrganisationCreated
from parking.passes.models import (
    Organisation,
    OrganisationInvoice,
    OrganisationKind,
    PassStatus,
    PassVehicle,
    Plan,
    Subscription,
)
from parking.passes.organisation_rules import (
    LARGEST_INVOICE,
    MOST_DUE_DAYS,
    MOST_ON_LIST,
    Agreement,
    Billing,
    Pricing,
    Stretch,
    most_at_once,
)
from parking.passes.plans import plan_by_id
from parking.passes.services import refuse_overlap
from parking.vehicles.models import Vehicle
from parking.vehicles.services import lock_vehicles

FIXED = frozenset({"plan_id", "starts_on", "billing"})
_LONGEST = {"name": 100, "address": 300}

# --- Reads ---------------------------------------------------------------------------------------------


def organisations_of(sites: Sites) -> QuerySet[Organisation]:
    """Return the organisations of these sites by name, with plan, site, contact and pass."""
    rows = Organisation.objects.select_related("plan__site", "contact", "subscription")
    return at_sites(rows, sites, "plan__site_id").order_by("name", "pk")


def organisations_that_buy(sites: Sites) -> QuerySet[Organisation]:
    """Return the organisations of these sites that can buy a pass: under agreement, with a contact to hold it."""
    return organisations_of(sites).filter(contact__is_active=True, subscription__status=PassStatus.ACTIVE)


def organisation_by_id(organisation_id: int, *, sites: Sites) -> Organisation:
    """Return an organisation of these sites. Raises NotFound `organisation_not_found`."""
    return _one(organisations_of(sites), organisation_id)


def organisation_of_contact(organisation_id: int, user_id: int) -> Organisation:
    """Return an organisation whose contact somebody is. Raises NotFound `organisation_not_found`."""
    return _one(organisations_of_contact(user_id), organisation_id)


def organisations_of_contact(user_id: int) -> QuerySet[Organisation]:
    """Return the organisations whose contact somebody is."""
    return organisations_of(None).filter(contact_id=user_id)


def _one(rows: QuerySet[Organisation], organisation_id: int) -> Organisation:
    found = rows.filter(pk=organisation_id).first()
    if found is None:
        raise NotFound("organisation_not_found", "There is no such organisation")
    return found


def zone_of(organisation: Organisation) -> ZoneInfo:
    """Return the time zone of its site."""
    return ZoneInfo(organisation.plan.site.time_zone)


def agreement_of(organisation: Organisation) -> Agreement:
    """Return what the months of an organisation are counted by."""
    over_on = organisation.ends_on + timedelta(days=1) if organisation.ends_on else None
    return Agreement(organisation.starts_on, over_on, Billing(organisation.billing), organisation.due_days)


def stretches_of(subscription: Subscription) -> list[Stretch]:
    """Return when vehicles are on the list of an organisation."""
    rows = PassVehicle.objects.filter(subscription=subscription).values_list("from_at", "until_at")
    return [Stretch(starts, ends) for starts, ends in rows if ends is None or starts < ends]


# --- Changes -------------------------------------------------------------------------------------------


def create_organisation(*, actor: Actor, fields: Mapping[str, Any], now: datetime) -> Organisation:
    """Make an organisation with its pass, on which no vehicle is yet.

    Raises NotFound `plan_not_found`; Refused `organisation_name_taken`; InvalidInput.
    """
    values = dict(fields)
    plan = plan_by_id(values.pop("plan_id"), sites=actor.sites)
    if plan.reserved:
        raise InvalidInput({"plan_id": ["The slot of this plan is kept for one car, not for an organisation"]})
    first = values.pop("starts_on", None) or now.astimezone(ZoneInfo(plan.site.time_zone)).date()
    with transaction.atomic():
        organisation = Organisation(plan=plan, starts_on=first, created_at=now, **values)
        _save(organisation)
        starts_at, ends_at = _span_of(organisation)
        held = Subscription.objects.create(
            pass_code=new_pass_code(),
            plan=plan,
            organisation=organisation,
            status=PassStatus.ACTIVE,
            price=organisation.price,
            covers=coverage_of(organisation).to_json(),
            starts_at=starts_at,
            ends_at=ends_at,
            created_at=now,
        )
        made = OrganisationCreated(
            organisation_id=organisation.pk, name=organisation.name, price=organisation.price, pass_id=held.pk
        )
        audit.record(actor, made, now)
    return organisation_by_id(organisation.pk, sites=actor.sites)


def change_organisation(
    *, actor: Actor, organisation_id: int, changes: Mapping[str, Any], now: datetime
) -> Organisation:
    """Give an organisation other values, from now on; invoices that are written stay as they are.

    Raises NotFound `organisation_not_found`; Refused `organisation_name_taken`, `organisation_over`; `pass_overlap`
    where it shall last longer and one of its vehicles has another pass by then; InvalidInput.
    """
    organisation_by_id(organisation_id, sites=actor.sites)
    if fixed := sorted(FIXED & changes.keys()):
        raise InvalidInput({name: ["This is chosen once"] for name in fixed})
    with transaction.atomic():
        # Vehicles before the pass, as everywhere.
        listed = _lock_listed(organisation_id) if "ends_on" in changes else []
        held = lock_pass_of(organisation_id)
        organisation = organisation_by_id(organisation_id, sites=None)
        if held.status != PassStatus.ACTIVE:
            raise Refused("organisation_over", "The agreement with this organisation is over")
        for name, value in changes.items():
            setattr(organisation, name, value)
        _refuse_end_before_invoices(organisation)
        _refuse_fewer_than_listed(organisation, held, now)
        _save(organisation)
        before, (_, held.ends_at) = held.ends_at, _span_of(organisation)
        if held.ends_at > before:
            refuse_overlap(listed, held.coverage, begins=max(before, now), ends=held.ends_at, but=held.pk)
        held.covers, held.price = coverage_of(organisation).to_json(), organisation.price
        held.save(update_fields=["covers", "price", "ends_at"])
        refresh_overdue(organisation, held)
        changed = OrganisationChanged(
            organisation_id=organisation.pk,
            name=organisation.name,
            price=organisation.price,
            fields=tuple(sorted(changes)),
        )
        audit.record(actor, changed, now)
    return organisation_by_id(organisation_id, sites=actor.sites)


def _lock_listed(organisation_id: int) -> list[Vehicle]:
    """Lock the vehicles that stay on the list of an organisation, in the order of their keys."""
    stays_on = Q(until_at=None) | Q(until_at__gt=F("subscription__ends_at"))
    rows = PassVehicle.objects.filter(stays_on, subscription__organisation_id=organisation_id)
    return lock_vehicles(list(rows.values_list("vehicle_id", flat=True)))


def lock_pass_of(organisation_id: int) -> Subscription:
    """Lock the pass of an organisation, under which everything about it is changed."""
    rows = Subscription.objects.select_related("plan__site").select_for_update(of=("self",), no_key=True)
    return rows.get(organisation_id=organisation_id)


def refresh_overdue(organisation: Organisation, held: Subscription) -> None:
    """Write down from when the oldest unpaid invoice makes the pass, which is locked, amber, and its vehicles pay."""
    unpaid = OrganisationInvoice.objects.filter(organisation=organisation, paid_at=None, written_off_at=None)
    oldest = unpaid.aggregate(at=Min("due_at"))
    held.amber_at = oldest["at"]
    held.paying_at = held.amber_at + timedelta(days=organisation.amber_days) if held.amber_at else None
    held.save(update_fields=["amber_at", "paying_at"])


def coverage_of(organisation: Organisation) -> Coverage:
    """Return what the plan covers, for as many vehicles as were agreed."""
    covers = organisation.plan.coverage.to_json()
    return Coverage.from_json(covers | {"vehicles": organisation.vehicles, "inside": organisation.inside})


def _span_of(organisation: Organisation) -> tuple[datetime, datetime]:
    zone = zone_of(organisation)
    ends_on = organisation.ends_on
    # A pass always has an end; that of an open agreement is never reached.
    over_on = ends_on + timedelta(days=1) if ends_on else clock.LAST_DAY
    return clock.day_start(organisation.starts_on, zone), clock.day_start(over_on, zone)


def _refuse_end_before_invoices(organisation: Organisation) -> None:
    last = OrganisationInvoice.objects.filter(organisation=organisation).order_by("number").last()
    if last is None or organisation.ends_on is None:
        return
    invoiced = last.ends_at.astimezone(zone_of(organisation)).date()
    if organisation.ends_on + timedelta(days=1) < invoiced:
        raise InvalidInput({"ends_on": [f"Not before {invoiced - timedelta(days=1)}: so far it is invoiced"]})


def _refuse_fewer_than_listed(organisation: Organisation, held: Subscription, now: datetime) -> None:
    listed = most_at_once(stretches_of(held), starts=now)
    if organisation.vehicles < listed:
        raise InvalidInput({"vehicles": [f"{listed} are on the list"]})


def _save(organisation: Organisation) -> None:
    """Write an organisation. Raises Refused `organisation_name_taken`; InvalidInput."""
    organisation.gstin = cleaned(organisation.gstin)
    errors = {name: text for name, (fits, text) in _checks(organisation).items() if not fits}
    if errors:
        raise InvalidInput({name: [text] for name, text in errors.items()})
    taken = Organisation.objects.filter(plan__site_id=organisation.plan.site_id, name=organisation.name)
    if taken.exclude(pk=organisation.pk).exists():
        raise _name_taken()
    try:
        with transaction.atomic():
            organisation.save()
    except IntegrityError as error:
        raise _name_taken() from error


def _checks(one: Organisation) -> dict[str, tuple[bool, str]]:
    fault = fault_of(one.gstin) if one.gstin else None
    most = one.price * (one.vehicles if one.pricing == Pricing.PER_VEHICLE else 1)
    return {
        "name": (0 < len(one.name.strip()) <= _LONGEST["name"], f"1 to {_LONGEST['name']} characters"),
        "address": (len(one.address) <= _LONGEST["address"], f"At most {_LONGEST['address']} characters"),
        "kind": (one.kind in OrganisationKind.values, "TENANT, HOSPITAL, COMPANY or SOCIETY"),
        "gstin": (fault is None, fault.sentence if fault else ""),
        "vehicles": (1 <= one.vehicles <= MOST_ON_LIST, f"1 to {MOST_ON_LIST}"),
        "inside": (1 <= one.inside <= one.vehicles, "At least 1, and not more than there are vehicles"),
        "price": (_is_price(one.price) and most <= LARGEST_INVOICE, f"Above 0, a month at most {LARGEST_INVOICE}"),
        "due_days": (0 <= one.due_days <= MOST_DUE_DAYS, f"0 to {MOST_DUE_DAYS}"),
        "amber_days": (0 <= one.amber_days <= MOST_DUE_DAYS, f"0 to {MOST_DUE_DAYS}"),
        "starts_on": (_is_day(one.starts_on), "A date of this century"),
        "ends_on": (
            one.ends_on is None or one.starts_on <= one.ends_on < clock.LAST_DAY,
            "Not before the first day",
        ),
        "contact_id": (_is_contact(one.contact_id), "There is no such driver"),
    }


def _is_price(price: Decimal) -> bool:
    return price > ZERO


def _is_day(day: date) -> bool:
    return date(2000, 1, 1) <= day < date(2100, 1, 1)


def _is_contact(user_id: int | None) -> bool:
    return user_id is None or User.objects.filter(pk=user_id, role=Role.USER, is_active=True).exists()


def _name_taken() -> Refused:
    return Refused("organisation_name_taken", "There is an organisation of this name at the site already")


def plans_for(sites: Sites) -> QuerySet[Plan]:
    """Return the plans of these sites that an organisation may be under."""
    rows = Plan.objects.select_related("site").prefetch_related("zones")
    return at_sites(rows, sites, "site_id").order_by("site__name", "name")
