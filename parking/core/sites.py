"""The sites that somebody works at, as a value, and the rows that belong to them."""

from typing import Any, TypeVar

from django.db.models import QuerySet

# The ids of the sites; None means all.
Sites = frozenset[int] | None
ALL_SITES: Sites = None

Rows = TypeVar("Rows", bound="QuerySet[Any, Any]")


def at_sites(rows: Rows, sites: Sites, path: str) -> Rows:
    """Return the rows whose site, to the id of which `path` leads, is one of these."""
    return rows if sites is None else rows.filter(**{f"{path}__in": sorted(sites)})
