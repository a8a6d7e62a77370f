"""Numbers of the tax register: each form, its check digit, and what is said of a wrong one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parking.invoices.gstin import (
    Fault,
    FaultKind,
    Holder,
    cleaned,
    fault_of,
    holder_of,
    place_of_supply,
    state_tax_name,
)

# Those of published examples, and invented ones whose check digit was computed apart from our code.
NUMBERS = {
    "27AAPFU0939F1ZV": Holder.TAXPAYER,  # a firm
    "29AAGCB7383J1Z4": Holder.TAXPAYER,  # a company
    "24AAUPV7468F1ZW": Holder.TAXPAYER,  # a person
    "29ABCDE1234F1ZW": Holder.TAXPAYER,
    "97AAPFU0939F1ZO": Holder.TAXPAYER,  # other territory
    "07DELA12345B1Z5": Holder.DEPARTMENT,
    "07DELA12345B1DE": Holder.TAX_DEDUCTOR,
    "29AAGCB7383J1DD": Holder.TAX_DEDUCTOR,
    "29AABCF8078M1C8": Holder.TAX_COLLECTOR,
    "0717UNO00157UNO": Holder.UN_BODY,
    "0717USA12345NRO": Holder.NON_RESIDENT,
    "9917SGP29001OST": Holder.ONLINE_SERVICE_ABROAD,
}


@pytest.mark.parametrize(("text", "holder"), NUMBERS.items())
def test_every_form_is_known_by_its_check_digit(text, holder):
    assert holder_of(text) is holder
    others = [text[:14] + sign for sign in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ" if sign != text[14]]
    assert all(fault_of(other) for other in others)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "A GSTIN has 15 characters; this has 0"),
        ("27AAPFU0939F1Z", "A GSTIN has 15 characters; this has 14"),
        ("2OAAPFU0939F1ZV", "Character 2 must be a digit, not O"),
        ("27AA9FU0939F1ZV", "Character 5 must be a letter, not 9"),
        ("27AAPFU0939F0ZV", "Character 13 must be a letter or a digit from 1, not 0"),
        ("27AAPFU0939F1XV", "Character 14 must be Z, not X"),
        ("0717UNO00157XNO", "Character 13 must be U or O, not X"),
        ("9917SGP29001XST", "Character 13 must be O, not X"),
        ("39AAPFU0939F1ZV", "Characters 1 and 2 must be the code of a State, not 39"),
        ("99AAPFU0939F1ZV", "Characters 1 and 2 must be the code of a State, not 99"),
        (
            "27AAPFU0939F1ZW",
            "Character 15 must be V after these fourteen, not W: one of the fifteen is wrong",
        ),
        ("27aapfu0939f1zv", "Character 3 must be a letter, not a"),
        ("२७AAPFU0939F1ZV", "Character 1 must be a digit, not २"),
    ],
)
def test_what_is_wrong_is_said_by_its_place(text, sentence):
    fault = fault_of(text)
    assert fault and fault.sentence == sentence


def test_a_fault_names_what_was_found_and_what_belongs_there():
    assert fault_of("27AAPFU0939F1ZW") == Fault(FaultKind.CHECK, 15, "W", "V")


@given(st.sampled_from(list(NUMBERS)), st.integers(0, 14), st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
def test_one_wrong_character_is_always_noticed(text, place, sign):
    changed = text[:place] + sign + text[place + 1 :]
    assert (fault_of(changed) is None) is (changed == text)


def test_what_people_type_is_cleaned():
    assert cleaned(" 27aapfu 0939-f1zv\n") == "27AAPFU0939F1ZV"


@given(st.text(max_size=20))
def test_no_text_is_too_strange(text):
    fault_of(text)


def test_the_states_half_has_its_name():
    assert (state_tax_name("29"), state_tax_name("07"), state_tax_name("04")) == ("SGST", "SGST", "UTGST")
    assert (place_of_supply("29"), place_of_supply("")) == ("Karnataka (29)", "")
