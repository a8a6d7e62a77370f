"""What becomes of a promo code with its session: held, redeemed, given back."""

from datetime import datetime
from zoneinfo import ZoneInfo

from parking.core.errors import Refused
from parking.core.statements import insert
from parking.facilities.models import ParkingZone
from parking.offers import counting
from parking.offers.book import codes_now
from parking.offers.models import PromoUse
from parking.offers.rules import CodeTerms, checked, code_of
from parking.stays.models import OPEN_SESSION, ParkingSession, SessionStatus
from parking.tariffs.rules import HeldCode, LineKind
from parking.tariffs.rules.changes import Gift, Gives, Promo
from parking.tariffs.rules.lines import Charge


def code_terms(text: str, *, zone: ParkingZone, vehicle_kind: str, now: datetime) -> CodeTerms:
    """Return a code as somebody typed it, for a session that begins at `now`.

    Raises Refused `code_unknown`, `code_expired`, `code_not_here`.
    """
    terms = codes_now.value().get(code_of(text))
    today = now.astimezone(ZoneInfo(zone.site.time_zone)).date()
    return checked(terms, zone_id=zone.pk, vehicle_kind=vehicle_kind, today=today)


def promo_of(terms: CodeTerms) -> Promo:
    return Promo(terms.code, Gift(Gives(terms.kind), terms.value, terms.cap), terms.least_bill)


def hold(
    text: str,
    *,
    zone: ParkingZone,
    vehicle_kind: str,
    vehicle_id: int,
    driver_id: int | None,
    now: datetime,
    session_id: int | None = None,
) -> HeldCode:
    """Take one use of a code for a session, inside its transaction; without `session_id` it is not written yet.

    Raises Refused `code_unknown`, `code_expired`, `code_not_here`, `code_used_up`.
    """
    terms = code_terms(text, zone=zone, vehicle_kind=vehicle_kind, now=now)
    keys = tuple(key for key, of in ((f"driver:{driver_id}", driver_id), (f"vehicle:{vehicle_id}", vehicle_id)) if of)
    counting.take(terms, keys)
    if terms.first_booking and _has_booked(driver_id, vehicle_id, session_id):
        raise Refused("code_not_here", "This promo code is for the first booking")
    return HeldCode(terms.id, promo_of(terms), keys, terms.is_voucher)


def _has_booked(driver_id: int | None, vehicle_id: int, session_id: int | None) -> bool:
    """Return whether driver or plate have another booking that was not cancelled and did not lapse."""
    kept = ParkingSession.objects.filter(driver__isnull=False, status__in=[*OPEN_SESSION, SessionStatus.COMPLETED])
    own = kept.filter(driver_id=driver_id) | kept.filter(vehicle_id=vehicle_id)
    return (own if session_id is None else own.exclude(pk=session_id)).exists()


def give_back(held: HeldCode | None) -> None:
    """Let somebody else have the use of a code, if the session holds one."""
    if held is not None:
        counting.give_back(held.code_id, held.keys)


def finish(session: ParkingSession, held: HeldCode | None, charge: Charge, now: datetime) -> None:
    """Redeem the code of a session whose bill closes with its line; without the line its use is given back."""
    if held is None:
        return
    kind = LineKind.VOUCHER if held.is_voucher else LineKind.PROMO
    amount = -sum(line.amount for line in charge.lines if line.kind == kind)
    if amount > 0:
        insert(PromoUse(code_id=held.code_id, session=session, amount=amount, created_at=now))
    else:
        give_back(held)
