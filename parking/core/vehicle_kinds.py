"""The kinds of vehicle of this installation (docs/kinds.md), by their codes, in the order in which they are shown."""

from collections.abc import Mapping

from django.conf import settings

from smart_parking.vehicle_kinds import Kind

KINDS: Mapping[str, Kind] = {kind.code: kind for kind in settings.VEHICLE_KINDS}


def own_name(code: str, language: str) -> str:
    """Return the operator's name of a kind in a language, or else in English; empty where pages have their own word."""
    kind = KINDS.get(code)
    return "" if kind is None else kind.names.get(language) or kind.names.get("en", "")
