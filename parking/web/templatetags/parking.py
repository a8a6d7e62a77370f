"""Template tags and filters for money, times, states and icons."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django import template
from django.template import Context
from django.templatetags.static import static
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from parking.accounts.models import Role, User
from parking.core import clock
from parking.core.heartbeats import judged, newest_beat_now
from parking.core.languages import choices
from parking.core.money import indian
from parking.core.vehicle_kinds import SHIPPED, own_name
from parking.facilities.calendars import zone_of
from parking.notifications import texts
from parking.notifications.queries import unread_notices
from parking.stays.long_stays import is_long_stay
from parking.stays.models import ParkingSession
from parking.tariffs.rules import BillLine
from parking.vehicles.models import VehicleKind
from parking.web.bill_words import beginning_in_words, demand_in_words, exempt_class_in_words, label_in_words
from parking.web.components import amount_text

register = template.Library()


@register.filter
def rupees(amount: Decimal | None) -> str:
    """Return ₹1,00,000, and ₹1,00,000.50 where there are paise, as `money` draws it; empty for None."""
    return "" if amount is None else amount_text(Decimal(amount))


@register.filter
def count(number: int) -> str:
    """Return a whole number grouped as in India: 1,00,000."""
    return indian(Decimal(number)).removesuffix(".00")


@register.filter
def unbroken(text: str) -> SafeString:
    """Return a text in which no line ends inside a plate, a date, or a word with a hyphen."""
    return texts.unbroken(text, '<span class="nowrap">{}</span>')


def _local(time: datetime, site_id: int | None) -> datetime:
    return localtime(time) if site_id is None else time.astimezone(zone_of(site_id))


@register.filter
def moment(time: datetime | None, site_id: int | None = None) -> str:
    """Return a time in the time zone of a site, without one in the operator's: 22 Nov 2026, 10:05."""
    return "" if time is None else date_format(_local(time, site_id), "j M Y, H:i")


@register.filter
def clock_time(time: datetime | None, site_id: int | None = None) -> str:
    """Return the time of day in the time zone of a site, without one in the operator's: 10:05."""
    return "" if time is None else date_format(_local(time, site_id), "H:i")


@register.filter
def day(time: datetime | None, site_id: int | None = None) -> str:
    """Return the date in the time zone of a site, without one in the operator's: 22 Nov 2026."""
    return "" if time is None else date_format(_local(time, site_id), "j M Y")


@register.filter
def last_day(ends_at: datetime, site_id: int | None = None) -> str:
    """Return the last date of a time that ends, excluded, at a midnight of a site: 26 Dec 2026."""
    return day(ends_at - timedelta(microseconds=1), site_id)


@register.filter
def duration(minutes: int | None) -> str:
    """Return minutes as people say them: 45 min; 2 h 5 min; 1 day 3 h."""
    if minutes is None:
        return ""
    hours, rest = divmod(int(minutes), 60)
    days, hours = divmod(hours, 24)
    if days and not hours:
        return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}
    if days:
        words = ngettext("%(days)d day %(hours)d h", "%(days)d days %(hours)d h", days)
        return words % {"days": days, "hours": hours}
    if hours:
        return gettext("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest}
    return gettext("%(minutes)d min") % {"minutes": rest}


@register.filter(name="is_long_stay")
def _is_long_stay(session: ParkingSession, now: datetime) -> bool:
    """Return whether a car is inside for long, by the hours of its site."""
    return is_long_stay(session, now)


@register.filter
def metres(distance: int) -> str:
    """Return a distance in metres up to a kilometre, then in kilometres with one digit, then in whole ones."""
    if distance < 1000:
        return gettext("%(number)d m") % {"number": round(distance, -1)}
    number = f"{distance / 1000:.1f}" if distance < 10_000 else f"{round(distance / 1000)}"
    return gettext("%(number)s km") % {"number": number}


@register.filter
def minutes_until(time: datetime, now: datetime) -> int:
    """Return the whole minutes left until a time, rounded up; 0 when it is over."""
    return max(-(-(time - now) // timedelta(minutes=1)), 0)


# --- Words for codes -----------------------------------------------------------------------------------

_WORDS: dict[str, Promise] = {
    # States of a stay
    "BOOKED": _("Booked"),
    "ACTIVE": _("Car inside"),
    "COMPLETED": _("Completed"),
    "CANCELLED": _("Cancelled"),
    "EXPIRED": _("Expired"),
    "FEE": _("Not paid yet"),
    "CHECKED": _("Payment is being checked"),
    # How it ended
    "EXIT": _("Left through the gate"),
    "TERMINATED": _("Ended by staff"),
    "NO_SHOW": _("No-show"),
    "NO_PLACE": _("No place was free"),
    "UNPAID": _("Fee not paid in time"),
    # Its money
    "PENDING": _("Waiting"),
    "PARTIAL": _("Partly paid"),
    "PAID": _("Paid"),
    "REFUNDED": _("Refunded"),
    # Passes
    "PASS_PENDING": _("Not paid yet"),
    "PASS_ACTIVE": _("Valid"),
    "PASS_COMING": _("Begins later"),
    "PASS_GRACE": _("Waits for renewal"),
    "PASS_EXPIRED": _("Ended"),
    "PASS_CANCELLED": _("Cancelled"),
    # Automatic charges
    "MANDATE_ASKED": _("Razorpay has not answered"),
    "MANDATE_OFFERED": _("Holder has not agreed yet"),
    "MANDATE_HELD": _("Charged automatically"),
    "MANDATE_FAILING": _("Charge failed"),
    "MANDATE_ENDING": _("Being stopped"),
    "MANDATE_ENDED": _("Ended"),
    # Organisations and their invoices
    "ORGANISATION_ACTIVE": _("Valid"),
    "ORGANISATION_COMING": _("Begins later"),
    "ORGANISATION_OVERDUE": _("Overdue"),
    "ORGANISATION_PAYING": _("Vehicles pay"),
    "ORGANISATION_OVER": _("Ended"),
    "INVOICE_OPEN": _("To be paid"),
    "INVOICE_OVERDUE": _("Overdue"),
    "INVOICE_WRITTEN_OFF": _("Written off"),
    "INVOICE_PAID": _("Paid"),
    # Orders, payments, refunds
    "INITIATED": _("Started"),
    "FAILED": _("Failed"),
    "REVIEW": _("In review"),
    "REFUSED": _("Refused"),
    "CAPTURED": _("Received"),
    "PAYMENT": _("Payment"),
    "REFUND": _("Refund"),
    # Debts and documents
    "OPEN": _("Open"),
    "TO_BE_PAID": _("To be paid"),
    "WRITTEN_OFF": _("Written off"),
    "LAPSED": _("Too old to collect"),
    "RECEIPT": _("Receipt"),
    "TAX_INVOICE": _("Tax invoice"),
    "CREDIT_NOTE": _("Credit note"),
    "REFUND_VOUCHER": _("Refund voucher"),
    # Ways to pay
    "CASH": _("Cash"),
    "ONLINE": _("Online"),
    "UPI": _("UPI at the counter"),
    "CARD": _("Card at the counter"),
    "CLAIMED": _("Claimed"),
    "DOUBTFUL": _("Claimed, of another day"),
    "BANK": _("Bank transfer"),
    "TDS": _("TDS deducted"),
    "NONE": _("Not paid"),
    "PHONEPE": _("PhonePe"),
    "RAZORPAY": _("Razorpay"),
    "SIMULATED": _("Simulated payment"),
    # What tokens are for
    "VEHICLE": _("Vehicle"),
    "HELMET": _("Helmet"),
    "BAG": _("Bag"),
    # Slots and vehicles
    "FREE": _("Free"),
    "KEPT": _("Kept for a pass"),
    "OCCUPIED": _("Occupied"),
    "OUT_OF_SERVICE": _("Out of service"),
    "CAR": _("Car"),
    "TWO_WHEELER": _("Two-wheeler"),
    "EV": _("Electric car"),
    "BICYCLE": _("Bicycle"),
    "AUTO": _("Auto-rickshaw"),
    "TAXI": _("Taxi"),
    "LCV": _("Light goods vehicle"),
    "BUS": _("Bus"),
    "TRUCK": _("Truck"),
    "LARGE": _("Large vehicle"),
    "ACCESSIBLE": _("Accessible"),
    "VIP": _("VIP"),
    # Car parks and gates
    "CLOSED": _("Closed"),
    "IN": pgettext_lazy("direction", "In"),
    "OUT": pgettext_lazy("direction", "Out"),
    "BOTH": _("In and out"),
    "NO_ZONE": _("No zone that is open"),
    "NO_SLOT": _("No slots"),
    "NO_GATE_IN": _("No gate where cars come in"),
    "NO_GATE_OUT": _("No gate where cars leave"),
    # What an import does with a row
    "ADD": _("New"),
    "CHANGE": _("Changed"),
    "KEEP": _("As set"),
    "LEAVE": _("Leaves the list"),
    # People
    "ADMIN": _("Manager"),
    "STAFF": _("Gate attendant"),
    "USER": _("Driver"),
    "AUDITOR": _("Auditor"),
    "SYSTEM": _("The system"),
    # Why money goes back by itself
    "Cancelled in time": _("Cancelled in time"),
    "Cancelled within five minutes": _("Cancelled within five minutes"),  # as stored before the time was a setting
    "Paid more than the bill": _("Paid more than the bill"),
    "Paid after the session had ended": _("Paid after the session had ended"),
    "Paid twice": _("Paid twice"),
    "Paid after the pass was over": _("Paid after the pass was over"),
    "Pass cancelled": _("Pass cancelled"),
    "Booking expired": _("Booking expired"),
    # Features of a zone
    "covered": _("Covered"),
    "guarded": _("Guarded"),
    "ev_charging": _("EV charging"),
    "cctv": _("Cameras"),
    "accessible": _("Step-free"),
}

# Tones of the style sheet; a state never shows by colour alone, its word is beside it.
_TONES = {
    "BOOKED": "blue",
    "FEE": "amber",
    "CHECKED": "amber",
    "ACTIVE": "green",
    "COMPLETED": "grey",
    "CANCELLED": "grey",
    "EXPIRED": "grey",
    "PASS_PENDING": "amber",
    "PASS_ACTIVE": "green",
    "PASS_COMING": "blue",
    "PASS_GRACE": "amber",
    "MANDATE_OFFERED": "amber",
    "MANDATE_HELD": "green",
    "MANDATE_FAILING": "red",
    "ORGANISATION_ACTIVE": "green",
    "ORGANISATION_COMING": "blue",
    "ORGANISATION_OVERDUE": "amber",
    "ORGANISATION_PAYING": "red",
    "INVOICE_OPEN": "blue",
    "TO_BE_PAID": "blue",
    "INVOICE_OVERDUE": "amber",
    "INVOICE_PAID": "green",
    "PAID": "green",
    "PARTIAL": "amber",
    "PENDING": "amber",
    "REFUNDED": "blue",
    "INITIATED": "amber",
    "CAPTURED": "green",
    "CLAIMED": "blue",
    "DOUBTFUL": "amber",
    "FAILED": "red",
    "REVIEW": "red",
    "REFUSED": "grey",
    "FREE": "green",
    "KEPT": "blue",
    "OCCUPIED": "taken",
    "OUT_OF_SERVICE": "grey",
    "OPEN": "amber",
    "WRITTEN_OFF": "grey",
}

_SHIPPED = frozenset(kind.code for kind in SHIPPED)
_OVER = frozenset({"CANCELLED", "EXPIRED", "PASS_CANCELLED", "PASS_EXPIRED", "REFUSED", "WRITTEN_OFF"})


@register.filter
def word(code: object) -> str:
    """Return the word for a code, in the reader's language; the code itself where none is known."""
    text = str(code)
    # The operator names vehicle types, and no state or payment method that a type of its own is called like.
    own = own_name(text, get_language() or "") if text in _SHIPPED or text not in _WORDS else ""
    return own or str(_WORDS.get(text, text))


def kind_choices() -> list[tuple[str, str]]:
    """Return the vehicle types for a form, read with each form: the language is not known before."""
    return [(kind, word(kind)) for kind in VehicleKind.values]


@register.filter
def bill_label(line: BillLine) -> str:
    """Return what a line of a bill charges for, in the reader's language."""
    return label_in_words(line) or beginning_in_words(line.label)


register.filter("exempt_class", exempt_class_in_words)


@register.filter
def demand(percent: int) -> str:
    """Return by how much a busy or quiet time changes prices."""
    return demand_in_words(percent)


@register.filter
def initials(user: User) -> str:
    """Return the first letters of a person's names, else the first two of the username."""
    names = [name[0] for name in (user.first_name, user.last_name) if name]
    return "".join(names) or user.get_username()[:2]


def state_of(code: str) -> dict[str, Any]:
    """Return a state's tone and word, and whether it is one that ended without a stay."""
    return {"tone": _TONES.get(str(code), "grey"), "word": word(code), "is_over": str(code) in _OVER}


@register.inclusion_tag("web/components/state.html")
def state(code: str) -> dict[str, Any]:
    """Return a state as a mark with its word."""
    return state_of(code)


@register.simple_tag
def icon(name: str) -> SafeString:
    """Return an icon of Tabler's, hidden from screen readers: words are beside it. Names: `deploy/icons.txt`."""
    sprite = static("vendor/icons.svg")
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>', sprite, name
    )


@register.inclusion_tag("web/parts/bell.html", takes_context=True)
def bell(context: Context) -> dict[str, object]:
    """Draw the way to a person's notices with how many are unread; nothing for who is not signed in.

    On a page that is kept without a person (`nameless`) the number comes later, by its script.
    """
    request = context.get("request")
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {"is_shown": False}
    return {"is_shown": True, "unread": 0 if context.get("nameless") else unread_notices(user.pk)}


@register.simple_tag
def installed_languages() -> list[tuple[str, str]]:
    """Return code and name of each language, in its own letters; Django's tag would translate the names."""
    return choices()


@register.inclusion_tag("web/parts/no_worker.html", takes_context=True)
def no_worker(context: Context) -> dict[str, object]:
    """Draw for managers and auditors that no worker runs: no notice could say so, since a worker would have to send it.

    Nothing for others, nor while one was seen within a minute.
    """
    user = getattr(context.get("request"), "user", None)
    if not isinstance(user, User) or user.role not in {Role.ADMIN, Role.AUDITOR} or context.get("nameless"):
        return {"is_shown": False}
    beat = judged(newest_beat_now.value(), now=clock.now())
    return {"is_shown": beat.state != "ok", "last_beat": beat.at}
