"""What is answered: a shape declares its fields, reads them from what it shows, and brings its example."""

from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict


def _describe_as_sent(schema: dict[str, Any], shape: "type[Shape]") -> None:
    """Give the fields of a description the names that they have in JSON."""
    if not shape.named:
        return
    schema["properties"] = {shape.named.get(name, name): field for name, field in schema["properties"].items()}
    schema["required"] = [shape.named.get(name, name) for name in schema["required"]]


class Shape(BaseModel):
    """An answer, or a part of one.

    `example` is shown in the description. A shape is built without validation, because its values come from our own
    models; the tests hold every answer against the description.
    """

    model_config = ConfigDict(json_schema_extra=_describe_as_sent)

    example: ClassVar[dict[str, Any]]
    # Fields whose names in JSON are words of Python, such as `from`.
    named: ClassVar[dict[str, str]] = {}
    _names: ClassVar[tuple[str, ...]]
    _required: ClassVar[tuple[str, ...]]

    @classmethod
    def __pydantic_init_subclass__(cls, **_kwargs: Any) -> None:
        cls._names = tuple(cls.model_fields)
        cls._required = tuple(name for name, field in cls.model_fields.items() if field.is_required())

    @classmethod
    def make(cls, **values: Any) -> Self:
        """Return the shape with these values; a field with a default that is not among them is left out."""
        fields = {name: values[name] for name in cls._names if name in values}
        shape = cls.__new__(cls)
        # As `model_construct`, which asks each field for aliases and defaults that no shape has or sends.
        object.__setattr__(shape, "__dict__", fields)
        object.__setattr__(shape, "__pydantic_fields_set__", set(fields))
        object.__setattr__(shape, "__pydantic_extra__", None)
        object.__setattr__(shape, "__pydantic_private__", None)
        return shape

    @classmethod
    def read(cls, source: object, **others: Any) -> Self:
        """Return the shape of `source`: `others` by their names, the other fields from its attributes of their name."""
        own = {name: getattr(source, name) for name in cls._required if name not in others}
        return cls.make(**own, **others)

    def sent(self) -> dict[str, Any]:
        """Return the fields that are sent: those that were set."""
        if self.named:
            return {self.named.get(name, name): value for name, value in self.__dict__.items()}
        return self.__dict__
