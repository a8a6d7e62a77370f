"""What is said about a vehicle that was left behind: to its driver, at its windscreen, and in a letter."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from parking.checkout.bills import running_bill
from parking.checkout.driver_messages import to_driver
from parking.core.actor import SYSTEM, Actor
from parking.core.ids import Ref
from parking.core.money import indian
from parking.core.plate_words import plate_text
from parking.core.site_settings import own_logo
from parking.facilities.calendars import zone_of
from parking.invoices.letters import Letter, letter_pdf
from parking.invoices.profiles import profile_at
from parking.notifications.attachments import Attachment, register_attachment
from parking.notifications.kinds import Kind, Message, ValueType, register_kind
from parking.notifications.models import Channel
from parking.notifications.rendering import register_renderer
from parking.stays import access
from parking.stays.events import LeftBehindStepDue
from parking.stays.evidence import photo_of_session
from parking.stays.left_models import LeftBehindWay
from parking.stays.models import ParkingSession

TEXT, MONEY = ValueType.TEXT, ValueType.MONEY

LEFT_BEHIND = Kind(
    "left_behind",
    _("%(plate)s is still at %(zone)s"),
    _("%(plate)s has been inside %(zone)s, %(site)s for %(days)s days. Please collect it."),
    {"plate": ValueType.PLATE, "zone": TEXT, "site": TEXT, "days": TEXT, "amount": MONEY},
    sums={"amount": _("%(amount)s is due so far.")},
    channels=frozenset({Channel.MAIL, Channel.PUSH, Channel.SMS}),
    button=_("Open the ticket"),
    name=_("Vehicle left behind"),
)


def render_due(event: LeftBehindStepDue, at: datetime) -> Iterable[Message]:
    """Tell the driver of each step; the letter goes along with the mail of the last one."""
    session = ParkingSession.objects.whole().filter(pk=event.session_id).first()
    if session is None:
        return []
    letter = f"left_letter:{session.pk}" if event.way == LeftBehindWay.LETTER else ""
    due = running_bill(session, at).due
    return to_driver(session, LEFT_BEHIND, attachment=letter, amount=due, days=event.days)


def notice_pdf(*, actor: Actor, session: Ref, now: datetime) -> bytes:
    """Return the notice for the windscreen, with the newest photo of the session. Raises NotFound."""
    return _pdf(access.find(session, actor, at_work=True), now, is_letter=False)


def left_letter_pdf(*, actor: Actor, session: Ref, now: datetime) -> bytes:
    """Return the letter to the owner. Raises NotFound."""
    return _pdf(access.find(session, actor, at_work=True), now, is_letter=True)


def _attached_letter(session_id: int, now: datetime) -> tuple[Attachment, ...]:
    body = left_letter_pdf(actor=SYSTEM, session=Ref(pk=session_id), now=now)
    return (Attachment("letter.pdf", body, "application/pdf"),)


def _pdf(session: ParkingSession, now: datetime, *, is_letter: bool) -> bytes:
    site, bill = session.zone.site, running_bill(session, now)
    here = zone_of(site.pk)
    entered = session.entry_time or session.booked_at
    days = (now - entered).days
    facts = [
        (gettext("Plate"), plate_text(session.vehicle.vehicle_number)),
        (gettext("Car park"), f"{site.name}, {session.zone.name} {session.slot_number or ''}".strip()),
        (gettext("Inside since"), date_format(entered.astimezone(here), "j M Y, H:i")),
        (gettext("Due so far"), f"\u20b9{indian(bill.due).removesuffix('.00')}"),
    ]
    asks = gettext("This vehicle is here for %(days)d days. Please collect it and pay what is due.") % {"days": days}
    more = (
        gettext("If nobody comes we inform the police and the registering authority, who decide about the vehicle.")
        if is_letter
        else gettext("Nobody may move this notice. A photo of the vehicle is kept with its session.")
    )
    contact = [gettext("Contact: %(contact)s") % {"contact": site.contact}] if site.contact else []
    payee = profile_at(site, now)
    letter = Letter(
        sender=payee.legal_name,
        sender_lines=[line for line in (payee.address or site.address,) if line],
        title=gettext("Your vehicle at our car park") if is_letter else gettext("Notice: vehicle left behind"),
        number=gettext("Booking %(number)s") % {"number": session.pk},
        paragraphs=[asks, more, *contact],
        facts=facts,
        written_at=now,
        picture=photo_of_session(session),
    )
    return letter_pdf(letter, own_logo())


def register() -> None:
    """Make messages about vehicles left behind known."""
    register_kind(LEFT_BEHIND)
    register_attachment("left_letter", _attached_letter)
    register_renderer(LeftBehindStepDue, render_due)
