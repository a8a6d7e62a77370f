"""The index by which SQLite finds a text by any part of it: a virtual table of FTS5 beside the searched one.

It has the parts of three signs of each text, in small letters, and no text of its own; triggers keep it in step, so no
service sends a statement for it. Django makes a table anew to change it on SQLite, and the triggers go with the former
one: a migration after which they are gone ends with `add_trigrams` again (`tests/core/test_trigrams.py` names them).
"""

import sqlite3
from collections.abc import Sequence

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import BaseExpression, Col

# Stands between columns that are searched together, and after the last: nobody types it.
BETWEEN = 31
LENGTH = 3
_LAST_SIGN = "\U0010ffff"


def name_of(table: str, *columns: str) -> str:
    """Return the name of the virtual table of these columns."""
    return "_".join([table, "parts", *columns])


def is_possible(connection: BaseDatabaseWrapper) -> bool:
    """Return whether this SQLite was built with FTS5, and is recent enough for parts of three signs (3.34)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sqlite_compileoption_used('ENABLE_FTS5')")
        return bool(cursor.fetchone()[0]) and sqlite3.sqlite_version_info >= (3, 34)


# Names of tables and columns alone are put into statements, and they are our own; what people type is a parameter.
# A table that keeps no texts has to be told what it forgets.
_FILL = 'INSERT INTO "{name}" (rowid, text) SELECT "id", {text} FROM "{table}"'
_ENTER = 'INSERT INTO "{name}" (rowid, text) VALUES (new."id", {new});'
_FORGET = 'INSERT INTO "{name}" ("{name}", rowid, text) VALUES (\'delete\', old."id", {old});'
_HAVING = 'SELECT rowid FROM "{name}" WHERE "{name}" MATCH {parts}'
_BEGINNINGS = """COALESCE((SELECT group_concat('"' || replace(term, '"', '""') || '"', ' OR ')
    FROM "{name}_words" WHERE term BETWEEN %s AND %s), '""')"""


def make(table: str, *columns: str) -> list[str]:
    """Return the statements that make the virtual table of these columns, fill it, and keep it in step."""
    name = name_of(table, *columns)
    changed = " OR ".join(f'old."{column}" IS NOT new."{column}"' for column in columns)
    of_columns = ", ".join(f'"{column}"' for column in columns)
    enter = _ENTER.format(name=name, new=_text("new.", columns))
    forget = _FORGET.format(name=name, old=_text("old.", columns))
    return [
        *drop(table, *columns),
        f"""CREATE VIRTUAL TABLE "{name}" USING fts5(text, content='', columnsize=0, tokenize='trigram')""",
        f"""CREATE VIRTUAL TABLE "{name}_words" USING fts5vocab('{name}', 'row')""",
        _FILL.format(name=name, text=_text("", columns), table=table),
        f'CREATE TRIGGER "{name}_added" AFTER INSERT ON "{table}" BEGIN {enter} END',
        f'CREATE TRIGGER "{name}_changed" AFTER UPDATE OF {of_columns} ON "{table}" WHEN {changed} '
        f"BEGIN {forget} {enter} END",
        f'CREATE TRIGGER "{name}_deleted" AFTER DELETE ON "{table}" BEGIN {forget} END',
    ]


def drop(table: str, *columns: str) -> list[str]:
    name = name_of(table, *columns)
    triggers = [f'DROP TRIGGER IF EXISTS "{name}_{event}"' for event in ("added", "changed", "deleted")]
    return [*triggers, f'DROP TABLE IF EXISTS "{name}_words"', f'DROP TABLE IF EXISTS "{name}"']


def _text(row: str, columns: Sequence[str]) -> str:
    # Also after the last one: so any two signs are the beginning of a part of three.
    return " || ".join(f'{row}"{column}" || char({BETWEEN})' for column in columns)


def condition(
    connection: BaseDatabaseWrapper, columns: Sequence[BaseExpression], text: str
) -> tuple[Col, str, list[str]] | None:
    """Return the column of ids, the statement for those of the rows that have `text`, and its parameters.

    `text` has two signs or more. None where no index has these columns.
    """
    cols = [column for column in columns if isinstance(column, Col)]
    if len(cols) < len(columns) or "\0" in text:
        return None
    meta = cols[0].target.model._meta  # noqa: SLF001 - Django's own name for it
    name = name_of(meta.db_table, *(str(col.target.column) for col in cols))
    if not _is_there(connection, name):
        return None
    parts, params = _parts(name, text)
    return meta.pk.get_col(cols[0].alias), _HAVING.format(name=name, parts=parts), params


def _is_there(connection: BaseDatabaseWrapper, name: str) -> bool:
    # Of the connection itself: nobody's statement, and quicker than keeping in mind which database it leads to.
    connection.ensure_connection()
    found = connection.connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (name,))
    return found.fetchone() is not None


def _parts(name: str, text: str) -> tuple[str, list[str]]:
    """Return what a row must have: the text itself, or, of two signs, one of the parts that begin with them."""
    if len(text) >= LENGTH:
        return "%s", ['"{}"'.format(text.replace('"', '""'))]
    # As FTS5 makes letters small: sign by sign.
    begins = "".join(sign.lower() for sign in text)
    return _BEGINNINGS.format(name=name), [begins, begins + _LAST_SIGN]
