"""The labels of a bill's lines in the reader's language; those of the API and of documents stay English."""

from django.utils.translation import gettext as _

from parking.tariffs.rules import BillLine, LineKind
from parking.tariffs.rules.lines import LABELS


def label_in_words(line: BillLine) -> str | None:
    """Return the label of a line that says more than its kind; None for one that has a word of its own."""
    said = line.label.removeprefix(LABELS[line.kind]).strip()
    if line.kind == LineKind.PROMO and said:
        return _("Promo code %(code)s") % {"code": said}
    if line.kind == LineKind.POINTS:
        points = line.label.removesuffix(" points")
        return _("%(points)s points") % {"points": points}
    return None
