"""Slips and receipts by SMS: to the number of who comes, or to one that the attendant types.

Nothing is promised that would not be sent: what does not fit the registered text, and what the site's SMS of the month
do not hold, is refused at once. What fails later the office sees among the undelivered messages.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from parking.accounts.models import User
from parking.audit import services as audit
from parking.core import idempotency
from parking.core.actor import Actor
from parking.core.errors import Refused
from parking.core.idempotency import RequestKey
from parking.core.ids import Ref
from parking.core.phones import international_digits
from parking.facilities.calendars import zone_of
from parking.notifications.channels.sms import is_offered, reason_against
from parking.notifications.kinds import ANYBODY, NO_SLOT, Kind, Message, ValueType, register_kind
from parking.notifications.models import Channel, Notice
from parking.notifications.noticing import tell
from parking.stays import access
from parking.stays.by_phone import phone_of
from parking.stays.events import SlipTexted
from parking.stays.models import ParkingSession, SessionStatus

# Enough for a wrong digit and another phone; more would be messages to strangers.
MOST_OF_A_SESSION = 3
_PLACE = {"plate": ValueType.PLATE, "zone": ValueType.TEXT, "site": ValueType.TEXT, "code": ValueType.TEXT}

TICKET = Kind(
    "slip_ticket",
    _("The slip of %(plate)s goes out by SMS"),
    _("%(plate)s at %(zone)s, %(site)s, slot %(slot)s. Code at the exit: %(code)s."),
    {**_PLACE, "slot": ValueType.TEXT},
    channels=frozenset({Channel.SMS}),
    audience=ANYBODY,
    urgent=True,
    is_asked_for=True,
)
RECEIPT = Kind(
    "slip_receipt",
    _("The receipt of %(plate)s goes out by SMS"),
    _("%(plate)s left %(zone)s, %(site)s on %(at)s. The parking cost %(total)s. Code: %(code)s."),
    {**_PLACE, "at": ValueType.TIME, "total": ValueType.MONEY},
    channels=frozenset({Channel.SMS}),
    audience=ANYBODY,
    urgent=True,
    is_asked_for=True,
)


def register() -> None:
    register_kind(TICKET)
    register_kind(RECEIPT)


def may_be_texted(session: ParkingSession) -> bool:
    """Return whether a slip or receipt of this session can go as SMS from this installation."""
    kind = _kind_of(session)
    return kind is not None and is_offered(kind.code)


def text_slip(*, actor: Actor, session: Ref, phone: str, now: datetime, key: RequestKey | None = None) -> str:
    """Write the SMS with the slip or receipt of a session; answers the last two digits of its number.

    Without a `phone` it goes to who comes. It is a notice of the driver who booked and gave the number, else of the
    attendant, in whose language it is. Raises Refused `session_over`, `sms_unavailable`, `phone_unknown`,
    `phone_incomplete`, `slip_sms_used_up`, `sms_does_not_fit`, `sms_budget_spent`; NotFound as `access.find`.
    """
    with transaction.atomic():
        stay = access.lock(session, actor, at_work=True)
        kind = _kind_of(stay)
        if kind is None:
            raise Refused("session_over", "This parking session is over")
        number = _number(phone.strip() or phone_of(stay))
        person = _person(stay, actor, is_typed=bool(phone.strip()))
        if not is_offered(kind.code) or person is None:
            raise Refused("sms_unavailable", "No SMS can be sent from here")
        message = _message(stay, kind, person, number)
        _check(message, person, now)
        idempotency.claim(key, subject=str(stay.pk), now=now)
        tell([message], source=message.fact, at=now, now=now)
        audit.record(actor, SlipTexted(session_id=stay.pk, ends_in=number[-2:]), now)
    return number[-2:]


def texted_before(*, actor: Actor, session: Ref, phone: str) -> str:
    """Return the last two digits of the number to which the same form went before."""
    return _number(phone.strip() or phone_of(access.find(session, actor, at_work=True)))[-2:]


def _kind_of(session: ParkingSession) -> Kind | None:
    if session.status == SessionStatus.COMPLETED:
        return RECEIPT
    return TICKET if session.is_open else None


def _number(typed: str) -> str:
    if not typed:
        raise Refused("phone_unknown", "No phone number is known")
    digits = international_digits(typed)
    if digits is None:
        raise Refused("phone_incomplete", "Give all ten digits of the phone number")
    return f"+{digits}"


def _person(session: ParkingSession, actor: Actor, *, is_typed: bool) -> User | None:
    if session.driver is not None and not is_typed and not session.phone:
        return session.driver
    return User.objects.filter(pk=actor.user_id or 0).first()


def _message(session: ParkingSession, kind: Kind, person: User, number: str) -> Message:
    """Return the SMS, with the number that it has among those of its session. Raises Refused."""
    facts = [f"slip-sms:{session.pk}:{which}" for which in range(1, MOST_OF_A_SESSION + 1)]
    taken = set(Notice.objects.filter(source__in=facts).values_list("source", flat=True))
    free = [fact for fact in facts if fact not in taken]
    if not free:
        raise Refused("slip_sms_used_up", "The SMS of this session are used up")
    is_own = person.pk == session.driver_id
    return Message(
        person.pk,
        kind.code,
        _values(session, kind),
        path=f"/tickets/{session.pk}/" if is_own else f"/gate/stays/{session.pk}/",
        site_id=session.site_id,
        time_zone=zone_of(session.site_id).key,
        phones=(number,),
        fact=free[0],
    )


def _values(session: ParkingSession, kind: Kind) -> dict[str, str]:
    values = {
        "plate": session.vehicle.vehicle_number,
        "zone": session.zone.name,
        "site": session.zone.site.name,
        "code": session.qr_code,
    }
    if kind is TICKET:
        return values | {"slot": session.slot_number or NO_SLOT}
    left_at = session.exit_time or session.ended_at
    return values | {"at": left_at.isoformat() if left_at else "", "total": str(session.bill.total or 0)}


def _check(message: Message, person: User, now: datetime) -> None:
    """Raise Refused where the SMS would not be sent."""
    draft = Notice(kind=message.kind, values=dict(message.values), site_id=message.site_id, time_zone=message.time_zone)
    match reason_against(draft, person.reads, now):
        case "":
            return
        case "sms_does_not_fit":
            raise Refused("sms_does_not_fit", "The values do not fit the registered text")
        case "sms_budget_spent":
            raise Refused("sms_budget_spent", "The SMS of this month are used up")
        case _:
            raise Refused("sms_unavailable", "No SMS can be sent from here")
