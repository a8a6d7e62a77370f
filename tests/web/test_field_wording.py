"""What services say of fields is said in the reader's language on pages."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from parking.accounts.models import User
from parking.core.errors import InvalidInput
from parking.edge.field_wording import field_sentence
from parking.facilities.models import ParkingZone
from parking.offers.rules import CodeTerms, refuse_wrong_code
from parking.offers.shop_rules import ShopTerms, gift_of, refuse_wrong_terms
from parking.stays.window_rules import Window, length_problem, start_problem
from parking.tariffs.rules import Prices, demand
from parking.tariffs.rules.checks import checked
from parking.tariffs.rules.demand import DemandStep
from parking.tariffs.rules.terms import WEEK, Band, NightCharge, Slab
from tests.web.office.forms import browser_of, text_of

NOW = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)
USUAL = Prices(Decimal(50), Decimal(50))
FAR = Decimal(10) ** 7
SLABS = (Slab(60, FAR, 2000), Slab(30, Decimal(1)))
BAND = Band("", (), 0, 60, FAR)
CODE = CodeTerms(
    id=1, code="!", kind="PERCENT", value=FAR, cap=Decimal(0), valid_from=date(2026, 11, 2), valid_to=date(2026, 11, 1),
    zone_ids=frozenset(), vehicle_kinds=frozenset(), uses=0, uses_per_driver=0, first_booking=False,
    least_bill=Decimal(-1),
)  # fmt: skip
SHOP = ShopTerms("", "MINUTES", Decimal("7.5"), None, Decimal(0), 0, 0)


def _windows() -> Iterator[str | None]:
    yield start_problem(NOW, NOW)
    yield start_problem(NOW + timedelta(days=61), NOW)
    yield length_problem(Window(NOW, NOW))
    yield length_problem(Window(NOW, NOW + timedelta(days=31)))


def _texts(call: Callable[[], object]) -> list[str]:
    with pytest.raises(InvalidInput) as refused:
        call()
    return [text for texts in refused.value.errors.values() for text in texts]


WRONG: list[Callable[[], object]] = [
    lambda: checked(replace(USUAL, base_rate=FAR, daily_cap=FAR, grace_minutes=-1, overstay_percent=900)),
    lambda: checked(replace(USUAL, night_charge=NightCharge(0, 300, FAR))),
    lambda: checked(replace(USUAL, bands=(BAND,) * 51)),
    lambda: checked(replace(USUAL, slabs=SLABS, daily_cap=Decimal(1), bands=(Band("A", WEEK, 0, 60, Decimal(1)),))),
    lambda: demand.checked([DemandStep(0, 1), DemandStep(0, 2)]),
    lambda: demand.checked([DemandStep(number, 1) for number in range(6)]),
    lambda: refuse_wrong_code(CODE),
    lambda: refuse_wrong_code(replace(CODE, kind="MINUTES", value=Decimal("7.5"))),
    lambda: refuse_wrong_terms(SHOP),
    lambda: refuse_wrong_terms(replace(SHOP, value=FAR)),
    lambda: gift_of(replace(SHOP, gives="PURCHASE", value=None), None),
]


def test_every_bound_of_prices_is_said_in_hindi() -> None:
    said = {text for wrong in WRONG for text in _texts(wrong)} | {text for text in _windows() if text}
    assert len(said) == 28
    with translation.override("hi"):
        assert [text for text in said if field_sentence(text) == text] == []


@pytest.mark.parametrize(
    ("text", "english", "hindi"),
    [
        ("Between 0.00 and 100000.00", "Between 0.00 and 100000.00.", "0.00 और 100000.00 के बीच।"),
        ("1 to 20", "Between 1 and 20.", "1 और 20 के बीच।"),
        ("1 to 3 vehicles", "1 to 3 vehicles.", "1 से 3 गाड़ियाँ।"),
        (
            "Not before 2026-11-30: so far it is invoiced",
            "Not before 2026-11-30: so far it is invoiced.",
            "2026-11-30 से पहले नहीं: वहाँ तक का बिल बन चुका है।",
        ),
        (
            "Give a name of at most 40 characters",
            "Give a name of at most 40 characters.",
            "ज़्यादा से ज़्यादा 40 अक्षरों का नाम दें।",
        ),
        ("This filter cannot be kept", "This filter cannot be kept.", "यह फ़िल्टर सहेजा नहीं जा सकता।"),
        (
            "Give the number of the card that you checked",
            "Give the number of the card that you checked.",
            "जाँचे गए कार्ड का नंबर भरें।",
        ),
        ("This password is too common.", "This password is too common.", "This password is too common."),
    ],
)
def test_numbers_and_days_are_kept(text: str, english: str, hindi: str) -> None:
    assert field_sentence(text) == english
    with translation.override("hi"):
        assert field_sentence(text) == hindi


NUMBERS = {"token-site": "", "token-first": "5", "token-last": "2", "token-item": "VEHICLE"}
SLIPS = {"block": "1", "slip-site": "", "slip-name": "A", "slip-first": "5", "slip-last": "2"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "sent", "sentence"),
    [
        ("/office/tokens/", NUMBERS, "पहले नंबर से आगे का नंबर दें; एक बार में ज़्यादा से ज़्यादा 1000।"),
        ("/office/tokens/", SLIPS, "पहले नंबर से आगे का नंबर दें; एक बार में ज़्यादा से ज़्यादा 500।"),
        ("/office/views/sessions/save/", {"name": "\u200d", "unpaid": "on"}, "ज़्यादा से ज़्यादा 40 अक्षरों का नाम दें।"),
        ("/office/views/sessions/save/", {"name": "A", "q": "x\0"}, "यह फ़िल्टर सहेजा नहीं जा सकता।"),
    ],
)
def test_a_form_of_the_office_is_refused_in_hindi(
    admin: User, zone: ParkingZone, address: str, sent: dict[str, str], sentence: str
) -> None:
    browser = browser_of(admin)
    browser.cookies["django_language"] = "hi"
    assert sentence in text_of(browser.post(address, {key: value or str(zone.site_id) for key, value in sent.items()}))
