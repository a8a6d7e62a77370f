"""What drivers and managers are told about reservations and offers of the waiting list."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from parking.checkout.driver_messages import PAID, REFUNDED, to_driver
from parking.core.money import ZERO
from parking.notifications.kinds import MANAGERS, NO_SLOT, Kind, Message, ValueType, register_kind
from parking.notifications.models import Channel, Notice
from parking.notifications.noticing import tell
from parking.notifications.queries import managers_at
from parking.notifications.rendering import register_renderer
from parking.stays.events import PlaceOffered, ReservationClaimed, ReservationUnplaced, SessionMoved
from parking.stays.models import ParkingSession, SessionStatus

TEXT, MONEY, TIME = ValueType.TEXT, ValueType.MONEY, ValueType.TIME
_PLACE = {"plate": ValueType.PLATE, "zone": TEXT, "site": TEXT}
_TICKET = _("Open the ticket")

# --- Is it still so? -------------------------------------------------------------------------------------


def _is_open_offer(notice: Notice, now: datetime) -> bool:
    if "session" not in notice.values:  # written before offers named theirs
        return True
    # One without a fee that was accepted has no `pay_by`; of the others the fee has come.
    rows = ParkingSession.objects.filter(pk=notice.values.get("session", 0), status=SessionStatus.BOOKED)
    return rows.filter(pay_by__gt=now, bill__captured=ZERO).exists()


def _is_awaited(notice: Notice, now: datetime) -> bool:
    """Return whether the car of a booking has still to come, in time."""
    rows = ParkingSession.objects.filter(pk=notice.values.get("session", 0), status=SessionStatus.BOOKED)
    return rows.filter(enter_by__gt=now).exists()


# --- Kinds -----------------------------------------------------------------------------------------------

RESERVED = Kind(
    "reserved",
    _("A place at %(zone)s is reserved for %(plate)s"),
    _(
        "A place at %(zone)s, %(site)s is reserved for %(plate)s from %(starts_at)s to %(ends_at)s. "
        "You get your slot shortly before the start. Please come by %(enter_by)s."
    ),
    {**_PLACE, "starts_at": TIME, "ends_at": TIME, "enter_by": TIME, "amount": MONEY},
    sums={"amount": PAID},
    button=_TICKET,
    name=_("Reservation confirmed"),
)
CLAIMED = Kind(
    "slot_claimed",
    _("Your slot at %(zone)s: %(slot)s"),
    _("Slot %(slot)s of %(zone)s, %(site)s is ready for %(plate)s. Please come by %(enter_by)s."),
    {**_PLACE, "slot": TEXT, "enter_by": TIME},
    unnumbered=(
        _("Your place at %(zone)s is ready"),
        _("A place at %(zone)s, %(site)s is ready for %(plate)s. Please come by %(enter_by)s."),
    ),
    at_any_hour=True,
    button=_TICKET,
    name=_("Slot of a reservation ready"),
)
MOVED = Kind(
    "reservation_moved",
    _("Your reservation is now at %(zone)s: %(slot)s"),
    _(
        "The zone that you reserved is full, so slot %(slot)s of %(zone)s, %(site)s is ready for %(plate)s at your "
        "price. Please come by %(enter_by)s. If that does not suit you, cancel and everything is refunded."
    ),
    {**_PLACE, "slot": TEXT, "enter_by": TIME},
    unnumbered=(
        _("Your reservation is now at %(zone)s"),
        _(
            "The zone that you reserved is full, so a place at %(zone)s, %(site)s is ready for %(plate)s at your "
            "price. Please come by %(enter_by)s. If that does not suit you, cancel and everything is refunded."
        ),
    ),
    at_any_hour=True,
    button=_TICKET,
    name=_("Reservation moved to another zone"),
)
CAR_MOVED = Kind(
    "car_moved",
    _("%(plate)s is now at slot %(slot)s"),
    _("The slot of %(plate)s is now %(slot)s of %(zone)s, %(site)s. Your price stays the same."),
    {**_PLACE, "slot": TEXT},
    at_any_hour=True,
    button=_TICKET,
    name=_("Car moved to another slot"),
)
NO_PLACE = Kind(
    "reservation_without_place",
    _("There is no place for %(plate)s at %(zone)s"),
    _(
        "We could not keep your reservation at %(zone)s, %(site)s, and we are sorry. Refunded: %(refund)s. "
        "Voucher %(voucher)s takes the same amount off your next parking."
    ),
    {**_PLACE, "refund": MONEY, "voucher": TEXT},
    at_any_hour=True,
    button=_TICKET,
    name=_("No place for a reservation"),
)
NO_PLACE_FREE = Kind(
    "reservation_without_place_free",
    _("There is no place for %(plate)s at %(zone)s"),
    _("We could not keep your reservation at %(zone)s, %(site)s, and we are sorry. You owe nothing."),
    _PLACE,
    at_any_hour=True,
    button=_TICKET,
    name=_("No place for a reservation without a fee"),
)
PROMISE_BROKEN = Kind(
    "promise_broken",
    _("A reservation at %(zone)s could not be kept"),
    _("No place was free for %(plate)s at %(zone)s, %(site)s when its reservation began."),
    {**_PLACE, "refund": MONEY},
    sums={"refund": REFUNDED},
    audience=MANAGERS,
    button=_("Open the parking session"),
    name=_("Reservation that could not be kept"),
)
OFFERED = Kind(
    "place_offered",
    _("A place is free at %(zone)s: yours until %(pay_by)s"),
    _("A place at %(zone)s, %(site)s is held for %(plate)s. Accept it by %(pay_by)s, or the next in line gets it."),
    {**_PLACE, "pay_by": TIME, "session": ValueType.NUMBER},
    at_any_hour=True,
    is_current=_is_open_offer,
    button=_("Accept the place"),
    name=_("Offer of the waiting list"),
)
COME_SOON = Kind(
    "come_soon",
    _("Please come to %(zone)s by %(enter_by)s"),
    _("Slot %(slot)s of %(zone)s, %(site)s is kept for %(plate)s until %(enter_by)s. Then others can take it."),
    {**_PLACE, "slot": TEXT, "enter_by": TIME, "session": ValueType.NUMBER},
    unnumbered=(
        _("Please come to %(zone)s by %(enter_by)s"),
        _("A place at %(zone)s, %(site)s is kept for %(plate)s until %(enter_by)s. Then others can take it."),
    ),
    channels=frozenset({Channel.PUSH}),
    at_any_hour=True,
    is_current=_is_awaited,
    button=_TICKET,
    name=_("Reminder before a slot is lost"),
)
KINDS = (RESERVED, CLAIMED, MOVED, CAR_MOVED, NO_PLACE, NO_PLACE_FREE, PROMISE_BROKEN, OFFERED, COME_SOON)

# --- Messages --------------------------------------------------------------------------------------------


def reserved(session: ParkingSession, amount: Decimal, attachment: str) -> list[Message]:
    """Return the confirmation of a reservation."""
    times: dict[str, Any] = {"starts_at": session.starts_at, "ends_at": session.ends_at, "enter_by": session.enter_by}
    return to_driver(session, RESERVED, attachment=attachment, amount=amount, **times)


def _session(session_id: int) -> ParkingSession | None:
    return ParkingSession.objects.whole().filter(pk=session_id).first()


def render_claimed(event: ReservationClaimed, _at: datetime) -> Iterable[Message]:
    session = _session(event.session_id)
    if session is None:
        return []
    kind = CLAIMED if event.moved_from is None else MOVED
    return to_driver(session, kind, slot=session.slot_number or NO_SLOT, enter_by=session.enter_by)


def render_moved(event: SessionMoved, _at: datetime) -> Iterable[Message]:
    session = _session(event.session_id)
    return to_driver(session, CAR_MOVED, slot=session.slot_number or NO_SLOT) if session is not None else []


def render_unplaced(event: ReservationUnplaced, _at: datetime) -> Iterable[Message]:
    session = _session(event.session_id)
    if session is None:
        return []
    told = to_driver(session, NO_PLACE_FREE)
    if event.voucher:
        told = to_driver(session, NO_PLACE, refund=event.refund, voucher=event.voucher)
    return [*told, *_to_managers(session, event.refund)]


def render_offered(event: PlaceOffered, _at: datetime) -> Iterable[Message]:
    session = _session(event.session_id)
    if session is None or session.pay_by is None:
        return []
    return to_driver(session, OFFERED, path="/waiting/", pay_by=session.pay_by, session=session.pk)


# A car that was booked later than this before it must come has just been told when.
REMIND_BEFORE = timedelta(minutes=10)


def remind_of_arrivals(*, now: datetime) -> int:
    """Remind drivers ten minutes before their slot is given to others; answers how many. Safe to repeat."""
    is_paid = Q(pay_by=None) | Q(bill__captured__gt=ZERO)
    rows = ParkingSession.objects.whole().filter(is_paid, status=SessionStatus.BOOKED, slot__isnull=False)
    rows = rows.filter(enter_by__gt=now, enter_by__lte=now + REMIND_BEFORE, driver__isnull=False)
    due = {_source_of(session): session for session in rows.order_by("enter_by", "pk") if _is_due(session)}
    told = set(Notice.objects.filter(source__in=due).values_list("source", flat=True))
    return sum(_remind(session, source, now) for source, session in due.items() if source not in told)


def _source_of(session: ParkingSession) -> str:
    # With the time: a booking that was extended is reminded of again.
    return f"come_soon:{session.pk}:{session.enter_by:%Y%m%d%H%M}"


def _is_due(session: ParkingSession) -> bool:
    return session.booked_at <= session.enter_by - REMIND_BEFORE


def _remind(session: ParkingSession, source: str, now: datetime) -> int:
    told = to_driver(
        session, COME_SOON, slot=session.slot_number or NO_SLOT, enter_by=session.enter_by, session=session.pk
    )
    with transaction.atomic():
        return tell(told, source=source, at=now, now=now)


def _to_managers(session: ParkingSession, refund: Decimal) -> list[Message]:
    site = session.zone.site
    values = {"plate": session.vehicle.vehicle_number, "zone": session.zone.name, "site": site.name}
    path = f"/office/sessions/{session.pk}/"
    return [
        Message(manager.pk, PROMISE_BROKEN.code, {**values, "refund": str(refund)}, path=path, site_id=site.pk)
        for manager in managers_at({site.pk})
    ]


def register() -> None:
    """Register the kinds and renderers of reservations."""
    for kind in KINDS:
        register_kind(kind)
    register_renderer(ReservationClaimed, render_claimed)
    register_renderer(SessionMoved, render_moved)
    register_renderer(ReservationUnplaced, render_unplaced)
    register_renderer(PlaceOffered, render_offered)
