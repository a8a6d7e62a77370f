"""The design components, and the page that shows them to developers."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.template import Context, Template
from django.test import Client
from django.utils import translation

from parking.core.clock import now
from parking.core.plate_words import plate_text
from parking.web.components import Bar, amount_text, span_text, spark_bars, time_text

HOME = Path(__file__).parents[2] / "parking" / "web" / "templates" / "web" / "components"


def drawn(text, **values):
    return Template("{% load parking components %}" + text).render(Context(values)).strip()


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "hi"])
def test_the_page_shows_every_component(settings, language):
    settings.DEBUG = True
    answer = Client().get("/design/", headers={"Accept-Language": language})
    assert answer.status_code == 200
    shown = {template.name for template in answer.templates}
    assert {f"web/components/{path.name}" for path in HOME.glob("*.html")} - shown == set()


@pytest.mark.django_db
def test_the_page_is_for_development():
    assert Client().get("/design/").status_code == 404


@pytest.mark.parametrize(
    ("amount", "text"),
    [("1250", "₹1,250"), ("1250.50", "₹1,250.50"), ("-80.00", "\N{MINUS SIGN}₹80"), ("1946280", "₹19,46,280")],
)
def test_amounts_have_paise_only_where_there_are_some(amount, text):
    assert amount_text(Decimal(amount)) == text
    assert f">{text}<" in drawn("{% money amount %}", amount=Decimal(amount))


def test_no_amount_is_nothing():
    assert drawn("{% money amount %}", amount=None) == ""


def test_times_are_said_as_people_do():
    present = datetime(2026, 11, 26, 14, 35, tzinfo=UTC)
    said = [time_text(present - timedelta(days=days, hours=5, minutes=5), present) for days in (0, 1, 3, 40, 400)]
    assert said == ["Today 09:30", "Yesterday 09:30", "Mon 09:30", "17 Oct, 09:30", "22 Oct 2025, 09:30"]
    with translation.override("hi"):
        assert time_text(present, present) == "आज 14:35"


def test_the_exact_time_is_in_the_tooltip():
    element = drawn("{% at time %}", time=now())
    assert 'title="' in element
    assert element.startswith("<time datetime=")


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(seconds=59), "0 min"),
        (timedelta(minutes=32), "32 min"),
        (timedelta(hours=4, minutes=50), "4 h"),
        (timedelta(days=1, hours=2), "1 day"),
        (timedelta(days=3), "3 days"),
    ],
)
def test_spans_have_one_unit(span, text):
    assert span_text(span) == text


def test_plates_stand_in_groups():
    assert plate_text("DL-01-AB-1234") == "DL 01 AB 1234"
    assert 'class="plate plate-large plate-ev"' in drawn('{% plate "KA-05" "large" "EV" %}')


def test_small_bars_fit_their_picture():
    assert spark_bars([1, 2, 4], same=1) == [
        Bar(0.0, 24.0, 30.0, 8.0, ""),
        Bar(32.0, 16.0, 30.0, 16.0, "same"),
        Bar(64.0, 0.0, 30.0, 32.0, "today"),
    ]
    assert spark_bars([]) == []


def test_what_people_typed_is_text():
    page = drawn('{% include "web/components/row.html" with title=name only %}', name="<b>&")
    assert "&lt;b&gt;&amp;" in page
