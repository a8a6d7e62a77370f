"""Promo codes as managers keep them: their only writer, and their reads."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum

from parking.accounts import approvals
from parking.accounts.models import ApprovalKind
from parking.audit import services as audit
from parking.core import clock
from parking.core.actor import Actor
from parking.core.errors import NotFound, Refused
from parking.core.sites import Sites, at_sites
from parking.facilities.models import ParkingZone
from parking.facilities.queries import zones_named
from parking.offers import book
from parking.offers.counting import ALL
from parking.offers.events import PromoCodeChanged, PromoCodeCreated
from parking.offers.models import PromoCode, PromoCount
from parking.offers.rules import code_of, is_strong, refuse_wrong_code

_FIELDS = (
    "code",
    "kind",
    "value",
    "cap",
    "valid_from",
    "valid_to",
    "vehicle_kinds",
    "uses",
    "uses_per_driver",
    "first_booking",
    "least_bill",
    "is_active",
    "is_voucher",
    "reason",
)

# --- Reads ---------------------------------------------------------------------------------------------


def codes_of(sites: Sites) -> QuerySet[PromoCode]:
    """Return the codes, the newest first, each with `taken` (held and redeemed), `redeemed_times` and `given` (rupees).

    For those who work at some sites, the codes that hold there, also those that hold everywhere.
    """
    taken = PromoCount.objects.filter(code=OuterRef("pk"), key=ALL).values("taken")
    codes = (
        PromoCode.objects.order_by("-pk")
        .prefetch_related("zones__site")
        .annotate(
            taken=Subquery(taken, output_field=IntegerField()),
            redeemed_times=Count("redeemed", distinct=True),
            given=Sum("redeemed__amount"),
        )
    )
    if sites is None:
        return codes
    here = at_sites(PromoCode.objects.all(), sites, "zones__site_id").values("pk")
    return codes.filter(Q(pk__in=here) | ~Q(pk__in=PromoCode.zones.through.objects.values("promocode_id")))


def promo_codes_of(sites: Sites) -> QuerySet[PromoCode]:
    """Return the codes that anybody may type, as `codes_of`: all but vouchers."""
    return codes_of(sites).filter(is_voucher=False)


def code_by_id(code_id: int, actor: Actor) -> PromoCode:
    """Return a code. Raises NotFound `promo_code_not_found`, also for one that holds at others' sites alone."""
    code = codes_of(actor.sites).filter(pk=code_id).first()
    if code is None:
        raise NotFound("promo_code_not_found", "There is no such promo code")
    return code


# --- Changes -------------------------------------------------------------------------------------------


def create_code(*, actor: Actor, fields: Mapping[str, Any], now: datetime) -> PromoCode:
    """Make a code. `zone_ids` are the zones in which it holds; without, everywhere.

    Raises Refused `promo_code_taken`, `promo_code_elsewhere`, `second_person_needed`; InvalidInput.
    """
    with transaction.atomic():
        code = PromoCode(created_at=now, valid_from=now.astimezone(clock.site_zone()).date())
        zones = zones_named(fields.get("zone_ids") or (), actor.sites)
        _write(code, fields, zones, actor)
        _refuse_strong(code, actor, now)
        audit.record(actor, PromoCodeCreated(promo_code_id=code.pk, terms=_facts(code, zones)), now)
    return code_by_id(code.pk, actor)


def change_code(
    *, actor: Actor, code_id: int, fields: Mapping[str, Any], now: datetime, is_approved: bool = False
) -> PromoCode:
    """Change a code from now on; sessions that hold it keep what it gave them.

    Raises NotFound `promo_code_not_found`; Refused `promo_code_taken`, `promo_code_elsewhere`, `second_person_needed`
    unless `is_approved`; InvalidInput.
    """
    with transaction.atomic():
        code_by_id(code_id, actor)
        code = PromoCode.objects.select_for_update(no_key=True).get(pk=code_id)
        if code.is_voucher and set(fields) - {"is_active"}:
            raise NotFound("promo_code_not_found", "A voucher stays as it was issued")
        present = list(code.zones.order_by("pk"))
        _refuse_elsewhere(present, actor)
        zones = present if fields.get("zone_ids") is None else zones_named(fields["zone_ids"], actor.sites)
        before = _facts(code, present)
        _write(code, fields, zones, actor)
        if _facts(code, zones) != before and not is_approved:
            _refuse_strong(code, actor, now)
        audit.record(actor, PromoCodeChanged(promo_code_id=code.pk, terms=_facts(code, zones)), now)
    return code_by_id(code.pk, actor)


def _write(code: PromoCode, fields: Mapping[str, Any], zones: Collection[ParkingZone], actor: Actor) -> None:
    _refuse_elsewhere(zones, actor)
    for name in _FIELDS:
        if name in fields:
            setattr(code, name, fields[name])
    code.code = code_of(code.code)
    refuse_wrong_code(book.terms_of_code(code, frozenset(zone.pk for zone in zones)))
    try:
        with transaction.atomic():
            code.save()
    except IntegrityError as error:
        raise Refused("promo_code_taken", "There is a promo code of this name already") from error
    code.zones.set(zones)
    book.renew()


def _refuse_strong(code: PromoCode, actor: Actor, now: datetime) -> None:
    """Refuse what one person alone may not offer: an active code of 80 percent and more, and a voucher."""
    strong = code.is_voucher or is_strong(code.kind, code.value)
    if code.is_active and strong and approvals.needs_second_person(ApprovalKind.PROMO_CODE, actor, now=now):
        raise Refused("second_person_needed", "Vouchers, and codes of 80 percent and more, need a second person")


def _refuse_elsewhere(zones: Collection[ParkingZone], actor: Actor) -> None:
    """Refuse a code that holds at sites where the actor does not work; one without zones holds at all."""
    if actor.sites is not None and (not zones or any(zone.site_id not in actor.sites for zone in zones)):
        raise Refused("promo_code_elsewhere", "This promo code also holds at sites that are not yours")


def _facts(code: PromoCode, zones: Collection[ParkingZone]) -> dict[str, object]:
    """Return the fields as the record keeps them: amounts and dates are text, so that they come back as they are."""
    values = {name: getattr(code, name) for name in _FIELDS}
    plain = {name: str(value) if isinstance(value, Decimal | date) else value for name, value in values.items()}
    return {**plain, "zone_ids": [zone.pk for zone in zones]}
