"""Templates of SMS: what does not fit its own text is refused before anything is sent."""

from typing import Any

import pytest

from parking.notifications.channels import dlt
from parking.notifications.channels.dlt import TEMPLATES, DoesNotFit, Template, filled, problems_with, template_for
from parking.notifications.checks import check_templates

VARIABLES = ("plate", "zone", "total")
TEXT = "{#alphanumeric#} left {#alphanumeric#}. The parking cost Rs {#numeric#}."
VALUES = {"plate": "KA-01-AB-0001", "zone": "Zone A", "total": "₹1,250.00"}


def test_those_of_the_product_fit() -> None:
    assert check_templates() == []
    assert {template.language for template in TEMPLATES if template.kind == "booked"} == {"en", "hi"}


@pytest.mark.parametrize(
    ("kind", "text", "variables"),
    [
        ("lost", TEXT, VARIABLES),
        ("left", TEXT, VARIABLES[:2]),
        ("left", TEXT, ("plate", "zone", "colour")),
        ("left", TEXT.replace("Rs {#numeric", "Rs {#money"), VARIABLES),
        ("left", TEXT, ("total", "zone", "plate")),
        ("left", TEXT + " {plate}", VARIABLES),
    ],
)
def test_one_that_does_not_fit_is_refused(kind: str, text: str, variables: tuple[str, ...]) -> None:
    assert len(problems_with(Template(kind, "en", text, variables))) == 1


def test_two_of_the_same_name_and_numbers_of_none_are_told(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SMS_TEMPLATE_IDS = {"booked.en": "1107", "boked.hi": "1108"}
    monkeypatch.setattr(dlt, "TEMPLATES", (*TEMPLATES, TEMPLATES[0]))
    monkeypatch.setattr(dlt.named_twice, "__defaults__", (dlt.TEMPLATES,))
    assert [(found.id, found.msg) for found in check_templates()] == [
        ("notifications.E001", "booked.en: two templates have this name"),
        ("notifications.W001", "SMS_TEMPLATE_IDS: there is no template boked.hi"),
    ]


def test_the_text_is_the_registered_one_with_its_values() -> None:
    template = Template("left", "en", TEXT, VARIABLES)
    assert problems_with(template) == []
    assert filled(template, VALUES) == "KA-01-AB-0001 left Zone A. The parking cost Rs 1,250.00."


@pytest.mark.parametrize("wrong", [{"zone": "A" * 31}, {"zone": ""}, {"total": "free"}])
def test_values_that_do_not_fit_are_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(DoesNotFit):
        filled(Template("left", "en", TEXT, VARIABLES), VALUES | wrong)


def test_a_language_without_a_template_gets_english() -> None:
    found = template_for("left", "ta")
    assert found is not None and found.language == "en"
