"""What stands on a slip of paper, row by row, for a printer that gets a picture: in the two languages of the site."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from parking.checkout.bills import RunningBill, running_bill
from parking.core import clock
from parking.core.plate_words import plate_text
from parking.core.qr import qr_rows
from parking.core.site_settings import BRAND_NAME, site_languages
from parking.facilities.calendars import zone_of
from parking.invoices.profiles import profile_at
from parking.stays.models import ParkingSession, SessionStatus
from parking.web.components import amount_text
from parking.web.templatetags.parking import bill_label, word

Row = dict[str, Any]
Languages = tuple[str, ...]

_SLOT, _ENTRY, _EXIT, _TOTAL = _("Slot"), _("Entry"), _("Exit"), _("Total")
_HOW_TO_LEAVE = _("Show this code at the exit. You pay there, or before.")
_NOT_IN_YET = _("Show this code at the entry.")
_CHECK = _("Scan to check this receipt.")
_COSTS = _("Scan with your phone to see the bill.")


def rows_of(session: ParkingSession, base_url: str) -> list[Row]:
    """Return the slip of a stay: the ticket while it is open, the receipt once it is over."""
    return _receipt(session, base_url) if session.status == SessionStatus.COMPLETED else _ticket(session, base_url)


def _ticket(session: ParkingSession, base_url: str) -> list[Row]:
    languages = site_languages(session.site_id)
    began = session.entry_time or session.booked_at
    hint = _HOW_TO_LEAVE if session.status == SessionStatus.ACTIVE else _NOT_IN_YET
    rows = [_centred(BRAND_NAME.at(session.site_id), bold=True), _centred(session.zone.site.name)]
    if session.slot_number:
        rows += [_centred(_both(_SLOT, languages)), _centred(session.slot_number, size=3, bold=True)]
    rows += [
        _centred(plate_text(session.vehicle.vehicle_number), size=2, bold=True),
        {"qr": qr_rows(session.qr_code)},
        _centred(session.qr_code, bold=True),
        _centred(f"{session.zone.name} · {_each(_kind_of, session, languages)}"),
        _centred(_time(began, session)),
    ]
    if session.zone.place:
        rows.append(_centred(session.zone.place))
    return [
        *rows,
        *_in_each(hint, languages),
        {"rule": True},
        _qr_of_check(session, base_url),
        *_in_each(_COSTS, languages),
    ]


def _qr_of_check(session: ParkingSession, base_url: str) -> Row:
    """Return the picture that opens the page with the bill as the books have it."""
    # Smaller than the code of the ticket: nobody is to hold this one before the exit's camera.
    return {"qr": qr_rows(f"{base_url}{reverse('receipt_check', args=[session.qr_code])}"), "share": 0.42}


def _receipt(session: ParkingSession, base_url: str) -> list[Row]:
    languages = site_languages(session.site_id)
    bill = running_bill(session, clock.now())
    payee = profile_at(session.zone.site, session.exit_time or clock.now())
    rows = [
        _centred(payee.legal_name, bold=True),
        _centred(session.zone.site.name),
        _centred(plate_text(session.vehicle.vehicle_number), size=2, bold=True),
        {"rule": True},
        _pair(_both(_ENTRY, languages), _time(session.entry_time, session)),
        _pair(_both(_EXIT, languages), _time(session.exit_time, session)),
        {"rule": True},
        *(_pair(_each(bill_label, line, languages), amount_text(line.amount)) for line in bill.lines),
        _pair(_both(_TOTAL, languages), amount_text(bill.total)) | {"bold": True, "size": 2},
        *_paid(session, bill, languages),
        _qr_of_check(session, base_url),
    ]
    return rows + _in_each(_CHECK, languages)


def _paid(session: ParkingSession, bill: RunningBill, languages: Languages) -> list[Row]:
    """Return what was paid, by the ways in which it came."""
    rows = [
        _pair(_each(word, payment.method, languages), amount_text(payment.amount))
        for payment in session.bill.payments.all()
    ]
    return [*rows, _pair(_both(_("Due"), languages), amount_text(bill.due))] if bill.due else rows


def _centred(text: str, *, size: int = 1, bold: bool = False) -> Row:
    return {"text": text, "align": "center", "size": size, "bold": bold}


def _pair(left: str, right: str) -> Row:
    return {"left": left, "right": right}


def _both(text: Promise, languages: Languages) -> str:
    """Return a word in each language of the site: Slot / स्लॉट."""
    return _each(str, text, languages)


def _each(say: Callable[[Any], str], value: Any, languages: Languages) -> str:
    said = []
    for language in languages:
        with override(language):
            said.append(say(value))
    return " / ".join(dict.fromkeys(said))


def _in_each(text: Promise, languages: Languages) -> list[Row]:
    """Return a sentence in each language, one below the other; once where a language has none of its own."""
    said = []
    for language in languages:
        with override(language):
            said.append(str(text))
    return [_centred(sentence) for sentence in dict.fromkeys(said)]


def _kind_of(session: ParkingSession) -> str:
    return word(session.vehicle_kind)


def _time(moment: Any, session: ParkingSession) -> str:
    with override("en"):
        return date_format(moment.astimezone(zone_of(session.site_id)), "j M Y, H:i") if moment else ""
