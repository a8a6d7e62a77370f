"""Not a test: every kind of mail as a picture, in both languages, for phone and desktop, light and dark, and as text.

`make mails` writes them to .cache/mails-seen. Nothing is sent and nothing is stored; the values are made up. See
docs/design.md, "Mails".
"""

from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

from django.utils import translation
from playwright.sync_api import Browser, sync_playwright

from deploy import chromium
from parking.accounts.models import User
from parking.notifications import kinds
from parking.notifications.attachments import Attachment, register_attachment
from parking.notifications.channels.base import Letter
from parking.notifications.channels.mail import mail_of
from parking.notifications.models import Delivery, Notice
from parking.notifications.texts import words_of

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
WIDTHS, LANGUAGES = (360, 1440), ("en", "hi")
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
MONEY = {"amount": "1250.00", "total": "130.00", "debt": "80.00", "refund": "50.00", "kept": "50.00"}
TIMES = {"enter_by": "05:40", "pay_by": "05:10", "starts_at": "11:30", "ends_at": "14:30", "due": "18:29"}
VALUES: dict[str, Any] = MONEY | {
    "plate": "DL-01-AB-1234",
    "zone": "Zone B",
    "site": "Connaught Place",
    "slot": "B-001",
    "voucher": "V-7K2MXQ4D",
    "number": "P-2026-000123",
    "plan": "Month, days only",
    "plates": "DL-01-AB-1234, DL-08-CA-5678",
    "removed": "HR-26-DK-0001",
    "organisation": "Safdarjung Hospital",
    "gateway": "Razorpay",
    "reason": "Fire alarm on level 2",
    "answer": "The barrier was broken from 10:00 to 10:40.",
    "username": "user123",
    "brand": "Smart Parking",
    "by": "admin",
    "mark": "0" * 32,
    "series": "CP1 2627",
    "count": 3,
    "minutes": 16,
    "points": 120,
    "days": "3",
    "session": 1,
    "about": "DL-01-AB-1234",
    "mail": 1,
    "code": "QR-7K2MXQ4DW2HB",
}
WAITING = [
    {"code": "ORDERS_IN_REVIEW", "count": 2, "amount": "1530.00", "days": 3},
    {"code": "GATEWAY_SILENT", "count": 4, "amount": "300.00", "days": 0},
    {"code": "OPEN_DEBTS", "count": 1, "amount": "80.00", "days": 1},
    {"code": "LONG_STAYS", "count": 5, "amount": "", "days": 2},
]
LINES = {"waiting": WAITING, "why": [{"reason": "not_paid"}]}
# What goes with its document.
ATTACHED = {
    "document",
    "booked",
    "reserved",
    "payment_received",
    "left",
    "pass_paid",
    "organisation_invoiced",
    "left_behind",
}


def values_of(kind: Any) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, type_ in kind.values.items():
        if type_ == "LINES":
            made[name] = LINES[name]
        elif type_ in {"TIME", "DATE"}:
            made[name] = f"2026-11-22T{TIMES.get(name, '12:15')}:00+00:00"
        else:
            made[name] = VALUES[name]
    return made


def _sample(_id: int, _now: datetime) -> tuple[Any, ...]:

    return (Attachment("receipt.pdf", b"%PDF-", "application/pdf"),)


def message_of(kind: Any, language: str) -> Any:
    """Return the mail of a kind as it would be sent."""
    register_attachment("sample", _sample)
    person = User(pk=7, username="user123", email="asha@example.org", language=language, password="x")
    notice = Notice(person=person, kind=kind.code, values=values_of(kind), at=NOW, path="/tickets/1/")
    notice.attachment = "sample:1" if kind.code in ATTACHED else ""
    delivery = Delivery(notice=notice, channel="MAIL", reference=uuid4())
    with translation.override(language):
        return mail_of(Letter(delivery, notice, person, words_of(notice)), person.email, NOW)


def pictures(browser: Browser, folder: Path, code: str, language: str, html: str) -> None:
    for width, scheme in product(WIDTHS, SCHEMES):
        page = browser.new_page(viewport={"width": width, "height": 400}, color_scheme=scheme)
        page.set_content(html)
        page.screenshot(path=folder / f"{code}-{language}-{width}-{scheme}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (code, language, width)
        page.close()


def main(folder: str, *codes: str) -> None:

    out = Path(folder)
    out.mkdir(parents=True, exist_ok=True)
    wanted = [kind for kind in kinds._KINDS.values() if not codes or kind.code in codes]
    mails = {(kind.code, language): message_of(kind, language) for kind, language in product(wanted, LANGUAGES)}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find())
        for (code, language), message in mails.items():
            (out / f"{code}-{language}.txt").write_text(f"Subject: {message.subject}\n\n{message.body}")
            pictures(browser, out, code, language, str(message.alternatives[0][0]))
        browser.close()
