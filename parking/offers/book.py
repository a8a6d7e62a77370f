"""The active promo codes as one value, which each process reads at most twice a second, and only if codes are used."""

from collections import defaultdict
from collections.abc import Mapping

from django.db import transaction

from parking.core.fresh import FreshValue
from parking.offers.models import PromoCode
from parking.offers.rules import CodeTerms


def _read() -> Mapping[str, CodeTerms]:
    zones: dict[int, set[int]] = defaultdict(set)
    of_active = PromoCode.zones.through.objects.filter(promocode__is_active=True)
    for code_id, zone_id in of_active.values_list("promocode_id", "parkingzone_id"):
        zones[code_id].add(zone_id)
    rows = PromoCode.objects.filter(is_active=True)
    return {row.code: terms_of_code(row, frozenset(zones[row.pk])) for row in rows}


def terms_of_code(row: PromoCode, zone_ids: frozenset[int]) -> CodeTerms:
    return CodeTerms(
        id=row.pk,
        code=row.code,
        kind=row.kind,
        value=row.value,
        cap=row.cap,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        zone_ids=zone_ids,
        vehicle_kinds=frozenset(row.vehicle_kinds),
        uses=row.uses,
        uses_per_driver=row.uses_per_driver,
        first_booking=row.first_booking,
        least_bill=row.least_bill,
        is_voucher=row.is_voucher,
    )


codes_now: FreshValue[Mapping[str, CodeTerms]] = FreshValue(_read, seconds=0.5, overlap=0.5)


def renew() -> None:
    """Let this process read the codes again, at once and after the commit; for whoever has changed them."""
    codes_now.forget()
    transaction.on_commit(codes_now.forget)
