"""Vouchers: what the operator owes or an administrator issues, a promo code of its own, good for one session."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from parking.accounts.models import Approval
from parking.core import clock
from parking.core.actor import SYSTEM, Actor
from parking.core.errors import NotFound
from parking.core.ids import crockford
from parking.core.sites import Sites
from parking.facilities.models import ParkingZone
from parking.facilities.sites import site_by_id
from parking.offers.codes import codes_of, create_code
from parking.offers.models import PromoCode, PromoKind
from parking.offers.strong_codes import propose_change, propose_code

VALID = timedelta(days=365)


def give_voucher(*, amount: Decimal, now: datetime) -> str:
    """Write a voucher of so many rupees, inside a transaction, and return its code; who has it may use it once."""
    fields = _fields(amount, until=(now + VALID).astimezone(clock.site_zone()).date())
    return create_code(actor=SYSTEM, fields=fields, now=now).code


def issue(
    *, actor: Actor, amount: Decimal, until: date, reason: str, now: datetime, site_id: int | None = None
) -> PromoCode | Approval:
    """Issue a voucher of so many rupees, good once up to a day (included), at one site or everywhere.

    It is out of use until a second person approves. Raises NotFound `site_not_found`; Refused `promo_code_elsewhere`
    for people of some sites who name none; InvalidInput.
    """
    zone_ids: list[int] = []
    if site_id is not None:
        site = site_by_id(site_id, actor)
        zone_ids = list(ParkingZone.objects.filter(site=site).order_by("pk").values_list("pk", flat=True))
    fields = {**_fields(amount, until=until), "reason": reason.strip(), "zone_ids": zone_ids}
    return propose_code(actor=actor, fields=fields, now=now)


def switch(*, actor: Actor, voucher_id: int, is_active: bool, now: datetime) -> PromoCode | Approval:
    """Withdraw a voucher, or let it count again, which waits for a second person.

    Raises NotFound `voucher_not_found`; Refused `waits_already`, `promo_code_elsewhere`.
    """
    if not vouchers_of(actor.sites).filter(pk=voucher_id).exists():
        raise NotFound("voucher_not_found", "There is no such voucher")
    return propose_change(actor=actor, code_id=voucher_id, fields={"is_active": is_active}, now=now)


def vouchers_of(sites: Sites) -> QuerySet[PromoCode]:
    """Return the vouchers that hold at these sites, as `codes.codes_of` does."""
    return codes_of(sites).filter(is_voucher=True)


def _fields(amount: Decimal, *, until: date) -> dict[str, Any]:
    return {
        "code": f"V-{crockford(10)}",
        "kind": PromoKind.AMOUNT,
        "value": amount,
        "uses": 1,
        "valid_to": until,
        "is_voucher": True,
    }
