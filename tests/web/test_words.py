"""How pages write money, times and refusals."""

import ast
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import translation

import parking
from parking.core.errors import NotFound, Refused
from parking.edge.wording import CATALOGUE, sentence_for
from parking.web.templatetags import parking as tags

FAMILIES = {"Refused", "NotFound", "Forbidden", "KeyReused", "TooMany", "Unauthenticated", "Unavailable"}
# Answers to gateways' own calls: no person reads them.
FOR_MACHINES = {("Unauthenticated", "webhook_forged")}


def codes_in_the_sources():
    for path in Path(parking.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in FAMILIES
                and node.args
            ):
                code = node.args[0]
                if isinstance(code, ast.Constant):
                    yield node.func.id, code.value


def test_every_refusal_is_in_the_catalogue_with_its_family():
    known = {(family.__name__, code) for family, sentences in CATALOGUE.items() for code in sentences}
    assert set(codes_in_the_sources()) - FOR_MACHINES - known == set()


def test_a_code_has_one_family():
    codes = [code for sentences in CATALOGUE.values() for code in sentences]
    assert sorted(codes) == sorted(set(codes))


def test_no_sentence_is_left_over():
    raised = {code for _family, code in codes_in_the_sources()} | codes_of_bad_input()
    assert {code for sentences in CATALOGUE.values() for code in sentences} - raised == set()


def codes_of_bad_input():
    """Bad input has a code of its own or that of all bad input."""
    calls = [
        node
        for path in Path(parking.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "InvalidInput"
    ]
    named = {ast.literal_eval(word.value) for call in calls for word in call.keywords if word.arg == "code"}
    return named | {"validation_error"}


def test_the_sentence_goes_by_the_code():
    assert sentence_for(Refused("zone_full", "anything")) == "This zone is full. Please try another one."
    assert sentence_for(NotFound("made_up", "The service's own words")) == "The service's own words"


@pytest.mark.parametrize(
    ("amount", "text"),
    [("0", "₹0"), ("100000", "₹1,00,000"), ("12345678.5", "₹1,23,45,678.50"), ("-50", "\N{MINUS SIGN}₹50")],
)
def test_rupees(amount, text):
    assert tags.rupees(Decimal(amount)) == text


def test_nothing_is_no_money():
    assert tags.rupees(None) == ""


def test_count():
    assert (tags.count(7), tags.count(1234567)) == ("7", "12,34,567")


TEN_PAST_FOUR = datetime(2026, 11, 22, 4, 40, 59, tzinfo=UTC)


def test_times_are_those_of_the_site():
    assert tags.moment(TEN_PAST_FOUR) == "22 Nov 2026, 10:10"
    assert (tags.day(TEN_PAST_FOUR), tags.clock_time(TEN_PAST_FOUR)) == ("22 Nov 2026", "10:10")


def test_months_are_in_the_readers_language():
    with translation.override("hi"):
        assert "2026" in tags.day(TEN_PAST_FOUR)
        assert "Nov" not in tags.day(TEN_PAST_FOUR)


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        (0, "0 min"),
        (59, "59 min"),
        (60, "1 h 0 min"),
        (125, "2 h 5 min"),
        (1440, "1 day"),
        (4320, "3 days"),
        (3100, "2 days 3 h"),
    ],
)
def test_duration(minutes, text):
    assert tags.duration(minutes) == text


def test_minutes_until_are_rounded_up_and_never_negative():
    assert tags.minutes_until(TEN_PAST_FOUR + timedelta(seconds=61), TEN_PAST_FOUR) == 2
    assert tags.minutes_until(TEN_PAST_FOUR - timedelta(seconds=1), TEN_PAST_FOUR) == 0


def test_words_for_codes():
    assert (tags.word("NO_SHOW"), tags.word("something new")) == ("No-show", "something new")
