"""The labels of a bill's lines in the reader's language; those of the API and of documents stay English."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parking.tariffs.rules import BillLine, LineKind
from parking.tariffs.rules.lines import LABELS


def label_in_words(line: BillLine) -> str | None:
    """Return the label of a line that says more than its kind; None for one that has a word of its own."""
    said = line.label.removeprefix(LABELS[line.kind]).strip()
    if line.kind in {LineKind.PROMO, LineKind.VOUCHER} and said:
        text = _("Promo code %(code)s") if line.kind == LineKind.PROMO else _("Voucher %(code)s")
        return text % {"code": said}
    if line.kind == LineKind.DEMAND:
        return demand_in_words(_percent_of(line.label))
    if line.kind == LineKind.SHOP:
        return _("Paid by %(shop)s") % {"shop": line.label.removeprefix("Validated by ")}
    if line.kind == LineKind.EXEMPT and said:
        return _("Exempt: %(name)s") % {"name": exempt_class_in_words(said.removeprefix(": "))}
    if line.kind == LineKind.POINTS:
        points = line.label.removesuffix(" points")
        return _("%(points)s points") % {"points": points}
    return None


def demand_in_words(percent: int) -> str:
    """Return a change of prices by demand, as it stands on a bill."""
    if percent < 0:
        return _("Quiet time −%(percent)s %%") % {"percent": -percent}  # noqa: RUF001 - a minus
    return _("Busy time +%(percent)s %%") % {"percent": percent}


def _percent_of(label: str) -> int:
    number = int("".join(letter for letter in label if letter.isdigit()) or 0)
    return number if "+" in label else -number


# The classes that car parks usually exempt; others stay as the car park calls them.
_EXEMPT: dict[str, Promise] = {
    "ambulance": gettext_lazy("ambulance"),
    "fire service": gettext_lazy("fire service"),
    "police on duty": gettext_lazy("police on duty"),
    "disability": gettext_lazy("disability"),
    "staff of the authority": gettext_lazy("staff of the authority"),
}


def exempt_class_in_words(name: str) -> str:
    """Return the name of an exempt class in the reader's language, if it is a usual one."""
    return str(_EXEMPT.get(name, name))


# How labels begin; what follows is a name or a number, and stays as it is.
_BEGINNINGS = {
    "Parking": gettext_lazy("Parking"),
    "Daily maximum": gettext_lazy("Daily maximum"),
    "Night charge": gettext_lazy("Night charge"),
    "Overstay": gettext_lazy("Overstay"),
    "Lost ticket": gettext_lazy("Lost ticket"),
    "Booking minimum": gettext_lazy("Booking minimum"),
    "No-show": gettext_lazy("No-show"),
    "Late cancellation": gettext_lazy("Late cancellation"),
    "Pass": gettext_lazy("Pass"),
    "Exempt": gettext_lazy("Exempt"),
    "Voucher": gettext_lazy("Voucher"),
    "Round off": gettext_lazy("Round off"),
    "Refund": gettext_lazy("Refund"),
}


def beginning_in_words(label: str) -> str:
    """Return a label with its beginning in the reader's language: "Parking, Morning" as "पार्किंग, Morning"."""
    for beginning, word in _BEGINNINGS.items():
        rest = label.removeprefix(beginning)
        if rest != label and not rest[:1].isalpha():
            return f"{word}{rest}"
    return label
