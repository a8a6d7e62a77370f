"""Validations: what shops pay for sessions. The only writer of their rows."""

from datetime import datetime
from decimal import Decimal
from functools import reduce
from operator import or_
from zoneinfo import ZoneInfo

from django.db.models import Case, DecimalField, Q, QuerySet, Value, When

from parking.core import clock
from parking.core.errors import NotFound, Refused
from parking.core.ids import Ref, read_qr_code
from parking.core.money import ZERO
from parking.core.statements import insert
from parking.offers.models import Shop, Validation
from parking.offers.shop_rules import UNDO_WITHIN, gift_of, masked
from parking.offers.shops import terms_of_shop
from parking.stays.models import ParkingSession, SessionStatus
from parking.tariffs.rules import BillLine, Charge, HeldShop, LineKind
from parking.tariffs.rules import changes as rules
from parking.tariffs.rules.offers import gift_to_json
from parking.vehicles.plates import endings, readings, search_key

LEAST_OF_PLATE = 4

# --- Finding -------------------------------------------------------------------------------------------


def find_inside(shop: Shop, *, code: str | None, plate: str | None, session: Ref | None) -> int:
    """Return the session of a car that is inside at the site of a shop, by its code, end of its plate, or number.

    Raises NotFound `not_found_inside`; Refused `several_match` with the masked plates.
    """
    inside = ParkingSession.objects.filter(status=SessionStatus.ACTIVE, zone__site_id=shop.site_id)
    if session is not None:
        inside = inside.filter(**session.lookup())
    elif code is not None:
        inside = inside.filter(qr_code=read_qr_code(code) or "")
    else:
        inside = inside.filter(_of_plate(plate or ""))
    found = list(inside.select_related("vehicle").order_by("pk")[:20])
    if not found:
        raise NotFound("not_found_inside", "No such car is inside here")
    if len(found) > 1:
        plates = [{"session_id": one.pk, "plate": masked(one.vehicle.vehicle_number)} for one in found]
        raise Refused("several_match", "Several cars inside match", matches=plates)
    return found[0].pk


def _of_plate(text: str) -> Q:
    """Return the condition of a plate by its last signs, or by the whole as it is written on the car."""
    if len(search_key(text)) < LEAST_OF_PLATE:
        return Q(pk__in=[])
    ends = (Q(vehicle__match_key__endswith=end) for end in sorted(endings(text)))
    return reduce(or_, ends, Q(vehicle__match_key__in=readings(text)))


# --- Writing, with the session locked ------------------------------------------------------------------


def add(
    shop: Shop,
    session: ParkingSession,
    *,
    person_id: int,
    bill_number: str,
    bill_amount: Decimal | None,
    now: datetime,
) -> tuple[Validation, HeldShop]:
    """Write that a shop pays for a session. Raises Refused `already_validated`, `validation_limit`; InvalidInput."""
    locked = Shop.objects.select_for_update(no_key=True).get(pk=shop.pk)
    gift = gift_of(terms_of_shop(locked), bill_amount)
    counting = Validation.objects.filter(shop=locked, undone_at=None)
    if counting.filter(session=session).exists():
        raise Refused("already_validated", "This shop has validated this session already", session_id=session.pk)
    _refuse_beyond_limits(locked, counting, ZoneInfo(shop.site.time_zone), now)
    validation = Validation(
        shop=locked,
        session=session,
        person_id=person_id,
        gift=gift_to_json(gift),
        bill_number=bill_number,
        bill_amount=bill_amount,
        created_at=now,
        undo_until=now + UNDO_WITHIN,
    )
    insert(validation)
    return validation, HeldShop(validation.pk, rules.Shop(locked.name, gift))


def _refuse_beyond_limits(shop: Shop, counting: QuerySet[Validation], zone: ZoneInfo, now: datetime) -> None:
    today = now.astimezone(zone).date()
    for limit, since in ((shop.per_day, today), (shop.per_month, today.replace(day=1))):
        if limit is not None and counting.filter(created_at__gte=clock.day_start(since, zone)).count() >= limit:
            raise Refused("validation_limit", "The shop has validated as often as it may", limit=limit)


def undo(validation: Validation, now: datetime) -> None:
    """Take a validation back, as if it had not been. Raises Refused `undo_over`."""
    if now > validation.undo_until:
        raise Refused("undo_over", "The time to take it back is over")
    validation.undone_at = now
    validation.save(update_fields=["undone_at"])


def settle(held: tuple[HeldShop, ...], charge: Charge, now: datetime) -> None:
    """Write down what each shop pays of a bill that closes, in one statement."""
    if not held:
        return
    amounts = _amounts(held, charge)
    cases = [When(pk=pk, then=Value(amount)) for pk, amount in amounts.items()]
    amount = Case(*cases, output_field=DecimalField(max_digits=10, decimal_places=2))
    Validation.objects.filter(pk__in=amounts).update(amount=amount, settled_at=now)


def _amounts(held: tuple[HeldShop, ...], charge: Charge) -> dict[int, Decimal]:
    """Return what each validation pays (rupees), by its number.

    A bill that was frozen before lines had that number has them by label. Of equal labels the earlier validation has
    the earlier line, for a bill has them in that order, and what pays nothing has no line.
    """
    amounts = {one.validation_id: ZERO for one in held}
    waiting = list(held)
    for line in charge.lines:
        mine = next((one for one in waiting if _is_of(line, one)), None)
        if mine is not None:
            amounts[mine.validation_id] = -line.amount
            waiting.remove(mine)
    return amounts


def _is_of(line: BillLine, held: HeldShop) -> bool:
    if line.validation_id is None:
        return line.kind == LineKind.SHOP and line.label == held.shop.label
    return line.validation_id == held.validation_id


# --- Reading -------------------------------------------------------------------------------------------


def validations_of(shop: Shop) -> QuerySet[Validation]:
    """Return the validations of a shop that were not taken back, the newest first."""
    rows = Validation.objects.filter(shop=shop, undone_at=None).order_by("-created_at", "-pk")
    return rows.select_related("session__vehicle", "person")


def validation_by_id(validation_id: int, shops: QuerySet[Shop]) -> Validation:
    """Return a validation of one of these shops that was not taken back. Raises NotFound `validation_not_found`."""
    rows = Validation.objects.filter(shop__in=shops, undone_at=None, pk=validation_id)
    found = rows.select_related("shop__site", "session__vehicle").first()
    if found is None:
        raise NotFound("validation_not_found", "There is no such validation")
    return found
