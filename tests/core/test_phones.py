"""Phone numbers as networks dial them."""

import pytest

from parking.core.phones import international_digits, whole_number


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("98765 43210", "919876543210"),
        ("098765-43210", "919876543210"),
        ("+91 98765 43210", "919876543210"),
        ("919876543210", "919876543210"),
        # Ten digits with those of another country: no number in India.
        ("+65 9123 4567", "6591234567"),
        ("0065 9123 4567", "6591234567"),
        ("+1 (555) 123-4567", "15551234567"),
        ("2345 6789", None),
        ("+12345", None),
        ("", None),
    ],
)
def test_a_number_with_its_country(typed: str, digits: str | None) -> None:
    assert international_digits(typed) == digits


@pytest.mark.parametrize(
    ("typed", "last"),
    [
        ("9876543210", "9876543210"),
        ("+91 (98765) 432-10", "9876543210"),
        ("09876543210", "9876543210"),
        ("987654321", None),
        ("98765432101234567 8", None),
        ("9876543210@mail.example", None),
        ("\u0967876543210", None),
        ("", None),
    ],
)
def test_a_text_is_a_whole_number(typed: str, last: str | None) -> None:
    assert whole_number(typed) == last
