"""Finding a text by any part of it, in any letter case.

PostgreSQL finds it by an index on the parts of two and three signs of each text (`add_parts_index`), and needs no
extension for it, because lists of texts have indexes of their own. SQLite finds it by FTS5 (`trigrams.py`); where it
was built without, it compares row by row, and there large and small letters are the same in English alone.
"""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, Func, QuerySet
from django.db.models.sql.compiler import SQLCompiler

from parking.core import trigrams
from parking.core.trigrams import BETWEEN

# Shorter texts have no part in an index.
SHORTEST = 2
# A text that at most so many rows have is looked up by itself, before the list that is narrowed by it.
MANY = 2000

# The parts of a text, of two and three signs; and those that a text must have that contains the wanted one.
MAKE_FUNCTIONS = """
CREATE OR REPLACE FUNCTION parking_parts(value text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT array_agg(DISTINCT substr(value, place, width))
    FROM generate_series(1, length(value) - 1) AS place, (VALUES (2), (3)) AS widths (width)';
CREATE OR REPLACE FUNCTION parking_parts_of_wanted(value text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT CASE WHEN length(value) < 3 THEN ARRAY[value] ELSE
    (SELECT array_agg(DISTINCT substr(value, place, 3)) FROM generate_series(1, length(value) - 2) AS place) END';
"""
DROP_FUNCTIONS = "DROP FUNCTION parking_parts(text); DROP FUNCTION parking_parts_of_wanted(text);"


def few_ids(rows: "QuerySet[Any]", column: str = "pk") -> list[int] | None:
    """Return the ids of these rows, None if they are more than `MANY`.

    In no order: sorted, and cut after a page, PostgreSQL would rather walk all rows and compare each of them.
    """
    ids = list(rows.order_by().values_list(column, flat=True)[: MANY + 1])
    return ids if len(ids) <= MANY else None


class HasPart(Func):
    """The condition that one of these columns has `text` in it, in any letter case.

    With `common`, PostgreSQL compares row by row too: who walks through a list in its order wants the index of the
    order, and the planner takes a text with all parts for a rarity.
    """

    output_field = BooleanField()
    conditional = True

    def __init__(self, text: str, *columns: str, common: bool = False) -> None:
        super().__init__(*(F(column) for column in columns))
        self.text = text
        self.common = common

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_more: Any) -> Any:
        """Return the condition that goes by FTS5, or compares row by row where no index has the columns or the sign."""
        columns = self.get_source_expressions()
        if len(self.text) >= SHORTEST and (found := trigrams.condition(connection, columns, self.text)):
            ids, rows_of_text, text_params = found
            column, _none = compiler.compile(ids)
            return f"{column} IN ({rows_of_text})", text_params
        searched, params = self._searched(compiler, "char")
        pattern = f"%{connection.ops.prep_for_like_query(self.text)}%"
        return f"UPPER({searched}) LIKE UPPER(%s) ESCAPE '\\'", [*params, pattern]

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_more: Any) -> Any:
        """Return the condition that goes by the index, whose finds the pattern checks."""
        searched, params = self._searched(compiler, "chr")
        pattern = f"%{connection.ops.prep_for_like_query(self.text)}%"
        alike, alike_params = f"UPPER({searched}) LIKE UPPER(%s)", [*params, pattern]
        if self.common or len(self.text) < SHORTEST:
            return alike, alike_params
        parts = f"parking_parts(UPPER({searched})) @> parking_parts_of_wanted(UPPER(%s))"
        return f"({parts} AND {alike})", [*params, self.text, *alike_params]

    def _searched(self, compiler: SQLCompiler, sign: str) -> tuple[str, list[Any]]:
        compiled = [compiler.compile(column) for column in self.get_source_expressions()]
        return f" || {sign}({BETWEEN}) || ".join(sql for sql, _ in compiled), [
            p for _, params in compiled for p in params
        ]
