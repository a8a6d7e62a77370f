"""The plain pages: ticket at the entry, entry scan, exit scan, which post to the older addresses."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from parking.edge.pages import page
from parking.edge.wording import sentences
from parking.facilities.queries import zones_with_counts

# What the older calls answer; sentences for people, because the answers' own texts stay English.
_CODES = (
    "already_entered",
    "already_exited",
    "booking_cancelled",
    "booking_expired",
    "csrf_failed",
    "database_unavailable",
    "entry_not_scanned",
    "forbidden",
    "gateway_invalid",
    "gateway_unavailable",
    "idempotency_key_reused",
    "not_authenticated",
    "payment_declined",
    "payment_failed",
    "payment_method_invalid",
    "payment_pending",
    "qr_not_found",
    "too_many_requests",
    "validation_error",
    "vehicle_already_parked",
    "vehicle_invalid",
    "vehicle_unavailable",
    "zone_full",
    "zone_inactive",
    "zone_not_found",
)
_WORDS_OF_BILLS = ("Parking", "Booking minimum", "CASH", "ONLINE")


def entry(request: HttpRequest) -> HttpResponse:
    """The form that gives a car a ticket, with the active zones and their free slots."""
    return _form_page(request, "entry", zones=zones_with_counts(only_active=True))


def entry_scan(request: HttpRequest) -> HttpResponse:
    """The form that scans a car in."""
    return _form_page(request, "entry_scan")


def exit_scan(request: HttpRequest) -> HttpResponse:
    """The form that scans a car out."""
    return _form_page(request, "exit_scan", words_of_bills=_WORDS_OF_BILLS)


def _form_page(request: HttpRequest, name: str, **context: Any) -> HttpResponse:
    known = sentences(*_CODES)
    return page(request, f"legacy/{name}.html", section=name, sentences=known, time_zone=settings.TIME_ZONE, **context)
