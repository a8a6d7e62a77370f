"""The plain pages: ticket at the entry, entry scan, exit scan, which post to the older addresses; and the receipt."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from parking.facilities.queries import zones_with_counts
from parking.invoices.sheets import Sheet


def entry(request: HttpRequest) -> HttpResponse:
    """The form that gives a car a ticket, with the active zones and their free slots."""
    return _page(request, "entry", zones=zones_with_counts(only_active=True))


def entry_scan(request: HttpRequest) -> HttpResponse:
    """The form that scans a car in."""
    return _page(request, "entry_scan")


def exit_scan(request: HttpRequest) -> HttpResponse:
    """The form that scans a car out."""
    return _page(request, "exit_scan")


def receipt(request: HttpRequest, sheets: Sequence[Sheet]) -> HttpResponse:
    """A document and the notes to it, to read or print."""
    return _page(request, "receipt", sheets=sheets)


def _page(request: HttpRequest, page: str, **context: Any) -> HttpResponse:
    return render(request, f"web/{page}.html", context | {"page": page, "time_zone": settings.TIME_ZONE})
