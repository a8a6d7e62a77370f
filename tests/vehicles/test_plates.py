"""Number plates: how they are read, shown and matched."""

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from parking.vehicles.plates import STATES, InvalidPlateError, Plate, endings, read_plate, readings, search_key

# What a person or a camera writes, what is shown, under which key the spellings meet.
READ = [
    # The standard form of A3
    ("DL 01 ab 1234", "DL-01-AB-1234", "DL01AB1234"),
    ("DL-01-AB-1234", "DL-01-AB-1234", "DL01AB1234"),
    ("dl01ab1234", "DL-01-AB-1234", "DL01AB1234"),
    ("  DL.01/AB_1234  ", "DL-01-AB-1234", "DL01AB1234"),
    ("KA-05-MK-7", "KA-05-MK-7", "KA05MK0007"),
    ("KA 5 MK 0007", "KA-5-MK-0007", "KA05MK0007"),
    ("DL 1 C AB 1234", "DL-1-CAB-1234", "DL01CAB1234"),
    ("MH 12 1234", "MH-12-1234", "MH121234"),
    # BH series, vintage, diplomatic, before 1989
    ("22 BH 1234 A", "22-BH-1234-A", "22BH1234A"),
    ("22bh1234aa", "22-BH-1234-AA", "22BH1234AA"),
    ("MH VA AB 1234", "MH-VA-AB-1234", "MHVAAB1234"),
    ("77 CD 1", "77-CD-1", "77CD1"),
    ("102 UN 5", "102-UN-5", "102UN5"),
    ("MMA 1234", "MMA-1234", "MMA1234"),
    # Temporary marks, trade certificates, the armed forces
    ("T 0820 KA 1234 AB", "T-0820-KA-1234-AB", "T0820KA1234AB"),
    ("T1223DL0123A", "T-1223-DL-0123-A", "T1223DL0123A"),
    ("t-0820-ka-34-ab", "T-0820-KA-34-AB", "T0820KA0034AB"),
    ("KA 01 C 1234 TC 0001", "KA-01-C-1234-TC-0001", "KA01C1234TC0001"),
    ("KA01C1234TC1", "KA-01-C-1234-TC-1", "KA01C1234TC0001"),
    ("T 0622 KA 0001", "T-0622-KA-0001", "T0622KA0001"),
    ("03D153874", "03-D-153874", "03D153874"),
    ("↑ 03 D 153874 H", "03-D-153874-H", "03D153874H"),
    # Without letters between the numbers separators count where they are given
    ("ML 5 1234", "ML-05-1234", "ML051234"),
    ("ML-05-1234", "ML-05-1234", "ML051234"),
    ("ML051234", "ML-05-1234", "ML051234"),
    ("ML 51 234", "ML-51-234", "ML510234"),
    ("ML5 1234", "ML-05-1234", "ML051234"),
    ("ML51", "ML-05-1", "ML050001"),
    ("IND ML 5 1234", "ML-05-1234", "ML051234"),
    # Digits of any script
    ("DL ०१ AB १२३४", "DL-01-AB-1234", "DL01AB1234"),
    ("ＤＬ０１ＡＢ１２３４", "DL-01-AB-1234", "DL01AB1234"),
    ("DL01AB١٢٣٤", "DL-01-AB-1234", "DL01AB1234"),
    # IND beside the number of a high-security plate
    ("IND DL01AB1234", "DL-01-AB-1234", "DL01AB1234"),
    ("IND 22BH1234A", "22-BH-1234-A", "22BH1234A"),
    # Full-width letters (NFKC)
    ("ＤＬ０１ＡＢ１２３４", "DL-01-AB-1234", "DL01AB1234"),
    # No format that we know, taken all the same
    ("XX99ZZ9999", "XX99ZZ9999", "XX99ZZ9999"),
    ("22 BH 1234 IO", "22BH1234IO", "22BH1234IO"),
    ("A001", "A001", "A001"),
    ("1234", "1234", "1234"),
    ("DL 01 AB 0000", "DL01AB0000", "DL01AB0000"),
    ("123456789012345", "123456789012345", "123456789012345"),
]


@pytest.mark.parametrize(("text", "shown", "match_key"), READ)
def test_a_plate_is_read_shown_and_matched(text: str, shown: str, match_key: str) -> None:
    assert read_plate(text) == Plate(shown=shown, match_key=match_key)


REFUSED = {
    "nothing": "",
    "separators alone": " - ./ ",
    "too short": "AB1",
    "too long": "ABCDEFG123456789",
    "no digit": "ABCDEF",
    "letters of another script": "दि०१एबी१२३४",
    "one letter of another script": "DL01АB1234",
    "punctuation": "!!!!",
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_plate_is_refused(text: str) -> None:
    with pytest.raises(InvalidPlateError):
        read_plate(text)


def test_spellings_of_one_plate_meet() -> None:
    spellings = ["DL 1 AB 7", "DL-01-AB-0007", "dl01ab007", "IND DL 01 AB 7"]
    assert {read_plate(text).match_key for text in spellings} == {"DL01AB0007"}


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("dl 1 ab 1234", {"DL01AB1234"}),
        ("ML51234", {"ML510234", "ML051234"}),
        ("ML 51 234", {"ML510234"}),
        ("ML 5 1234", {"ML051234"}),
        ("ML051234", {"ML051234"}),
        ("???", set()),
        ("दि०१एबी१२३४", set()),
    ],
)
def test_a_plate_written_in_one_may_have_two_readings(text: str, keys: set[str]) -> None:
    assert readings(text) == keys


def test_a_part_of_a_plate_is_searched_without_separators() -> None:
    assert search_key("ab-12 34") == "AB1234"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ab 12", {"AB12", "AB0012"}), ("AB-0012", {"AB0012"}), ("1234", {"1234"}), ("12", {"12"}), ("AB", {"AB"}),
        ("22 BH 1234 A", {"22BH1234A"}), ("", {""}),
    ],
)  # fmt: skip
def test_the_end_of_a_plate_with_and_without_the_zeros_of_its_number(text: str, found: set[str]) -> None:
    assert endings(text) == found


# --- For every plate ---------------------------------------------------------------------------------

STANDARD = st.tuples(
    st.sampled_from(STATES.split("|")),
    st.integers(1, 99),
    st.from_regex(r"\A[A-Z]{0,3}\Z"),
    st.integers(1, 9999),
)


@given(parts=STANDARD, padded=st.booleans(), separator=st.sampled_from(["", " ", "-", "."]))
def test_padding_and_separators_do_not_matter(parts: tuple[str, int, str, int], padded: bool, separator: str) -> None:
    state, office, series, number = parts
    # Without letters in between, the borders between the numbers are a matter of padding.
    assume(series)
    office_text, number_text = (f"{office:02d}", f"{number:04d}") if padded else (str(office), str(number))
    assume(len(f"{state}{office_text}{series}{number_text}") >= 4)
    read = read_plate(separator.join((state, office_text, series, number_text)))
    assert read.match_key == f"{state}{office:02d}{series}{number:04d}"


@given(text=st.text(max_size=30))
def test_any_text_is_read_or_refused_and_reading_again_changes_nothing(text: str) -> None:
    try:
        read = read_plate(text)
    except InvalidPlateError:
        return
    assert re.fullmatch(r"[A-Z0-9]{4,18}", read.match_key)
    assert re.fullmatch(r"[A-Z0-9-]{4,21}", read.shown)
    assert read.match_key in readings(text)
    assert read_plate(read.shown) == read


@given(text=st.from_regex(r"\A[A-Z]{2,4}[0-9]{1,4}[A-Z0-9]{0,6}\Z"))
def test_four_to_fifteen_letters_and_digits_are_always_taken(text: str) -> None:
    assume(4 <= len(text) <= 15 and not text.startswith("IND"))
    assert read_plate(text).match_key
