"""The one way to somebody's stay: whoever wants to see or change one names it and says who asks."""

from dataclasses import dataclass

from django.db.models import F, Q, QuerySet

from parking.core.actor import Actor, ActorKind
from parking.core.errors import NotFound, Refused
from parking.core.ids import Ref, read_pass_code, read_qr_code, read_token_code
from parking.core.statements import Select
from parking.passes.models import PassStatus, PassVehicle
from parking.passes.rules import RENEWAL_GRACE
from parking.stays.models import GateScan, ParkingSession, ScanKind, SessionStatus
from parking.stays.tokens import code_under_token
from parking.vehicles.plates import readings


@dataclass(frozen=True)
class QrText:
    """What a scanner read. Who has the code of a stay may act on it: at the gate nobody is asked for a name.

    The code of a pass means the stay of its car that is inside, covered or not; of several, that of the `plate` which
    was seen; the same `exit_scan` again means the stay that it let out, whoever is inside by then. The code of a token
    means the stay that it was given to last.
    """

    text: str
    plate: str = ""
    exit_scan: str | None = None


@dataclass(frozen=True)
class OfBill:
    """The stay that a bill belongs to."""

    bill_id: int


StayRef = Ref | QrText | OfBill

_LOCKED_BY_QR = Select(lambda code: ParkingSession.objects.locked().filter(qr_code=code), str)
_LOCKED_BY_BILL = Select(lambda pk: ParkingSession.objects.locked().filter(bill_id=pk), int)


def find(ref: StayRef, actor: Actor, *, only_own: bool = False, at_work: bool = False) -> ParkingSession:
    """Return a stay with everything that it shows, not locked.

    Staff and auditors see every stay at their sites, drivers their own; with `only_own` everybody sees their own alone,
    `at_work` nobody sees a stay for being its driver. Raises Refused `wrong_site` for a code of another site;
    NotFound `qr_not_found` for a code, otherwise `session_not_found`, also for somebody else's or another site's.
    """
    return _allowed(_found(ref), ref, actor, only_own=only_own, at_work=at_work)


def lock(ref: StayRef, actor: Actor, *, only_own: bool = False, at_work: bool = False) -> ParkingSession:
    """Lock a stay and its bill (docs/locking.md), inside a transaction. Who may, and what is raised: as `find`."""
    # PostgreSQL drops a row whose zone or plate became another while its lock was waited for: what is joined fits no
    # more. Asked again, it is there.
    session = _locked(ref) or _locked(ref)
    return _allowed(_up_to_date(session), ref, actor, only_own=only_own, at_work=at_work)


def _up_to_date(session: ParkingSession | None) -> ParkingSession | None:
    """Read a locked stay again if it got its slot, or another zone or plate, while the lock was waited for.

    What is only joined stays as it was before the wait.
    """
    if session is None:
        return None
    slot_id = session.slot.pk if session.slot else None
    if (slot_id, session.zone.pk, session.vehicle.pk) == (session.slot_id, session.zone_id, session.vehicle_id):
        return session
    return ParkingSession.objects.whole().get(pk=session.pk)


def _found(ref: StayRef) -> ParkingSession | None:
    rows = ParkingSession.objects.whole()
    match ref:
        case QrText():
            code = _code_of(ref)
            return rows.filter(qr_code=code).first() if code else None
        case OfBill(bill_id=bill_id):
            return rows.filter(bill_id=bill_id).first()
        case Ref():
            return rows.filter(**ref.lookup()).first()


def _locked(ref: StayRef) -> ParkingSession | None:
    match ref:
        case QrText():
            code = _code_of(ref)
            return _LOCKED_BY_QR.first(code) if code else None
        case OfBill(bill_id=bill_id):
            return _LOCKED_BY_BILL.first(bill_id)
        case Ref():
            return ParkingSession.objects.locked().filter(**ref.lookup()).first()


def _code_of(ref: QrText) -> str | None:
    """Return the code of the stay that a scanned text means, None for none.

    Raises Refused `pass_needs_plate`, `token_lost`.
    """
    code = read_qr_code(ref.text)
    if code:
        return code
    if token := read_token_code(ref.text):
        return code_under_token(token)
    pass_code = read_pass_code(ref.text)
    return (_code_of_exit(pass_code, ref.exit_scan) or _code_under_pass(pass_code, ref.plate)) if pass_code else None


def _code_of_exit(pass_code: str, scan_id: str | None) -> str | None:
    """Return the code of the stay that this very scan of a pass let out before."""
    if not scan_id:
        return None
    rows = GateScan.objects.filter(kind=ScanKind.EXIT, scan_id=scan_id).values_list("session__qr_code", flat=True)
    # Asked one after the other, so that either begins with the pass and reads few rows.
    covered = rows.filter(session__subscription__pass_code=pass_code).first()
    return covered or rows.filter(session__vehicle__passes__subscription__pass_code=pass_code).first()


def _code_under_pass(pass_code: str, plate: str) -> str | None:
    """Return the code of the stay inside of a car of a pass, or of the last one, which the gate may scan again.

    Cars that are on the pass count although it does not cover them: the code must not mean another one's stay.
    """
    covered = ParkingSession.objects.filter(subscription__pass_code=pass_code).order_by("-pk")
    listed = _inside_beside(pass_code)
    if plate:
        covered = covered.filter(vehicle__match_key__in=readings(plate))
        listed = listed.filter(vehicle__match_key__in=readings(plate))
    inside = {
        **dict(covered.filter(status=SessionStatus.ACTIVE).values_list("qr_code", "vehicle__vehicle_number")),
        **dict(listed.values_list("vehicle__sessions__qr_code", "vehicle__vehicle_number")),
    }
    if len(inside) > 1:
        plates = sorted(inside.values())
        raise Refused("pass_needs_plate", "Several vehicles of this pass are inside; which plate is it?", plates=plates)
    return next(iter(inside), None) or covered.values_list("qr_code", flat=True).first()


def _inside_beside(pass_code: str) -> QuerySet[PassVehicle]:
    """Return the places on a pass of cars that came in to its site while they were on it, and are inside."""
    entry = F("vehicle__sessions__entry_time")
    return PassVehicle.objects.filter(
        Q(until_at=None) | Q(until_at__gt=entry),
        subscription__pass_code=pass_code,
        # A pass that nobody paid, or that was over, opens the exit for nobody; nor for who was put on it afterwards.
        subscription__status__in=(PassStatus.ACTIVE, PassStatus.EXPIRED),
        subscription__starts_at__lte=entry,
        subscription__ends_at__gt=entry - RENEWAL_GRACE,
        created_at__lte=entry,
        from_at__lte=entry,
        vehicle__sessions__status=SessionStatus.ACTIVE,
        vehicle__sessions__zone__site_id=F("subscription__plan__site_id"),
    )


def may_see(ref: StayRef, actor: Actor) -> bool:
    """Return whether there is such a stay that this caller may see."""
    try:
        find(ref, actor)
    except NotFound:
        return False
    return True


def _allowed(
    session: ParkingSession | None, ref: StayRef, actor: Actor, *, only_own: bool, at_work: bool
) -> ParkingSession:
    by_code = isinstance(ref, QrText)
    if session is not None:
        # A code is scanned at a gate, where being the driver counts for nothing beside the site.
        if _is_own(session, actor) and (only_own or not (at_work or by_code)):
            return session
        if not only_own and _sees_all(ref, actor):
            if actor.works_at(session.zone.site_id):
                return session
            if by_code:
                raise Refused("wrong_site", "This ticket is for another site", site_name=session.zone.site.name)
    if by_code:
        raise NotFound("qr_not_found", "QR code not found, please check booking")
    raise NotFound("session_not_found", "Booking not found")


def _is_own(session: ParkingSession, actor: Actor) -> bool:
    return actor.user_id is not None and session.driver_id == actor.user_id


def _sees_all(ref: StayRef, actor: Actor) -> bool:
    return actor.sees_work or actor.kind in {ActorKind.SYSTEM, ActorKind.GATEWAY} or isinstance(ref, QrText)
