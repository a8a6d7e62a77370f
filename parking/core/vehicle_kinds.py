"""The kinds of vehicle of this installation: nine ship, and the settings install the operator's (docs/kinds.md)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Kind:
    """A kind: its name in English, the slots that it may take (the best fitting first), its icon.

    `names` are the operator's names by code of language; without one, pages have their own word for what ships.
    """

    code: str
    name: str
    slots: tuple[str, ...]
    picture: str
    names: Mapping[str, str] = field(default_factory=dict)


SHIPPED = (
    Kind("CAR", "Car", ("CAR",), "car"),
    Kind("TWO_WHEELER", "Two-wheeler", ("TWO_WHEELER",), "motorbike"),
    Kind("EV", "Electric car", ("EV", "CAR"), "plug-connected"),
    Kind("BICYCLE", "Bicycle", ("BICYCLE", "TWO_WHEELER"), "bike"),
    Kind("AUTO", "Auto-rickshaw", ("CAR",), "moped"),
    Kind("TAXI", "Taxi", ("CAR",), "car-suv"),
    Kind("LCV", "Light goods vehicle", ("LARGE", "CAR"), "truck-delivery"),
    Kind("BUS", "Bus", ("LARGE",), "bus"),
    Kind("TRUCK", "Truck", ("LARGE",), "truck"),
)

# By code, in the order in which they are shown.
KINDS: dict[str, Kind] = {kind.code: kind for kind in SHIPPED}


def install(kinds: Iterable[Kind]) -> None:
    """Let these be the kinds. Called once, by the settings, before any module takes them over."""
    KINDS.clear()
    KINDS.update((kind.code, kind) for kind in kinds)


def own_name(code: str, language: str) -> str:
    """Return the operator's name of a kind in a language, or else in English; empty where pages have their own word."""
    kind = KINDS.get(code)
    return "" if kind is None else kind.names.get(language) or kind.names.get("en", "")
