"""Templates of SMS as registered with the operators' ledger (DLT): exact texts with typed variables in their order.

An SMS whose text is not the registered one, letter by letter, is dropped on its way. So `problems_with` refuses a
template that does not fit its own variables at `make check`, and `filled` refuses values that do not fit at run time.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from parking.notifications.kinds import Kind, ValueType, known_kind


class DltType(StrEnum):
    """The types of variables, by their tag in a text."""

    NUMERIC = "numeric"
    ALPHANUMERIC = "alphanumeric"
    URL = "url"


@dataclass(frozen=True)
class Template:
    """A text as registered, for one kind of notice in one language; `variables` are values of the kind, in order."""

    kind: str
    language: str
    text: str
    variables: tuple[str, ...]

    @property
    def name(self) -> str:
        """Return what its number is set under: `booked.en`."""
        return f"{self.kind}.{self.language}"


class DoesNotFit(ValueError):
    """The values do not fit the registered text."""


_TAG = re.compile(r"\{#([a-z]+)#\}")
# A variable has at most so many characters; operators drop what is longer.
MOST_CHARACTERS = 30
_PATTERNS = {
    DltType.NUMERIC: re.compile(r"[0-9][0-9.,]*"),
    DltType.ALPHANUMERIC: re.compile(r"[^\s{}].*"),
    DltType.URL: re.compile(r"https://\S+"),
}
_TYPES = {
    ValueType.MONEY: {DltType.NUMERIC, DltType.ALPHANUMERIC},
    ValueType.NUMBER: {DltType.NUMERIC, DltType.ALPHANUMERIC},
    ValueType.TEXT: {DltType.ALPHANUMERIC},
    ValueType.PLATE: {DltType.ALPHANUMERIC},
    ValueType.TIME: {DltType.ALPHANUMERIC},
}

TEMPLATES: tuple[Template, ...] = (
    Template(
        "booked",
        "en",
        "Booked: {#alphanumeric#} at {#alphanumeric#}, slot {#alphanumeric#}. Please come by {#alphanumeric#}.",
        ("plate", "zone", "slot", "enter_by"),
    ),
    Template(
        "booked",
        "hi",
        "बुकिंग हुई: {#alphanumeric#}, {#alphanumeric#}, स्लॉट {#alphanumeric#}। कृपया {#alphanumeric#} तक आएँ।",
        ("plate", "zone", "slot", "enter_by"),
    ),
    Template(
        "left",
        "en",
        "{#alphanumeric#} left {#alphanumeric#}. The parking cost Rs {#numeric#}.",
        ("plate", "zone", "total"),
    ),
    Template(
        "left",
        "hi",
        "{#alphanumeric#} {#alphanumeric#} से बाहर गई। पार्किंग का शुल्क रु {#numeric#} रहा।",
        ("plate", "zone", "total"),
    ),
    Template(
        "slip_ticket",
        "en",
        "Parking of {#alphanumeric#}: {#alphanumeric#}, slot {#alphanumeric#}. Code at the exit: {#alphanumeric#}",
        ("plate", "zone", "slot", "code"),
    ),
    Template(
        "slip_ticket",
        "hi",
        "{#alphanumeric#} की पार्किंग: {#alphanumeric#}, स्लॉट {#alphanumeric#}। एग्ज़िट पर कोड: {#alphanumeric#}",
        ("plate", "zone", "slot", "code"),
    ),
    Template(
        "slip_receipt",
        "en",
        "{#alphanumeric#} left {#alphanumeric#} on {#alphanumeric#}. The parking cost Rs {#numeric#}."
        " Code: {#alphanumeric#}",
        ("plate", "zone", "at", "total", "code"),
    ),
    Template(
        "slip_receipt",
        "hi",
        "{#alphanumeric#} {#alphanumeric#} से {#alphanumeric#} को बाहर गई। शुल्क रु {#numeric#}। कोड: {#alphanumeric#}",
        ("plate", "zone", "at", "total", "code"),
    ),
)


def template_for(kind: str, language: str, templates: Iterable[Template] = TEMPLATES) -> Template | None:
    """Return the template of a kind in a language; in English where there is none in that."""
    found = {template.language: template for template in templates if template.kind == kind}
    return found.get(language) or found.get("en")


def tags_of(template: Template) -> list[str]:
    return _TAG.findall(template.text)


def named_twice(templates: Iterable[Template] = TEMPLATES) -> list[str]:
    """Return the names that several templates have: one number cannot be that of two texts."""
    counts = Counter(template.name for template in templates)
    return [name for name, count in counts.items() if count > 1]


def problems_with(template: Template) -> list[str]:
    """Return why a template cannot be sent, each in a sentence; none if it can."""
    kind, tags = known_kind(template.kind), tags_of(template)
    if kind is None:
        return [f"{template.name}: there is no kind of notice {template.kind}"]
    if "{" in _TAG.sub("", template.text):
        return [f"{template.name}: a brace is not part of a tag such as {{#numeric#}}"]
    if len(tags) != len(template.variables):
        return [f"{template.name}: the text has {len(tags)} variables, and {len(template.variables)} are named"]
    return [
        problem
        for tag, name in zip(tags, template.variables, strict=True)
        if (problem := _problem_with(template, kind, tag, name))
    ]


def _problem_with(template: Template, kind: Kind, tag: str, name: str) -> str:
    if name not in kind.values:
        return f"{template.name}: {kind.code} has no value {name}"
    if tag not in set(DltType):
        return f"{template.name}: {tag} is no type of a variable"
    if DltType(tag) not in _TYPES.get(kind.values[name], set()):
        return f"{template.name}: {name} is {kind.values[name]}, which does not fit {tag}"
    return ""


def filled(template: Template, values: Mapping[str, str]) -> str:
    """Return the text with its variables. Raises DoesNotFit."""
    words = iter(template.variables)

    def value(match: re.Match[str]) -> str:
        name = next(words, None)
        text = values.get(name or "", "").removeprefix("₹")
        if len(text) > MOST_CHARACTERS or not _PATTERNS[DltType(match[1])].fullmatch(text):
            raise DoesNotFit(f"{template.name}: {name}")
        return text

    if len(tags_of(template)) != len(template.variables):
        raise DoesNotFit(template.name)
    return _TAG.sub(value, template.text)
