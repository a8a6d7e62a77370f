"""The product's own books, looked at inside Django once the week is over (`python -m bench.inside week.books`)."""

from datetime import datetime
from itertools import pairwise
from typing import Any

from parking.checkout.documents import issue_missing_documents
from parking.invoices.models import TaxDocument
from parking.stays.models import ParkingSession
from tests.invariants import assert_books_agree

# Digits of a document's number that count within its series.
COUNTED = 7


def inside(given: dict[str, Any]) -> dict[str, Any]:
    """Assert that the books agree and that no series of documents has a gap; answers how much there is."""
    now = datetime.fromisoformat(given["now"])
    # The worker's daily sweep, for which the week was over too soon: its hours are those of the machine.
    while issue_missing_documents(now=now, within=None):
        pass
    assert_books_agree()
    numbers = sorted(TaxDocument.objects.values_list("number", flat=True))
    for one, following in pairwise(numbers):
        if one[:-COUNTED] == following[:-COUNTED]:
            assert int(following[-COUNTED:]) == int(one[-COUNTED:]) + 1, f"nothing between {one} and {following}"
    return {"sessions": ParkingSession.objects.count(), "documents": len(numbers)}
