"""What a database consists of, as one set of lines: whoever made it, by which migrations and in which order."""

import re

from django.db import connection

# Of the schema the connection works in. The parts of a line are named, so that a difference can be read.
OF_POSTGRESQL = {
    "column": """
        SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated,
            pg_get_expr(d.adbin, d.adrelid), a.attcollation::regcollation::text
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE c.relkind IN ('r', 'p', 'v', 'm') AND c.relnamespace = current_schema()::regnamespace
            AND a.attnum > 0 AND NOT a.attisdropped
    """,
    "constraint": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated
        FROM pg_constraint WHERE connamespace = current_schema()::regnamespace
    """,
    "index": """
        SELECT i.indrelid::regclass::text, pg_get_indexdef(i.indexrelid), i.indisvalid
        FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relnamespace = current_schema()::regnamespace
    """,
    "trigger": """
        SELECT pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace
    """,
    "function": """
        SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = current_schema()::regnamespace
    """,
    # Not where it ends: the suite sets an end for the numbers of sites (tests/conftest.py).
    "sequence": """
        SELECT c.relname, s.seqtypid::regtype::text, s.seqstart, s.seqincrement, d.refobjid::regclass::text
        FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid
        LEFT JOIN pg_depend d ON d.objid = c.oid AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
        WHERE c.relnamespace = current_schema()::regnamespace
    """,
}
# Splits what stands between the brackets of CREATE TABLE, at commas that are in no further bracket and in no text.
SIGNS = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|[(),]|[^'\"(),]+")


def read_schema() -> set[str]:
    """Return columns, constraints, indexes and what else there is, without regard to the order of columns."""
    return _of_sqlite() if connection.vendor == "sqlite" else _of_postgresql()


def _of_postgresql() -> set[str]:
    with connection.cursor() as cursor:
        found: set[str] = set()
        for kind, query in OF_POSTGRESQL.items():
            cursor.execute(query)
            found |= {f"{kind}: " + " | ".join(map(str, row)) for row in cursor.fetchall()}
        return found


def _of_sqlite() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'")
        rows = cursor.fetchall()
    found = {f"{kind}: {sql}" for kind, _name, sql in rows if kind != "table"}
    return found | {f"{name}: {part}" for kind, name, sql in rows if kind == "table" for part in _parts(sql)}


def _parts(create_table: str) -> list[str]:
    """Return the columns and constraints of a table, and what stands around them."""
    parts, depth = [""], 0
    for sign in SIGNS.findall(create_table):
        depth += (sign == "(") - (sign == ")")
        if (sign == "," and depth == 1) or (sign == "(" and depth == 1) or (sign == ")" and depth == 0):
            parts.append("")
        else:
            parts[-1] += sign
    return [part.strip() for part in parts if part.strip()]
