"""The examples of docs/pricing.md, read from the words of its cells."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from parking.tariffs.rules import BillLine, Stay, Terms
from parking.tariffs.rules.changes import Change, Exempt, Gift, Gives, Pass, Points, Promo, Shop, Voucher
from parking.tariffs.rules.templates import peak_bands
from parking.tariffs.rules.terms import Band, FreeMode, NextDay, NightCharge, Slab, Weekday, clock_minutes

PRICING = Path(__file__).parents[2] / "docs" / "pricing.md"
INDIA = ZoneInfo("Asia/Kolkata")
_HEAD = "| terms | from | to | with | lines | total |"
_MONTHS = {"Nov": 11, "Dec": 12}
_SPAN = r"(\d\d:\d\d)–(\d\d:\d\d)"
_START = Terms(Decimal("50.00"), Decimal("0.00"))


@dataclass(frozen=True)
class Example:
    """One row: what is known, and what it must cost."""

    words: str
    terms: Terms
    stay: Stay
    lines: tuple[tuple[str, int, Decimal], ...]
    total: Decimal
    plain: bool = field(default=False)

    def __str__(self) -> str:
        return self.words


def examples() -> list[Example]:
    """Return all rows of the table."""
    return [_example(row) for row in table_rows(_HEAD)]


def table_rows(head: str) -> Iterator[list[str]]:
    """Yield the cells of the rows below a heading."""
    lines = PRICING.read_text(encoding="utf-8").splitlines()
    for line in lines[lines.index(head) + 2 :]:
        if not line.startswith("|"):
            return
        yield [cell.strip() for cell in line.strip("|").split("|")]


def shown(lines: tuple[BillLine, ...]) -> tuple[tuple[str, int, Decimal], ...]:
    """Return what an example says of lines; the label of a band without its beginning."""
    return tuple((line.label.removeprefix("Parking, "), line.quantity, line.unit_price) for line in lines)


def _example(cells: list[str]) -> Example:
    terms, begins, ends, more, lines, total = cells
    stay = Stay(_moment(begins), _moment(ends))
    for word in filter(None, (part.strip() for part in more.split(";"))):
        stay = _with(stay, word)
    expected = () if lines == "none" else tuple(_line(part.strip()) for part in lines.split(";"))
    words = f"{terms} {begins} to {ends} {more}"
    return Example(words, _terms(terms), stay, expected, Decimal(total), plain=more in {"", "free used"})


def _moment(text: str) -> datetime:
    day, month, clock = text.split()
    return datetime.combine(date(2026, _MONTHS[month], int(day)), time.fromisoformat(clock), INDIA)


def _line(text: str) -> tuple[str, int, Decimal]:
    found = re.fullmatch(r"(.+) (\d+) × (−?[\d.]+)", text)
    assert found, text
    return found[1], int(found[2]), Decimal(found[3].replace("−", "-"))


# --- Terms -------------------------------------------------------------------------------------------


def _terms(text: str) -> Terms:
    terms = _START
    for word in (part.strip() for part in text.split(";")):
        terms = replace(terms, **_fields(word, terms))
    return terms


def _fields(word: str, terms: Terms) -> dict[str, Any]:
    name, _, value = word.partition(" ")
    if name == "peak":
        return {"bands": peak_bands()}
    if name.startswith("₹"):
        return {"base_rate": Decimal(name[1:])}
    if name in _NUMBERS:
        return {_NUMBERS[name]: int(value)}
    if name in _AMOUNTS:
        return {_AMOUNTS[name]: Decimal(value)}
    return dict(_SPECIAL[name](value, terms))


_NUMBERS = {
    "step": "step_minutes", "minimum": "minimum_minutes", "grace": "grace_minutes", "overstay": "overstay_percent",
    "free": "free_minutes",
}  # fmt: skip
_AMOUNTS = {"cap": "daily_cap", "fee": "booking_fee", "lost": "lost_ticket_fee", "round": "round_to"}


def _band(text: str, terms: Terms) -> dict[str, Any]:
    days = "|".join(Weekday)
    found = re.fullmatch(rf"(.+?) ((?:(?:{days}) )+){_SPAN} ₹([\d.]+)", text)
    assert found, text
    named = tuple(Weekday(day) for day in found[2].split())
    band = Band(found[1], named, clock_minutes(found[3]), clock_minutes(found[4]), Decimal(found[5]))
    return {"bands": (*terms.bands, band)}


def _night(text: str, _terms: Terms) -> dict[str, Any]:
    found = re.fullmatch(rf"{_SPAN} ₹([\d.]+)", text)
    assert found, text
    return {"night_charge": NightCharge(clock_minutes(found[1]), clock_minutes(found[2]), Decimal(found[3]))}


def _slabs(text: str, _terms: Terms) -> dict[str, Any]:
    return {"slabs": tuple(_slab(part.strip()) for part in text.split(","))}


def _slab(text: str) -> Slab:
    found = re.fullmatch(r"(\d+)(?: every (\d+))? → ([\d.]+)", text)
    assert found, text
    return Slab(int(found[1]), Decimal(found[3]), int(found[2]) if found[2] else None)


def _holiday(text: str, terms: Terms) -> dict[str, Any]:
    day, month = text.split()
    return {"holidays": (*terms.holidays, date(2026, _MONTHS[month], int(day)))}


_SPECIAL: dict[str, Any] = {
    "band": _band,
    "night": _night,
    "slabs": _slabs,
    "holiday": _holiday,
    "deduct": lambda text, _terms: {"free_minutes": int(text), "free_mode": FreeMode.DEDUCT},
    "next": lambda text, _terms: {"next_day": NextDay(text.removeprefix("day "))},
}

# --- What else is known of the stay ------------------------------------------------------------------


def _with(stay: Stay, word: str) -> Stay:
    name, _, value = word.partition(" ")
    if name == "window":
        return replace(stay, ends_at=_moment(value.removeprefix("ends ")))
    if name == "demand":
        return replace(stay, demand_percent=int(value.replace("−", "-")))
    if name in {"lost", "free"}:
        return replace(stay, lost_ticket=name == "lost", free_used=name == "free")
    return replace(stay, changes=(*stay.changes, _CHANGES[name](value)))


def _gift(text: str) -> Gift:
    if found := re.fullmatch(r"purchase (\d+) from (\d+)", text):
        return Gift(Gives.PURCHASE, Decimal(found[1]), from_amount=Decimal(found[2]))
    found = re.fullmatch(r"(₹?)([\d.]+) ?(%|min|)(?: cap ([\d.]+))?", text)
    assert found, text
    gives = Gives.AMOUNT if found[1] else {"%": Gives.PERCENT, "min": Gives.MINUTES}[found[3]]
    return Gift(gives, Decimal(found[2]), Decimal(found[4]) if found[4] else None)


def _pass(text: str) -> Change:
    begins, ends = text.split("–")
    until = datetime(2027, 1, 1, tzinfo=INDIA)
    return Pass("P-000123", until, begins=clock_minutes(begins), ends=clock_minutes(ends))


_CHANGES: dict[str, Any] = {
    "shop": lambda text: Shop("Chroma", _gift(text)),
    "promo": lambda text: Promo("WELCOME", _gift(text)),
    "exempt": Exempt,
    "voucher": lambda text: Voucher("V-7Q2M", Decimal(text)),
    "points": lambda text: Points(int(text)),
    "pass": _pass,
}
