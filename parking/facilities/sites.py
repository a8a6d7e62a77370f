"""Sites: their only writer, and their reads."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from parking.audit import services as audit
from parking.core.actor import Actor, not_permitted
from parking.core.errors import InvalidInput, NotFound, Refused
from parking.core.site_settings import GATE_DUTIES, Duties
from parking.core.sites import at_sites
from parking.facilities.calendars import zones_of_sites
from parking.facilities.events import SiteChanged, SiteCopied, SiteCreated
from parking.facilities.models import Gate, ParkingSite, ParkingSlot, ParkingZone
from parking.facilities.setting_values import SITE, current_values
from parking.facilities.settings import change_settings

# Columns of a site that a copy takes over.
_COPIED_OF_SITE = ("time_zone", "opens_at", "closes_at", "last_exit_at", "vehicle_kinds")
_COPIED_OF_ZONE = (
    "name", "hourly_rate", "booking_fee", "hold_minutes", "no_show_minutes", "is_active", "opens_at", "closes_at",
    "contact", "place", "features", "restrictions", "marked", "allowed_kinds", "max_height_cm", "pass_only",
)  # fmt: skip

_WAYS = {"IN": ("IN",), "OUT": ("OUT",), "BOTH": ("IN", "OUT")}


def present_sites(actor: Actor) -> QuerySet[ParkingSite]:
    """Return the actor's sites that are not retired, by name."""
    return at_sites(ParkingSite.objects.filter(retired_at=None), actor.sites, "pk").order_by("name", "pk")


def site_by_id(site_id: int, actor: Actor) -> ParkingSite:
    """Return a site. Raises NotFound `site_not_found`, also for a retired one and one that is not the actor's."""
    site = present_sites(actor).filter(pk=site_id).first()
    if site is None:
        raise NotFound("site_not_found", "Site not found")
    return site


def only_site(actor: Actor) -> ParkingSite:
    """Return the one site that the actor works at, as that of the gate. Raises InvalidInput where there are several."""
    found = list(present_sites(actor)[:2])
    if len(found) != 1:
        raise InvalidInput({"site_id": ["Name the site, or the gate"]})
    return found[0]


def create_site(*, actor: Actor, fields: dict[str, Any], now: datetime) -> ParkingSite:
    """Make a site, CLOSED unless `fields` say otherwise; its gates begin with the smallest set of duties.

    Raises Forbidden `not_permitted` for managers of some sites; Refused `site_name_taken`, `site_code_taken`;
    InvalidInput.
    """
    if not actor.is_operator_wide:
        raise not_permitted()
    site = ParkingSite(**fields, created_at=now)
    _check_pairs(site)
    with transaction.atomic():
        _save(site)
        change_settings(actor=actor, site_id=site.pk, values={GATE_DUTIES.name: Duties.ONE.value}, now=now)
        audit.record(actor, SiteCreated(site_id=site.pk, code=site.code, state=site.state), now)
    zones_of_sites.forget()
    return site


def update_site(*, actor: Actor, site_id: int, changes: dict[str, Any], now: datetime) -> ParkingSite:
    """Change a site; `retired` takes it out of use for good.

    Raises NotFound `site_not_found`; Refused `site_name_taken`, `site_code_taken`, `site_in_use` (it has zones that are
    not retired); InvalidInput.
    """
    with transaction.atomic():
        site_by_id(site_id, actor)
        site = ParkingSite.objects.select_for_update(no_key=True).get(pk=site_id)
        retires = changes.get("retired", False)
        for name, value in changes.items():
            if name != "retired":
                setattr(site, name, value)
        if retires:
            _refuse_site_in_use(site)
            site.retired_at, site.state = now, "CLOSED"
        _check_pairs(site)
        _save(site)
        if retires:
            Gate.objects.filter(site=site, retired_at=None).update(retired_at=now)
        audit.record(actor, SiteChanged(site_id=site.pk, changed=tuple(sorted(changes)), state=site.state), now)
    zones_of_sites.forget()
    return site


def set_tax_on_top(*, site_id: int, spans: Sequence[Mapping[str, str]]) -> None:
    """Write what tax comes on top of the prices of a site, from which days on; for its tax profiles."""
    ParkingSite.objects.filter(pk=site_id).update(tax_on_top=list(spans))


@dataclass(frozen=True)
class CopiedSite:
    """A new site, and its zones by the ids of those that they were copied from."""

    site: ParkingSite
    zones: dict[int, ParkingZone]


def copy_site(*, actor: Actor, site_id: int, name: str, code: str, now: datetime) -> CopiedSite:
    """Make a site, CLOSED, with the hours, zones, gates and settings of another; slots and money stay behind.

    Call it inside a transaction. Raises as `create_site`; NotFound `site_not_found`.
    """
    source = site_by_id(site_id, actor)
    fields = {column: getattr(source, column) for column in _COPIED_OF_SITE}
    site = create_site(actor=actor, fields=fields | {"name": name, "code": code}, now=now)
    zones = {zone.pk: _copied_zone(zone, site, now) for zone in source.zones.filter(retired_at=None).order_by("pk")}
    for gate in source.gates.filter(retired_at=None).order_by("pk"):
        copied = Gate.objects.create(site=site, name=gate.name, direction=gate.direction, created_at=now)
        copied.zones.set([zones[zone.pk] for zone in gate.zones.all() if zone.pk in zones])
    values = {row.setting.name: row.value for row in current_values(source.pk) if row.source == SITE}
    values[GATE_DUTIES.name] = GATE_DUTIES.at(source.pk)
    change_settings(actor=actor, site_id=site.pk, values=values, now=now)
    audit.record(actor, SiteCopied(site_id=site.pk, source_id=source.pk), now)
    return CopiedSite(site, zones)


def _copied_zone(zone: ParkingZone, site: ParkingSite, now: datetime) -> ParkingZone:
    values = {column: getattr(zone, column) for column in _COPIED_OF_ZONE}
    return ParkingZone.objects.create(**values, site=site, created_at=now, updated_at=now)


def missing_before_opening(sites: Collection[ParkingSite]) -> dict[int, list[str]]:
    """Return the codes of what each site lacks before it should open, by its id, in three statements.

    NO_ZONE, NO_SLOT, NO_GATE_IN, NO_GATE_OUT.
    """
    zones = ParkingZone.objects.filter(site__in=sites, retired_at=None, is_active=True)
    with_zone = set(zones.values_list("site_id", flat=True))
    with_slot = set(ParkingSlot.objects.filter(zone__in=zones).values_list("zone__site_id", flat=True).distinct())
    gates = Gate.objects.filter(site__in=sites, retired_at=None).values_list("site_id", "direction")
    with_way = {(site_id, way) for site_id, direction in gates for way in _WAYS[direction]}
    return {
        site.pk: [
            code
            for code, is_there in (
                ("NO_ZONE", site.pk in with_zone),
                ("NO_SLOT", site.pk in with_slot),
                ("NO_GATE_IN", (site.pk, "IN") in with_way),
                ("NO_GATE_OUT", (site.pk, "OUT") in with_way),
            )
            if not is_there
        ]
        for site in sites
    }


def _refuse_site_in_use(site: ParkingSite) -> None:
    if ParkingZone.objects.filter(site=site, retired_at=None).exists():
        raise Refused("site_in_use", "Retire the zones of this site first")


def _check_pairs(site: ParkingSite) -> None:
    if (site.opens_at is None) != (site.closes_at is None):
        raise InvalidInput({"closes_at": ["Give both opening and closing time, or neither"]})
    if (site.latitude is None) != (site.longitude is None):
        raise InvalidInput({"longitude": ["Give both latitude and longitude, or neither"]})


def _save(site: ParkingSite) -> None:
    others = ParkingSite.objects.exclude(pk=site.pk)
    if others.filter(name=site.name).exists():
        raise Refused("site_name_taken", "There is a site of this name already")
    try:
        with transaction.atomic():
            site.save()
    except IntegrityError as error:
        raise Refused("site_code_taken", "There is a site with this code already") from error
