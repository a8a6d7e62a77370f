"""QR codes, order numbers, and references that are an integer or a UUID."""

import re
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parking.core.ids import (
    CROCKFORD,
    MAX_ID,
    Ref,
    new_order_id,
    new_qr_code,
    new_refund_id,
    parse_ref,
    read_qr_code,
)

CODE = "QR-7K3M9QX2T0ZC"
ID = "7d9f2c1e-5b1a-4e0f-9c57-3f3a0a8f6d21"


def test_a_qr_code_is_qr_and_twelve_characters() -> None:
    codes = {new_qr_code() for _ in range(200)}
    assert len(codes) == 200
    assert all(re.fullmatch(rf"QR-[{CROCKFORD}]{{12}}", code) for code in codes)


def test_the_alphabet_is_crockford_s() -> None:
    assert (len(CROCKFORD), set("ILOU") & set(CROCKFORD)) == (32, set())


@pytest.mark.parametrize(
    "text",
    [
        CODE,
        CODE.lower(),
        f"  {CODE}\n",
        f"{CODE}.eyJhbGciOiJFZERTQSJ9",
        f"{CODE} https://parking.example/{CODE}",
        "qr-7k3m9qx2tozc",
        "QR-7K3M9QX2TOZC",
        f"https://parking.example/r/{CODE}",
        f"]Q1HTTP://127.0.0.1:8000/R/{CODE}",
        f"]Q1{CODE}",
        f"]q0{CODE}.eyJhbGciOiJFZERTQSJ9",
        f"\ufeff{CODE}",
        f"ï»¿{CODE}",
        f"]Q1\ufeff {CODE}\t",
        f"\x02\u200b{CODE}\x03",
    ],
)
def test_a_code_is_read_from_the_beginning_of_what_was_scanned(text: str) -> None:
    assert read_qr_code(text) == CODE


def test_look_alikes_are_read_as_digits() -> None:
    assert read_qr_code("QR-ILOilo111000") == "QR-110110111000"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "QR-",
        CODE[:-1],
        "7K3M9QX2T0ZC",
        f"x{CODE}",
        f"]Q{CODE}",
        "]Q1",
        "QR-7K3M9QX2T0Z!",
        "QR-UUUUUUUUUUUU",
        "OR-7K3M9QX2T0ZC",
        f"https://parking.example/s/{CODE}",
        f"https://parking.example/x/r/{CODE}",
        f"parking.example/r/{CODE}",
    ],
)
def test_what_does_not_begin_with_a_code_is_none(text: str) -> None:
    assert read_qr_code(text) is None


@given(st.text())
def test_reading_any_text_gives_a_code_or_none(text: str) -> None:
    code = read_qr_code(text)
    assert code is None or re.fullmatch(rf"QR-[{CROCKFORD}]{{12}}", code)


@given(st.text(alphabet=CROCKFORD, min_size=12, max_size=12), st.text())
def test_every_code_is_found_whatever_follows(characters: str, tail: str) -> None:
    assert read_qr_code(f"QR-{characters}{tail}") == f"QR-{characters}"


def test_numbers_of_orders_and_refunds_fit_every_gateway() -> None:
    assert re.fullmatch(rf"PK-[{CROCKFORD}]{{20}}", new_order_id())
    assert re.fullmatch(rf"RF-[{CROCKFORD}]{{20}}", new_refund_id())


# --- References --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "ref"),
    [
        (0, Ref(pk=0)),
        (123, Ref(pk=123)),
        ("123", Ref(pk=123)),
        ("0000000000000000007", Ref(pk=7)),
        (MAX_ID, Ref(pk=MAX_ID)),
        (str(MAX_ID), Ref(pk=MAX_ID)),
        (ID, Ref(uuid=UUID(ID))),
        (ID.upper(), Ref(uuid=UUID(ID))),
    ],
)
def test_an_integer_or_a_uuid_is_a_reference(value: object, ref: Ref) -> None:
    assert parse_ref(value) == ref


REFUSED = {
    "true": True,
    "false": False,
    "null": None,
    "negative": -1,
    "float": 1.0,
    "list": [1],
    "object": {"pk": 1},
    "empty": "",
    "too large": MAX_ID + 1,
    "too large, in digits": str(MAX_ID + 1),
    "far too large": "9" * 40,
    "sign": "+1",
    "space": " 1",
    "underscore": "1_0",
    "Devanagari digits": "१२३",
    "braces": f"{{{ID}}}",
    "braces instead of hyphens": "{7d9f2c1e-5b1a4e0f-9c573f3a0a8f6d21}",
    "urn": f"urn:uuid:{ID}",
    "urn instead of hyphens": "urn:" + ID.replace("-", ""),
    "without hyphens": ID.replace("-", ""),
    "hyphens elsewhere": "7d9f2c1e5-b1a-4e0f-9c57-3f3a0a8f6d21",
    "no hexadecimal digit": ID.replace("7", "g"),
    "Devanagari digits in a UUID": ID.replace("7", "७"),
    "null byte": "1\x00",
    "lone surrogate": "\ud800",
}


@pytest.mark.parametrize("value", REFUSED.values(), ids=REFUSED.keys())
def test_anything_else_is_no_reference(value: object) -> None:
    with pytest.raises(ValueError, match="integer id or a UUID"):
        parse_ref(value)


@given(st.integers(0, MAX_ID) | st.uuids().map(str))
def test_every_reference_finds_by_what_it_names(value: int | str) -> None:
    found = parse_ref(value).lookup()
    assert found == ({"pk": value} if isinstance(value, int) else {"uuid": UUID(value)})
