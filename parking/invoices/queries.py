"""Reads of tax profiles."""

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from parking.core.actor import Actor
from parking.core.sites import ALL_SITES, at_sites
from parking.facilities.calendars import calendar_of
from parking.invoices.models import TaxProfile


def tax_profiles(actor: Actor, *, site_id: int | None = None) -> QuerySet[TaxProfile]:
    """Return the profiles of the actor's sites, or of one of them: by site, the newest of each first."""
    rows = at_sites(TaxProfile.objects.all(), actor.sites, "site_id")
    if site_id is not None:
        rows = rows.filter(site_id=site_id)
    return rows.select_related("site").order_by("site__name", "-holds_from", "pk")


def with_force(rows: QuerySet[TaxProfile], *, now: datetime) -> QuerySet[TaxProfile]:
    """Return the profiles with `begun` and `replaced`: the one in force has begun and is not replaced."""
    today = calendar_of(ALL_SITES).date_at(now, "site_id")
    later = TaxProfile.objects.filter(site=OuterRef("site"), holds_from__gt=OuterRef("holds_from"))
    return rows.annotate(replaced=Exists(later.filter(holds_from__lte=today)))
