"""Codes that sites of an older database get from their names."""

import importlib

import pytest

code_of = importlib.import_module("parking.facilities.migrations.0003_code_sites").code_of


@pytest.mark.parametrize(
    ("name", "taken", "code"),
    [
        ("Connaught Place", set(), "CP"),
        ("Main car park", set(), "MCP"),
        ("Airport", set(), "AIR"),
        ("Airport", {"AIR"}, "AIRA"),
        ("A", set(), "AXX"),
        ("हवाई अड्डा", set(), "XXX"),
        ("A B C D E F G H", {"ABCDEF"}, "ABCDEA"),
    ],
)
def test_a_code_comes_from_the_name(name: str, taken: set[str], code: str) -> None:
    assert code_of(name, taken) == code
