"""What an attendant may do beside the role, between the column of an account and the actor's frozen value."""

from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from decimal import Decimal
from typing import Any

from parking.core.actor import Permissions, RefundLimit

SWITCHES = tuple(field.name for field in fields(Permissions) if field.name != "refund")


def read_permissions(stored: Mapping[str, Any]) -> Permissions:
    """Return the permissions that a column holds; what it does not name is as usual."""
    switches = {name: bool(stored[name]) for name in SWITCHES if name in stored}
    limits = {name: Decimal(amount) for name, amount in stored.get("refund", {}).items()}
    return Permissions(**switches, refund=RefundLimit(**limits))


def changed_permissions(stored: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the column after some permissions were changed: names and values as in Permissions, limits by name."""
    refund = {"refund": RefundLimit(**changes["refund"])} if "refund" in changes else {}
    return as_column(replace(read_permissions(stored), **{**changes, **refund}))


def as_column(permissions: Permissions) -> dict[str, Any]:
    """Return permissions as the column holds them: all of them, amounts as texts of rupees."""
    whole = asdict(permissions)
    return whole | {"refund": {name: str(amount) for name, amount in whole["refund"].items()}}
