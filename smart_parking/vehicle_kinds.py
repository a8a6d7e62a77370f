"""The kinds of vehicle of an installation: those that ship, and the operator's from a file (docs/kinds.md)."""

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from parking.core.vehicle_kinds import SHIPPED, Kind

# Of the columns that keep a kind.
LONGEST_CODE = 12
MOST_KINDS = 30

# Slots that the machine gives. Accessible and VIP slots are given by a person.
Slot = Literal["CAR", "TWO_WHEELER", "EV", "BICYCLE", "LARGE"]
# Icons of `deploy/icons.txt` that show a vehicle.
Picture = Literal[
    "car", "motorbike", "plug-connected", "bike", "moped", "car-suv", "truck-delivery", "bus", "truck", "disabled"
]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=30)]
_CODE = TypeAdapter(Annotated[str, StringConstraints(pattern=f"^[A-Z][A-Z0-9_]{{1,{LONGEST_CODE - 1}}}$")])


def _each_once(slots: tuple[str, ...]) -> tuple[str, ...]:
    # Free slots are summed over these: one that is named twice would count twice.
    if len(set(slots)) < len(slots):
        raise ValueError("a slot is named twice")
    return slots


Slots = Annotated[tuple[Slot, ...], Field(min_length=1, max_length=5), AfterValidator(_each_once)]


class _Changed(BaseModel):
    """What a file says of a kind that ships."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    names: dict[str, Name] = {}
    slots: Slots | None = None
    picture: Picture | None = None


class _Added(_Changed):
    """What a file says of a kind of its own."""

    name: Name
    slots: Slots
    picture: Picture = "car"


def kinds_of(file: str) -> tuple[Kind, ...]:
    """Return the kinds in the order in which they are shown: those that ship, as `file` changes them, then its own.

    Raises ValueError in words where the file cannot be read or says something that is not known.
    """
    found = {kind.code: kind for kind in SHIPPED}
    for code, said in _tables(file).items():
        found[code] = _read(code, said, found.get(code))
    if len(found) > MOST_KINDS:
        raise ValueError(f"more than {MOST_KINDS} kinds")
    return tuple(found.values())


def _tables(file: str) -> Mapping[str, object]:
    if not file:
        return {}
    try:
        return tomllib.loads(Path(file).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ValueError(f"the file cannot be read: {error}") from None


def _read(code: str, said: object, shipped: Kind | None) -> Kind:
    try:
        if shipped is None:
            _CODE.validate_python(code)
            added = _Added.model_validate(said)
            return Kind(code, added.name, added.slots, added.picture, {"en": added.name} | added.names)
        changed = _Changed.model_validate(said)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, (code, *first["loc"])))
        raise ValueError(f"{place}: {first['msg'][:1].lower()}{first['msg'][1:]}") from None
    own = {"en": changed.name} if changed.name else {}
    values = {name: value for name in ("name", "slots", "picture") if (value := getattr(changed, name)) is not None}
    return replace(shipped, **values, names=own | changed.names)
