"""Checks without which production does not start. The settings import this, so it imports nothing of Django's."""

from collections.abc import Sequence

DEFAULT_SECRET = "development-only-secret-never-used-in-production"  # noqa: S105 - refused in production
SHORTEST_SECRET = 32


class UnsafeProductionError(Exception):
    """Production was asked for with settings that are only meant for development."""


def refuse_unsafe_settings(
    *,
    secret_key: str,
    debug: bool,
    open_legacy: bool,
    gateways: Sequence[str],
    further_problems: Sequence[str],
    allowed_hosts: Sequence[str],
) -> None:
    """Raise UnsafeProductionError naming every setting that production must not have."""
    problems = [
        (secret_key == DEFAULT_SECRET, "SMART_PARKING_SECRET_KEY is not set"),
        (len(secret_key) < SHORTEST_SECRET, f"SMART_PARKING_SECRET_KEY is shorter than {SHORTEST_SECRET}"),
        (debug, "SMART_PARKING_DEBUG is on"),
        (open_legacy, "SMART_PARKING_OPEN_LEGACY is on"),
        ("SIMULATED" in gateways, "SMART_PARKING_GATEWAYS names the simulated gateway"),
        (not allowed_hosts or "*" in allowed_hosts, "SMART_PARKING_ALLOWED_HOSTS does not name the hosts"),
    ]
    found = [text for wrong, text in problems if wrong] + list(further_problems)
    if found:
        raise UnsafeProductionError("Production refuses to start: " + "; ".join(found) + ".")


class HalfConfigured(Exception):
    """A gateway lacks a value that it needs."""


def refuse_half_configuration(problems: Sequence[str]) -> None:
    """Raise HalfConfigured naming every value that is missing or wrong."""
    if problems:
        raise HalfConfigured("; ".join(problems) + ".")
