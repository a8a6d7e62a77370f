"""What a tariff may not say."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from parking.core.errors import InvalidInput, Refused
from parking.tariffs.rules import Prices
from parking.tariffs.rules.checks import checked
from parking.tariffs.rules.templates import peak_bands
from parking.tariffs.rules.terms import WEEK, Band, NightCharge, Slab, Weekday, clock_minutes, clock_text

PRICES = Prices(Decimal("50.00"), Decimal("50.00"))
HOLIDAY = (Weekday.HOLIDAY,)


def band(begins: str, ends: str, *days: Weekday) -> Band:
    return Band(f"{begins} to {ends}", days or WEEK, clock_minutes(begins), clock_minutes(ends), Decimal("30.00"))


@pytest.mark.parametrize(
    "bands",
    [
        (band("06:00", "09:00"), band("08:59", "12:00")),
        (band("06:00", "09:00"), band("06:00", "09:00")),
        (band("21:00", "06:00", Weekday.SUN), band("05:00", "07:00", Weekday.MON)),
        (band("00:00", "00:00", Weekday.FRI), band("23:00", "01:00", Weekday.THU)),
        (band("10:00", "14:00", *HOLIDAY), band("12:00", "16:00", *HOLIDAY)),
        (band("21:00", "06:00", *HOLIDAY), band("05:00", "07:00", *HOLIDAY)),
    ],
    ids=lambda bands: " and ".join(one.name for one in bands),
)
def test_bands_that_hold_at_the_same_time_are_refused(bands: tuple[Band, ...]) -> None:
    with pytest.raises(Refused) as refused:
        checked(replace(PRICES, bands=bands))
    assert refused.value.code == "bands_overlap"
    assert set(refused.value.facts["bands"]) == {one.name for one in bands}


@pytest.mark.parametrize(
    "bands",
    [
        peak_bands(),
        (band("06:00", "09:00"), band("09:00", "06:00")),
        (band("21:00", "06:00", Weekday.SUN), band("06:00", "07:00", Weekday.MON)),
        (band("00:00", "00:00", *WEEK),),
        (band("00:00", "00:00", *HOLIDAY), band("00:00", "00:00", *WEEK)),
    ],
)
def test_bands_that_follow_each_other_are_taken(bands: tuple[Band, ...]) -> None:
    assert checked(replace(PRICES, bands=bands)).bands == bands


SLABS = (Slab(60, Decimal(20)), Slab(1440, Decimal(100)))
NIGHT = NightCharge(0, 300, Decimal(-1))


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("base_rate", {"base_rate": Decimal("10000.01")}),
        ("base_rate", {"base_rate": Decimal("-0.01")}),
        ("booking_fee", {"booking_fee": Decimal("10000.01")}),
        ("lost_ticket_fee", {"lost_ticket_fee": Decimal(-1)}),
        ("daily_cap", {"daily_cap": Decimal(-1)}),
        ("night_charge", {"night_charge": NIGHT}),
        ("step_minutes", {"step_minutes": 45}),
        ("grace_minutes", {"grace_minutes": 61}),
        ("minimum_minutes", {"minimum_minutes": 1441}),
        ("free_minutes", {"free_minutes": -1}),
        ("free_again_after_minutes", {"free_again_after_minutes": -1}),
        ("overstay_percent", {"overstay_percent": 501}),
        ("round_to", {"round_to": Decimal(2)}),
        ("bands", {"bands": (replace(band("06:00", "09:00"), name=" "),)}),
        ("bands", {"bands": (replace(band("06:00", "09:00"), days=()),)}),
        ("bands", {"bands": (replace(band("06:00", "09:00"), rate=Decimal(10001)),)}),
        ("bands", {"bands": tuple(band(clock_text(at), clock_text(at + 10)) for at in range(0, 510, 10))}),
        ("slabs", {"slabs": SLABS[:1]}),
        ("slabs", {"slabs": (SLABS[1], SLABS[0])}),
        ("slabs", {"slabs": (Slab(0, Decimal(1)), SLABS[1])}),
        ("slabs", {"slabs": (Slab(60, Decimal(-1)), SLABS[1])}),
        ("slabs", {"slabs": (Slab(60, Decimal(1), 0), SLABS[1])}),
        ("slabs", {"slabs": SLABS, "bands": peak_bands()}),
        ("daily_cap", {"slabs": SLABS, "daily_cap": Decimal(500)}),
    ],
)
def test_what_is_out_of_its_bounds_is_named(field: str, changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as refused:
        checked(replace(PRICES, **changes))
    assert list(refused.value.errors) == [field]


@pytest.mark.parametrize("text", ["6:30", "06:60", "24:01", "0630", "06:30:00", "aa:bb", "-1:00", "٠٦:٣٠", ""])
def test_other_times_of_day_cannot_be_read(text: str) -> None:
    with pytest.raises(ValueError, match="a time of day"):
        clock_minutes(text)


def test_times_of_day_are_minutes() -> None:
    assert [clock_minutes(text) for text in ("00:00", "06:30", "23:59", "24:00")] == [0, 390, 1439, 0]
    assert [clock_text(minute) for minute in (0, 390, 1439)] == ["00:00", "06:30", "23:59"]
