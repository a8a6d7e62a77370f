"""Lines of bills, as pages name them."""

import pytest
from django.utils import translation

from parking.web.bill_words import beginning_in_words


@pytest.mark.parametrize(
    ("label", "hindi"),
    [
        ("Parking", "पार्किंग"),
        ("Parking, Morning", "पार्किंग, Morning"),
        ("Daily maximum", "दैनिक अधिकतम"),
        ("Overstay +50 %", "तय समय से ज़्यादा +50 %"),
        ("Parkings", "Parkings"),
        ("Tow", "Tow"),
    ],
)
def test_a_label_begins_in_the_readers_language_and_names_stay(label: str, hindi: str) -> None:
    with translation.override("en"):
        assert beginning_in_words(label) == label
    with translation.override("hi"):
        assert beginning_in_words(label) == hindi
