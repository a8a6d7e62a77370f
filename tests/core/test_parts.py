"""Texts found by any part of them, the same on both databases: row by row, and by the index of accounts."""

import pytest
from django.db.models.functions import Upper
from hypothesis import given
from hypothesis import strategies as st

from parking.accounts.models import User
from parking.core import clock
from parking.core.parts import HasPart

pytestmark = pytest.mark.django_db

NAMES = ["Asha Rao", "R. D'Souza 100%", "आशा राव", "o_o", "back\\slash", "Åse Ø", "ab", "a", ""]


@pytest.fixture
def people() -> None:
    User.objects.bulk_create(
        User(username=f"u{number}", first_name=name, password="!", date_joined=clock.now())
        for number, name in enumerate(NAMES)
    )


def found(text: str, *columns: str) -> list[str]:
    rows = User.objects.filter(HasPart(text, *columns)).order_by("pk")
    return list(rows.values_list("first_name", flat=True))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("asha", ["Asha Rao"]),
        ("A R", ["Asha Rao"]),
        ("souza", ["R. D'Souza 100%"]),
        ("0%", ["R. D'Souza 100%"]),
        ("_", ["o_o"]),
        ("k\\s", ["back\\slash"]),
        ("राव", ["आशा राव"]),
        ("AB", ["ab"]),
        ("abc", []),
        ("o_", ["o_o"]),
    ],
)
def test_a_part_in_any_letter_case(people: None, text: str, names: list[str]) -> None:
    assert found(text, "first_name") == names


def test_any_of_several_columns_and_no_text_across_two(people: None) -> None:
    assert found("u0", "username", "first_name") == ["Asha Rao"]
    assert found("souza", "username", "first_name") == ["R. D'Souza 100%"]
    assert found("u0A", "username", "first_name") == []


OF_ACCOUNTS = ("username", "first_name", "last_name", "email", "phone")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("asha", ["Asha Rao"]),
        ("RA", ["Asha Rao"]),
        ("o", ["Asha Rao", "R. D'Souza 100%", "o_o"]),
        ("o_", ["o_o"]),
        ("100%", ["R. D'Souza 100%"]),
        ("0%", ["R. D'Souza 100%"]),
        ("D'S", ["R. D'Souza 100%"]),
        ("k\\s", ["back\\slash"]),
        ("राव", ["आशा राव"]),
        ("शा", ["आशा राव"]),
        ("åse", ["Åse Ø"]),
        ("ÅS", ["Åse Ø"]),
        (" ø", ["Åse Ø"]),
        ("ase", []),  # a letter with a mark is another letter
        ("os", []),
        ('"', []),
        ('a" OR "b', []),
        ("as*", []),
        ("u0", ["Asha Rao"]),
        ("u0A", []),
    ],
)
def test_what_the_index_of_accounts_finds(people: None, text: str, names: list[str]) -> None:
    assert found(text, *OF_ACCOUNTS) == names


@pytest.mark.sql
@given(st.text(st.sampled_from("ab%_\\ '\"Åअ*"), max_size=5))
def test_the_index_finds_what_comparing_row_by_row_finds(text: str) -> None:
    names = ["abab", "%a_", "b\\a'", "Åअa b", "'% ' _", 'a"b*', ""]
    User.objects.all().delete()
    User.objects.bulk_create(
        User(username=str(number), first_name=name, password="!", date_joined=clock.now())
        for number, name in enumerate(names)
    )
    assert found(text, *OF_ACCOUNTS) == [name for name in names if text.upper() in name.upper()]


@pytest.mark.sql
@given(st.text(st.sampled_from("ab%_\\ 'Åअ"), max_size=5))
def test_the_same_as_comparing_row_by_row(text: str) -> None:
    names = ["abab", "%a_", "b\\a'", "Åअa b", "'% ' _", ""]
    User.objects.all().delete()
    User.objects.bulk_create(
        User(username=f"v{number}", first_name=name, password="!", date_joined=clock.now())
        for number, name in enumerate(names)
    )
    plain = User.objects.annotate(big=Upper("first_name")).filter(first_name__icontains=text).order_by("pk")
    assert found(text, "first_name") == list(plain.values_list("first_name", flat=True))
