"""What managers set: one value for the whole installation, and others for single sites.

A value counts in this order: the site's own, the operator's, the default, which mostly comes from the environment
(docs/settings.md). Each process reads all values twice a second at most, so a change is in force everywhere within a
second. `facilities.settings` is the only writer.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Generic, TypeVar

from django.conf import settings

from parking.core import brand, languages
from parking.core.fresh import FreshValue
from parking.core.models import OPERATOR, SettingValue
from parking.core.pictures import digest_problem, picture
from parking.core.rows import Rows

T = TypeVar("T", int, str)

_PHONE = re.compile(r"\+?[0-9][0-9 ]{2,18}")
_UPI_ADDRESS = re.compile(r"[A-Za-z0-9._-]{2,60}@[A-Za-z][A-Za-z0-9]{1,30}")
_TERMINAL = re.compile(r"[0-9A-Za-z-]{1,16}")
_MINUTES_OF_A_DAY = 24 * 60
_HOURS_OF_A_YEAR = 366 * 24


@dataclass(frozen=True)
class Setting(Generic[T]):
    """One setting: its name in the API, the unit of its values, and between which they lie.

    `least` and `most` bound a number, or the length of a text; `check` finds what else is wrong with a text.
    What is `for_all` has no value at single sites.
    """

    name: str
    unit: str
    default: Callable[[], T]
    least: int = 0
    most: int = _MINUTES_OF_A_DAY
    check: Callable[[str], str | None] | None = None
    for_all: bool = False

    def at(self, site_id: int | None) -> T:
        """Return the value that counts at a site; None: for the installation as a whole."""
        known = stored.value()
        for place in (site_id, OPERATOR):
            if place is not None and (self.name, place) in known:
                return self._own(known[self.name, place])
        return self.default()

    def _own(self, value: Any) -> T:
        # A value that another version stored, of another type, counts for nothing.
        usual = self.default()
        return value if isinstance(value, type(usual)) else usual

    def problem_with(self, value: Any) -> str | None:
        """Return why this value cannot be set, in a sentence; None if it can."""
        if isinstance(self.default(), str):
            if not isinstance(value, str) or not value.isprintable():
                return "A text on one line is needed"
            if not self.least <= len(value) <= self.most:
                return f"At most {self.most} characters" if value else "A text is needed"
            return self.check(value) if self.check else None
        if isinstance(value, bool) or not isinstance(value, int):
            return "A whole number is needed"
        return None if self.least <= value <= self.most else f"Between {self.least} and {self.most}"


def upi_address_problem(text: str) -> str | None:
    """Return why this is no UPI address, in a sentence; None if it is one, or is empty."""
    return None if not text or _UPI_ADDRESS.fullmatch(text) else "A UPI address is needed, such as name@bank"


def terminals_problem(text: str) -> str | None:
    """Return why this is no list of terminals for cards, in a sentence; None if it is, or is empty."""
    numbers = text.split(",") if text else []
    is_list = all(_TERMINAL.fullmatch(number.strip()) for number in numbers)
    return None if is_list else "Numbers of terminals are needed, with commas between"


def phone_problem(text: str) -> str | None:
    """Return why this is no phone number, in a sentence; None if it is, or is empty."""
    return None if not text or _PHONE.fullmatch(text) else "A phone number is needed: digits and spaces"


_ALL = Rows(lambda: SettingValue.objects.values_list("name", "site_id", "value"))


def _read() -> dict[tuple[str, int], Any]:
    return {(name, site_id): value for name, site_id, value in _ALL.all()}


stored: FreshValue[dict[tuple[str, int], Any]] = FreshValue(_read, seconds=0.5, overlap=0.5)

# Under this name the value of a site says that an emergency runs there: its id, and when it ends. Nobody sets it as a
# setting; it is kept here because every scan reads these values anyway. Written by `facilities.settings`.
EMERGENCY = "emergency"


@dataclass(frozen=True)
class KeptEmergency:
    """What each process knows of an emergency: its id, and when it ends (aware)."""

    id: int
    ends_at: datetime


def kept_emergencies() -> dict[int, KeptEmergency]:
    """Return what is kept of emergencies by the id of their site; they may be over."""
    rows = {site_id: value for (name, site_id), value in stored.value().items() if name == EMERGENCY}
    return {site_id: KeptEmergency(row["id"], datetime.fromisoformat(row["ends_at"])) for site_id, row in rows.items()}


# --- Stays ---------------------------------------------------------------------------------------------

HOLD_MINUTES = Setting("hold_minutes", "minutes", lambda: settings.HOLD_MINUTES, least=1)
NO_SHOW_MINUTES = Setting("no_show_minutes", "minutes", lambda: settings.NO_SHOW_MINUTES, least=1)
CANCEL_WINDOW_SECONDS = Setting("cancel_window_seconds", "seconds", lambda: 300, most=24 * 60 * 60)
LONG_STAY_HOURS = Setting("long_stay_hours", "hours", lambda: settings.LONG_STAY_HOURS, least=1, most=_HOURS_OF_A_YEAR)

# --- Reservations --------------------------------------------------------------------------------------

RESERVABLE_PERCENT = Setting("reservable_percent", "percent", lambda: 50, most=100)
CLAIM_MINUTES = Setting("claim_minutes", "minutes", lambda: 30, least=1)
LOOK_AHEAD_MINUTES = Setting("look_ahead_minutes", "minutes", lambda: 120)
CANCEL_AHEAD_MINUTES = Setting("cancel_ahead_minutes", "minutes", lambda: 60)
OFFER_MINUTES = Setting("offer_minutes", "minutes", lambda: 10, least=1)

# --- Limits of one driver; 0: no limit -----------------------------------------------------------------

BOOKING_LIMIT = Setting("booking_limit", "bookings", lambda: settings.BOOKING_LIMIT, most=50)
UNPAID_LIMIT = Setting("unpaid_limit", "bookings", lambda: settings.UNPAID_LIMIT, most=50)
ABANDONED_LIMIT = Setting("abandoned_limit", "bookings", lambda: settings.ABANDONED_LIMIT, most=50)

# --- Money ---------------------------------------------------------------------------------------------

QUOTE_MINUTES = Setting("quote_minutes", "minutes", lambda: settings.QUOTE_MINUTES, least=1, most=120)
PAID_AHEAD_MINUTES = Setting("paid_ahead_minutes", "minutes", lambda: settings.PAID_AHEAD_MINUTES, least=1, most=120)
DEBT_AMBER_ABOVE = Setting("debt_amber_above", "rupees", lambda: 0, most=1_000_000)
# Whether bills earn points and points are spent: 1 or 0.
POINTS = Setting("points", "on", lambda: 0, most=1, for_all=True)
RECEIPT_FOOTER = Setting("receipt_footer", "text", lambda: "", most=200)
# Whether the second payment of the same goes back without a manager's word: 1 or 0.
REFUND_SECOND_PAYMENT = Setting("refund_second_payment", "on", lambda: int(settings.REFUND_SECOND_PAYMENT), most=1)

# --- Gate ----------------------------------------------------------------------------------------------

GREEN_SECONDS = Setting("green_seconds", "seconds", lambda: settings.GATE_CLOSES_AFTER_SECONDS, least=1, most=60)
SUPERVISOR_PHONE = Setting("supervisor_phone", "text", lambda: "", most=20, check=phone_problem)


class Duties(StrEnum):
    """What the pages of a car park's gates offer, from the smallest set on."""

    ONE = "ONE"
    FLOOR = "FLOOR"
    FULL = "FULL"


def duties_problem(text: str) -> str | None:
    """Return why this is no set of duties, in a sentence; None if it is one."""
    return None if text in list(Duties) else f"One of these is needed: {', '.join(Duties)}"


# New sites get the smallest set (`facilities.sites`); those that were there before have all.
GATE_DUTIES = Setting("gate_duties", "text", lambda: Duties.FULL.value, least=1, most=5, check=duties_problem)
# Where UPI at the counter goes; empty: no QR code of ours is shown.
COUNTER_UPI = Setting("counter_upi", "text", lambda: "", most=100, check=upi_address_problem)
# Whether references of UPI and slips of cards that an attendant types count as paid: 1 or 0.
TYPED_REFERENCES = Setting("typed_references", "on", lambda: 1, most=1)
# The numbers (TID) of the terminals for cards, with commas between; empty: the gate offers no cards.
CARD_TERMINALS = Setting("card_terminals", "text", lambda: "", most=200, check=terminals_problem)
# Debts with which a plate may not pay later once more, and cars that one attendant may let pay later in eight hours.
PAY_LATER_PER_PLATE = Setting("pay_later_per_plate", "debts", lambda: 2, most=50)
PAY_LATER_PER_ATTENDANT = Setting("pay_later_per_attendant", "cars", lambda: 10, most=500)
# Whether who pays later must leave a phone number or be on a photo of the exit: 1 or 0.
PAY_LATER_PROOF = Setting("pay_later_proof", "on", lambda: 0, most=1)

# --- Brand ---------------------------------------------------------------------------------------------

BRAND_NAME = Setting("brand_name", "text", lambda: brand.NAME, least=1, most=40, for_all=True)
BRAND_COLOUR = Setting(
    "brand_colour", "text", lambda: brand.COLOUR, least=1, most=7, check=brand.colour_problem, for_all=True
)
# The digest of a kept picture.
BRAND_LOGO = Setting("brand_logo", "text", lambda: "", most=16, check=digest_problem, for_all=True)

# --- How long what is kept ------------------------------------------------------------------------------

NOTICES_KEPT_DAYS = Setting(
    "notices_kept_days", "days", lambda: settings.NOTICES_KEPT_DAYS, least=35, most=3650, for_all=True
)

# --- Words ---------------------------------------------------------------------------------------------


def language_problem(code: str) -> str | None:
    """Return why this is no language of slips, in a sentence; None if it is one."""
    codes = languages.installed()
    return None if code in codes else f"One of these is needed: {', '.join(codes)}"


# What slips and counter displays say beside English; `en`: nothing.
SECOND_LANGUAGE = Setting("second_language", "text", lambda: "hi", most=5, check=language_problem)


def site_languages(site_id: int | None) -> tuple[str, ...]:
    """Return the languages of what everybody at a site reads: English, and its second one if it has one."""
    second = languages.known_or_english(SECOND_LANGUAGE.at(site_id))
    return (settings.LANGUAGE_CODE,) if second == settings.LANGUAGE_CODE else (settings.LANGUAGE_CODE, second)


# In the order in which they are shown, by the headings of the page.
GROUPS: dict[str, tuple[Setting[Any], ...]] = {
    "stays": (HOLD_MINUTES, NO_SHOW_MINUTES, CANCEL_WINDOW_SECONDS, LONG_STAY_HOURS),
    "reservations": (RESERVABLE_PERCENT, CLAIM_MINUTES, LOOK_AHEAD_MINUTES, CANCEL_AHEAD_MINUTES, OFFER_MINUTES),
    "limits": (BOOKING_LIMIT, UNPAID_LIMIT, ABANDONED_LIMIT),
    "money": (QUOTE_MINUTES, PAID_AHEAD_MINUTES, DEBT_AMBER_ABOVE, REFUND_SECOND_PAYMENT, POINTS, RECEIPT_FOOTER),
    "gate": (
        GATE_DUTIES,
        GREEN_SECONDS,
        SUPERVISOR_PHONE,
        SECOND_LANGUAGE,
        COUNTER_UPI,
        CARD_TERMINALS,
        TYPED_REFERENCES,
        PAY_LATER_PER_PLATE,
        PAY_LATER_PER_ATTENDANT,
        PAY_LATER_PROOF,
    ),
    "kept": (NOTICES_KEPT_DAYS,),
    "brand": (BRAND_NAME, BRAND_COLOUR, BRAND_LOGO),
}
BY_NAME: dict[str, Setting[Any]] = {setting.name: setting for group in GROUPS.values() for setting in group}


def card_terminals(site_id: int | None) -> tuple[str, ...]:
    """Return the numbers of a site's terminals for cards."""
    return tuple(text.strip().upper() for text in CARD_TERMINALS.at(site_id).split(",") if text.strip())


def own_logo() -> bytes | None:
    """Return the operator's logo as PNG; None where there is none."""
    digest = BRAND_LOGO.at(None)
    return picture(digest) if digest else None


def hours_by_site() -> dict[int, timedelta]:
    """Return after how long a stay is long, by id of the site, of those sites that differ from the others."""
    known = stored.value()
    return {
        site_id: timedelta(hours=LONG_STAY_HOURS.at(site_id)) for name, site_id in known if _is_own_long(name, site_id)
    }


def _is_own_long(name: str, site_id: int) -> bool:
    return name == LONG_STAY_HOURS.name and site_id != OPERATOR
