"""How the tax profile of a site is shown."""

from datetime import date, datetime
from typing import Self

from parking.edge.shapes import Shape
from parking.invoices.models import TaxProfile


class TaxProfileOut(Shape):
    id: int
    site_id: int
    site_name: str
    legal_name: str
    address: str
    gstin: str
    state_code: str
    series_prefix: str
    rate: float
    sac: str
    prices_include_tax: bool
    valid_from: date
    legal_note: str
    created_at: datetime

    example = {
        "id": 2,
        "site_id": 1,
        "site_name": "Main car park",
        "legal_name": "Namma Parking Private Limited",
        "address": "12 Kempegowda Road, Bengaluru 560009",
        "gstin": "29AAGCB7383J1Z4",
        "state_code": "29",
        "series_prefix": "KA1",
        "rate": 18.0,
        "sac": "996743",
        "prices_include_tax": True,
        "valid_from": "2026-12-01",
        "legal_note": "",
        "created_at": "2026-11-22T04:30:00Z",
    }

    @classmethod
    def of(cls, profile: TaxProfile) -> Self:
        """Return a profile, which must come with its site."""
        return cls.read(profile, site_name=profile.site.name, valid_from=profile.holds_from)
