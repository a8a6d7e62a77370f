"""Phone numbers as networks dial them, and how an index finds them, which are kept as they were typed."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, Func
from django.db.models.sql.compiler import SQLCompiler

# What a typed number may have beside digits.
_BETWEEN = "+ -()"
# A number in India without its country.
_IN_INDIA = 10
_INDIA = "91"
# Country and number together, in the smallest countries.
_LEAST_ABROAD = 8
# Two zeros, country and number.
_LONGEST = 17


def international_digits(text: str) -> str | None:
    """Return the digits of a number with those of its country first; None for what is too short to be whole.

    What begins with + or 00 names its country; ten digits are a number in India.
    """
    digits = "".join(letter for letter in text if letter.isascii() and letter.isdigit())
    has_country = text.lstrip().startswith("+") or digits.startswith("00")
    digits = digits.lstrip("0")
    if not has_country and len(digits) == _IN_INDIA:
        return _INDIA + digits
    is_whole = len(digits) >= (_LEAST_ABROAD if has_country else _IN_INDIA)
    return digits if is_whole else None


class LastDigits(Func):
    """The last ten digits of a column of phones: a number has the same with its country and without.

    Signs are written out: SQLite takes an index only for an expression without parameters.
    """

    output_field = CharField()
    arity = 1

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, *_none: Any, **_more: Any) -> Any:
        """Return the expression for PostgreSQL or SQLite."""
        bare, params = compiler.compile(self.get_source_expressions()[0])
        for sign in _BETWEEN:
            bare = f"REPLACE({bare}, '{sign}', '')"
        is_sqlite = connection.vendor == "sqlite"
        return f"SUBSTR({bare}, -{_IN_INDIA})" if is_sqlite else f"RIGHT({bare}, {_IN_INDIA})", params


def whole_number(text: str) -> str | None:
    """Return the last ten digits of a text that is a whole phone number; None for any other text."""
    bare = text.translate(dict.fromkeys(map(ord, _BETWEEN)))
    is_number = bare.isascii() and bare.isdigit() and _IN_INDIA <= len(bare) <= _LONGEST
    return bare[-_IN_INDIA:] if is_number else None
