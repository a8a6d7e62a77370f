"""Texts that come in hold nothing that PostgreSQL cannot keep."""

import importlib
import pkgutil
from collections.abc import Iterator
from operator import getitem
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

import parking.api
from parking.api.shapes.exempting import PhotoNote
from parking.edge.describe import Ok, Page
from parking.edge.shapes import Shape

# Texts that are compared in memory alone: no statement has them.
_NOT_STORED = {"refresh", "access", "token"}


def _models(of: type[BaseModel] = BaseModel) -> Iterator[type[BaseModel]]:
    for model in of.__subclasses__():
        if not issubclass(model, (Ok, Page, Shape)):
            yield model
            yield from _models(model)


def _fields() -> list[tuple[str, FieldInfo]]:
    """Return the fields of all bodies, forms and queries of calls, by their names."""
    for module in pkgutil.walk_packages(parking.api.__path__, "parking.api."):
        importlib.import_module(module.name)
    found = {
        f"{model.__module__}.{model.__name__}.{name}": field
        for model in _models()
        for name, field in model.model_fields.items()
        if model.__module__.startswith("parking.api.") and name not in _NOT_STORED
    }
    return sorted(found.items())


def test_no_field_of_a_call_takes_a_null_character() -> None:
    fields = _fields()
    assert len(fields) > 200
    taken = [name for name, field in fields for text in ("\x00", "a\x00b", ["\x00"]) if _takes(field, text)]
    assert taken == []


def _takes(field: FieldInfo, value: Any) -> bool:
    rule: Any = getitem(Annotated, (field.annotation, *field.metadata)) if field.metadata else field.annotation
    try:
        TypeAdapter(rule).validate_python(value, strict=True)
    except (ValidationError, ValueError):
        return False
    return True


def test_the_note_of_a_photo_takes_none_either() -> None:
    """It is a field of a form with a file, which no model names."""
    with pytest.raises(ValidationError):
        TypeAdapter(PhotoNote).validate_python("a\x00b")
