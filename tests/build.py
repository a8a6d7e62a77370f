"""Builders of people, zones and parking sessions, through the services that the product uses."""

from datetime import datetime
from decimal import Decimal
from io import BytesIO
from itertools import count

from PIL import Image

from parking.accounts.models import Role, User
from parking.checkout import booking, cancelling, entering, leaving, paying, reserving, terminating
from parking.checkout.cancelling import Cancelled
from parking.checkout.collecting import Collection
from parking.checkout.leaving import Left
from parking.core import clock
from parking.core.actor import ANYBODY, SYSTEM, Actor, user_actor
from parking.core.ids import Ref
from parking.facilities.models import ParkingZone
from parking.facilities.rules import SUITABLE_SLOTS
from parking.facilities.services import add_slots, create_zone
from parking.payments.models import PaymentOrder
from parking.stays.models import ParkingSession

_numbers = count(1)
# Hashing is tested where it belongs; everybody else needs no password.
UNUSABLE = "!"


def make_user(role: Role = Role.USER, username: str | None = None) -> User:
    return User.objects.create(
        username=username or f"{role.lower()}{next(_numbers)}",
        role=role,
        password=UNUSABLE,
        email="someone@example.org",
        date_joined=clock.now(),
    )


def make_zone(name: str | None = None, *, rate: str = "50.00", slots: int = 10, **changes: object) -> ParkingZone:
    """Return a zone with slots A-001, A-002 …"""
    fields = {"name": name or f"Zone {next(_numbers)}", "hourly_rate": Decimal(rate), **changes}
    zone = create_zone(actor=SYSTEM, changes=fields, now=clock.now())
    if slots:
        add_slots(actor=SYSTEM, zone_id=zone.pk, prefix="A-", first=1, last=slots, kind="CAR", now=clock.now())
    return zone


def picture_of(width: int, height: int, kind: str = "JPEG") -> bytes:
    """Return a picture of one colour."""
    written = BytesIO()
    Image.new("RGB", (width, height), "#3366aa").save(written, kind)
    return written.getvalue()


def by_kind(cars: int) -> dict[str, int]:
    """Return what slots for cars leave to each kind of vehicle."""
    return {kind: cars if "CAR" in slots else 0 for kind, slots in SUITABLE_SLOTS.items()}


def plate(number: int | None = None) -> str:
    """Return a new plate for each call."""
    return f"KA-01-AB-{next(_numbers) if number is None else number:04d}"


def actor(user: User) -> Actor:
    return user_actor(user.pk, user.role)


def book(
    driver: User,
    zone: ParkingZone,
    vehicle_number: str | None = None,
    now: datetime | None = None,
    *,
    vehicle_kind: str = "CAR",
    promo_code: str | None = None,
    use_points: int = 0,
    expected_rate: str | None = None,
) -> ParkingSession:
    booked = booking.book(
        actor=actor(driver),
        zone=Ref(pk=zone.pk),
        plate=vehicle_number or plate(),
        owner_name="Asha Rao",
        vehicle_kind=vehicle_kind,
        gateway=None,
        now=now or clock.now(),
        promo_code=promo_code,
        use_points=use_points,
        expected_rate=None if expected_rate is None else Decimal(expected_rate),
    )
    return booked.session


def reserve(
    driver: User,
    zone: ParkingZone,
    starts_at: datetime,
    ends_at: datetime,
    vehicle_number: str | None = None,
    *,
    now: datetime | None = None,
    vehicle_kind: str = "CAR",
) -> ParkingSession:
    booked = reserving.reserve(
        actor=actor(driver),
        zone=Ref(pk=zone.pk),
        plate=vehicle_number or plate(),
        owner_name="Asha Rao",
        vehicle_kind=vehicle_kind,
        gateway=None,
        starts_at=starts_at,
        ends_at=ends_at,
        now=now or clock.now(),
    )
    return booked.session


def give_ticket(
    staff: User, zone: ParkingZone, vehicle_number: str | None = None, now: datetime | None = None
) -> ParkingSession:
    """Give a ticket at the gate, without letting the car in."""
    return booking.take_ticket(
        actor=actor(staff),
        zone=Ref(pk=zone.pk),
        plate=vehicle_number or plate(),
        owner_name="",
        now=now or clock.now(),
        at_gate=True,
    )


def enter(
    staff: User,
    session: ParkingSession,
    now: datetime | None = None,
    *,
    plate_seen: str | None = None,
    scan_id: str | None = None,
) -> ParkingSession:
    return entering.enter(
        actor=actor(staff),
        qr_code=session.qr_code,
        now=now or clock.now(),
        plate_seen=plate_seen,
        scan_id=scan_id,
    ).session


def leave(
    staff: User,
    session: ParkingSession,
    method: str = "CASH",
    now: datetime | None = None,
    *,
    tendered: str | None = None,
    plate_seen: str | None = None,
    scan_id: str | None = None,
) -> Left:
    return leaving.leave(
        actor=actor(staff),
        qr_code=session.qr_code,
        collection=Collection(method, tendered=None if tendered is None else Decimal(tendered)),
        now=now or clock.now(),
        plate_seen=plate_seen,
        scan_id=scan_id,
    )


def quote(staff: User, session: ParkingSession, now: datetime | None = None) -> ParkingSession:
    return leaving.quote(actor=actor(staff), qr_code=session.qr_code, now=now or clock.now())


def cancel(driver: User, session: ParkingSession, now: datetime | None = None) -> Cancelled:
    return cancelling.cancel(
        actor=actor(driver),
        session=Ref(pk=session.pk),
        reason="Plans changed",
        now=now or clock.now(),
        only_of_caller=True,
    )


def terminate(staff: User, session: ParkingSession, method: str = "NONE", now: datetime | None = None) -> Left:
    return terminating.terminate(
        actor=actor(staff),
        session=Ref(pk=session.pk),
        reason="Driver walked away",
        collection=Collection(method),
        now=now or clock.now(),
    )


def pay_ahead(driver: User, session: ParkingSession, now: datetime | None = None) -> PaymentOrder:
    """Pay what a stay costs so far, as the page does."""
    return paying.start_payment(actor=actor(driver), session=Ref(pk=session.pk), gateway=None, now=now or clock.now())


def take_ticket(zone: ParkingZone, vehicle_number: str | None = None, now: datetime | None = None) -> ParkingSession:
    """Take a ticket as a walk-in at the kiosk."""
    return booking.take_ticket(
        actor=ANYBODY,
        zone=Ref(pk=zone.pk),
        plate=vehicle_number or plate(),
        owner_name="Asha Rao",
        now=now or clock.now(),
    )


def reloaded(session: ParkingSession) -> ParkingSession:
    """Return the parking session as it is now in the database."""
    return ParkingSession.objects.whole().get(pk=session.pk)
