"""The only writer of exempt classes, and their reads."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from parking.audit import services as audit
from parking.core.actor import Actor
from parking.core.errors import NotFound, Refused
from parking.core.fresh import FreshValue
from parking.core.sites import Sites, at_sites
from parking.facilities.sites import site_by_id
from parking.stays.events import ExemptClassChanged, ExemptClassMade
from parking.stays.exempt_models import ExemptClass

# What car parks usually exempt; a site makes the classes that it has.
USUAL = ("ambulance", "fire service", "police on duty", "disability", "staff of the authority")


def classes_of(sites: Sites) -> QuerySet[ExemptClass]:
    """Return the classes of these sites, by site and name, also those that are not in use."""
    rows = ExemptClass.objects.select_related("site").filter(site__retired_at=None)
    return at_sites(rows, sites, "site_id").order_by("site__name", "name", "pk")


def classes_at(site_id: int) -> QuerySet[ExemptClass]:
    """Return the classes in use at a site, by name."""
    return ExemptClass.objects.filter(site_id=site_id, is_active=True).order_by("name", "pk")


def _read_now() -> dict[int, tuple[ExemptClass, ...]]:
    found: dict[int, tuple[ExemptClass, ...]] = {}
    for row in ExemptClass.objects.filter(is_active=True).order_by("name", "pk"):
        found[row.site_id] = (*found.get(row.site_id, ()), row)
    return found


# The classes in use by site, for the answer to each scan.
classes_now: FreshValue[dict[int, tuple[ExemptClass, ...]]] = FreshValue(_read_now)


def class_by_id(class_id: int, sites: Sites) -> ExemptClass:
    """Return a class of these sites. Raises NotFound `exempt_class_not_found`."""
    found = classes_of(sites).filter(pk=class_id).first()
    if found is None:
        raise NotFound("exempt_class_not_found", "There is no such class here")
    return found


def create_class(*, actor: Actor, site_id: int, name: str, now: datetime) -> ExemptClass:
    """Make a class. Raises NotFound `site_not_found`; Refused `exempt_class_exists`."""
    site = site_by_id(site_id, actor)
    made = ExemptClass(site=site, name=name, created_at=now)
    with transaction.atomic():
        _save(made)
        audit.record(actor, ExemptClassMade(exempt_class_id=made.pk, site_id=site.pk, name=name), now)
    return made


def change_class(*, actor: Actor, class_id: int, changes: Mapping[str, Any], now: datetime) -> ExemptClass:
    """Change the name of a class, or take it in or out of use; sessions keep what stands on their bills.

    Raises NotFound `exempt_class_not_found`; Refused `exempt_class_exists`.
    """
    with transaction.atomic():
        class_by_id(class_id, actor.sites)
        found = ExemptClass.objects.select_related("site").select_for_update(of=("self",), no_key=True).get(pk=class_id)
        for name, value in changes.items():
            setattr(found, name, value)
        _save(found)
        changed = ExemptClassChanged(exempt_class_id=found.pk, name=found.name, is_active=found.is_active)
        audit.record(actor, changed, now)
    return found


def _save(found: ExemptClass) -> None:
    try:
        with transaction.atomic():
            found.save()
    except IntegrityError as error:
        raise Refused("exempt_class_exists", "This car park has such a class already") from error
