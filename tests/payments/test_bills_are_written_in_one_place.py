"""Nothing outside `payments.bills` writes to a bill: looked for in the source of the product."""

import ast
from pathlib import Path

import pytest

PRODUCT = Path(__file__).resolve().parents[2] / "parking"
WRITER = PRODUCT / "payments" / "bills.py"
SAVERS = {"save_fields", "insert", "change", "setattr"}


def writes_to_a_bill(source: str) -> list[int]:
    """Return the lines of assignments to an attribute of a bill, and of calls that save one."""
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.stmt | ast.expr)]
    return sorted({node.lineno for node in nodes if _assigns(node) or _saves(node)})


def _assigns(node: ast.AST) -> bool:
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AugAssign | ast.AnnAssign):
        targets = [node.target]
    else:
        return False
    parts = [part for target in targets for part in ast.walk(target)]
    return any(isinstance(part, ast.Attribute) and _is_a_bill(part.value) for part in parts)


def _saves(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    function = node.func
    if isinstance(function, ast.Name) and function.id in SAVERS:
        return bool(node.args) and (_is_a_bill(node.args[0]) or _is_the_model(node.args[0]))
    if not isinstance(function, ast.Attribute):
        return False
    if function.attr in {"update", "create", "bulk_create", "bulk_update", "update_or_create"}:
        return any(_is_the_model(part) for part in ast.walk(function))
    return function.attr in {"save", "delete"} and _is_a_bill(function.value)


def _is_a_bill(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr == "bill"
    return isinstance(node, ast.Name) and node.id in {"bill"}


def _is_the_model(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == "Bill"


def test_only_the_writer_of_bills_writes_to_one() -> None:
    sources = [path for path in PRODUCT.rglob("*.py") if path != WRITER and "migrations" not in path.parts]
    found = {str(path.relative_to(PRODUCT)): writes_to_a_bill(path.read_text()) for path in sources}
    assert {path: lines for path, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "line",
    [
        "bill.total = total",
        "session.bill.frozen_until = None",
        "order.bill.captured += amount",
        "bill.billed_until, bill.frozen_until = now, None",
        "bill.charged: Decimal = due",
        'save_fields(session.bill, "captured")',
        "change(Bill, 1, captured=amount)",
        'setattr(bill, "total", total)',
        "bill.save()",
        "session.bill.delete()",
        "Bill.objects.filter(pk=1).update(total=0)",
    ],
)
def test_every_way_to_write_is_found(line: str) -> None:
    assert writes_to_a_bill(f"if True:\n    {line}\n") == [2]


def test_the_writer_itself_would_be_found() -> None:
    assert len(writes_to_a_bill(WRITER.read_text())) > 10
