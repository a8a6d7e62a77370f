"""Reserving a place of a zone for a later window: when, what it costs, whether there is a place."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from parking.checkout import booking, reserving
from parking.checkout.booking import Booked
from parking.core import clock
from parking.core.ids import Ref
from parking.core.site_settings import CANCEL_AHEAD_MINUTES, CLAIM_MINUTES
from parking.edge import requests
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.edge.requests import Attempt
from parking.facilities.admitting import is_open
from parking.facilities.models import ParkingZone
from parking.facilities.queries import find_zone
from parking.offers.points import usable_by
from parking.payments.models import OrderStatus
from parking.stays.promises import promises_of
from parking.stays.queries import vehicles_of
from parking.stays.window_rules import Window, fits
from parking.tariffs.queries import prices_of
from parking.tariffs.rules import rate_at, stay_lines, total_of
from parking.web.access import for_drivers, user_of
from parking.web.driver.cards import Price
from parking.web.driver.forms import BookingForm, rates_text
from parking.web.driver.window_form import WindowForm


@dataclass(frozen=True)
class Elsewhen:
    """Another window, or another zone, that has a place, with the address of its page."""

    window: Window
    zone: ParkingZone
    href: str


@dataclass(frozen=True)
class Offer:
    """A window of a zone: whether a place can be promised, the price for each kind, and what is free instead.

    `href` names the window in the address of a page.
    """

    window: Window
    has_place: bool
    is_open: bool
    prices: list[tuple[Price, Decimal]]
    others: list[Elsewhen]
    href: str

    @property
    def rates(self) -> str:
        """Return what an hour costs at the start by kind, for the form: reservations have no busy or quiet times."""
        return rates_text((price.kind, rate_at(self.window.starts_at, price.terms).rate) for price, _ in self.prices)

    def price_of(self, kind: str) -> Price:
        return next((price for price, _ in self.prices if price.kind == kind), self.prices[0][0])


@require_http_methods(["GET", "HEAD", "POST"])
@for_drivers
def reserve(request: HttpRequest, zone_id: int) -> HttpResponse:
    """Show what a window costs and whether it has a place; drivers reserve it here."""
    zone, now, user = find_zone(Ref(pk=zone_id)), clock.now(), user_of(request)
    when = WindowForm(request.GET, zone=ZoneInfo(zone.site.time_zone), now=now)
    saved = list(vehicles_of(user.pk))
    for row in saved:
        # A car that is inside now can be reserved for later.
        row.open_session_id = None
    form = BookingForm(
        request.POST if request.method == "POST" else None,
        saved=saved,
        name=f"{user.first_name} {user.last_name}".strip(),
        usable_points=usable_by(user.pk),
    )
    if request.method == "POST" and when.window is not None and form.is_valid():
        with form.refusals(request):
            booked = _reserve(request, zone_id, form, when.window)
            unpaid = booked.order is not None and booked.order.status != OrderStatus.COMPLETED
            return redirect("ticket_pay" if unpaid else "ticket", booked.session.pk)
    offer = _offer(zone, when, form.chosen_kind(), now) if when.window else None
    return page(
        request,
        "driver/reserve.html",
        section="zones",
        zone=zone,
        when=when,
        form=form,
        offer=offer,
        price_at_first=offer.price_of(form.chosen_kind()) if offer else None,
        claim_minutes=CLAIM_MINUTES.at(zone.site_id),
        cancel_minutes=CANCEL_AHEAD_MINUTES.at(zone.site_id),
        key=requests.new_form_key(),
    )


@requests.once_per_form
def _reserve(request: HttpRequest, attempt: Attempt, zone_id: int, form: BookingForm, window: Window) -> Booked:
    """Reserve once, however often the form is sent."""
    now, values = clock.now(), form.cleaned_data
    if attempt.subject is not None:
        return booking.resume_booking(subject=attempt.subject, now=now)
    return reserving.reserve(
        actor=actor_of(request),
        zone=Ref(pk=zone_id),
        plate=values["plate"],
        owner_name=values["owner_name"],
        vehicle_kind=values["vehicle_kind"],
        gateway=form.gateway_code(),
        starts_at=window.starts_at,
        ends_at=window.ends_at,
        now=now,
        key=attempt.key,
        promo_code=values["promo_code"] or None,
        use_points=values.get("use_points") or 0,
        expected_rate=form.expected_rate(),
    )


def _offer(zone: ParkingZone, when: WindowForm, kind: str, now: datetime) -> Offer | None:
    window = when.window
    if window is None:
        return None
    promises = promises_of(zone, kind, window)
    has_place = fits(window, promises.promised, promises.limits)
    cars, *rest = [Price.of(price) for price in prices_of(zone, window.starts_at)]
    prices = [cars, *(price for price in rest if price.terms != cars.terms)]
    costs = [(price, total_of(stay_lines(window.starts_at, window.ends_at, price.terms))) for price in prices]
    opens = is_open(zone, window.starts_at)
    others = [] if has_place and opens else _others(zone, kind, window, now)
    return Offer(window, has_place, opens, costs, others, _query(window, ZoneInfo(zone.site.time_zone)))


def _others(zone: ParkingZone, kind: str, window: Window, now: datetime) -> list[Elsewhen]:
    local = ZoneInfo(zone.site.time_zone)
    windows = [Elsewhen(one, zone, _query(one, local)) for one in reserving.free_windows_of(zone, kind, window, now)]
    zones = reserving.zones_free_in(window, kind, but=zone)
    return [*windows, *(Elsewhen(window, one, _query(window, local)) for one in zones)]


def _query(window: Window, local: ZoneInfo) -> str:
    starts_at = window.starts_at.astimezone(local)
    minutes = int(window.length.total_seconds() // 60)
    values: dict[str, Any] = {"day": f"{starts_at:%Y-%m-%d}", "time": f"{starts_at:%H:%M}", "minutes": minutes}
    return f"?{urlencode(values)}"
