"""How the customer's details for the documents of a stay are shown."""

from typing import Self

from parking.checkout.customers import Given
from parking.edge.shapes import Shape


class InvoiceDetailsOut(Shape):
    session_id: int
    company: str
    gstin: str
    address: str
    is_issued: bool

    example = {
        "session_id": 123,
        "company": "Asha Textiles Private Limited",
        "gstin": "27AAPFU0939F1ZV",
        "address": "7 Mahatma Gandhi Road, Mumbai 400001",
        "is_issued": False,
    }

    @classmethod
    def of(cls, given: Given) -> Self:
        """Return what was given; `is_issued` says that it cannot be changed any more."""
        return cls.read(given.details, session_id=given.session.pk, is_issued=given.is_issued)
