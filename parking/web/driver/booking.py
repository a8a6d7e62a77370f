"""A zone in detail, and booking in it."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from parking.checkout import booking
from parking.checkout.booking import Booked
from parking.core import clock
from parking.core.errors import Refused
from parking.core.ids import Ref
from parking.core.site_settings import CANCEL_WINDOW_SECONDS
from parking.edge import requests
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.edge.requests import Attempt
from parking.facilities.models import ParkingZone
from parking.facilities.queries import find_zone
from parking.offers.points import usable_by
from parking.passes.queries import valid_passes_of
from parking.payments.models import OrderStatus
from parking.stays.models import ParkingSession
from parking.stays.queries import open_sessions_of, vehicles_of
from parking.stays.watching import zone_text, zones_now
from parking.vehicles.models import VehicleKind
from parking.vehicles.queries import plate_matches
from parking.vehicles.saving import save_vehicle
from parking.web.access import driver_of, to_sign_in, user_of
from parking.web.driver.cards import kept_for, own_places, zone_card, zone_cards
from parking.web.driver.forms import BookingForm, rates_text
from parking.web.driver.wanted import HOURS, read_hours
from parking.web.live import drawn_once, live, minute
from parking.web.pass_words import ShownPass, shown_pass


@require_http_methods(["GET", "HEAD", "POST"])
def zone(request: HttpRequest, zone_id: int) -> HttpResponse:
    """A zone with all that it offers, for everybody; drivers book here."""
    user = driver_of(request)
    if user is None:
        return _zone_page(request, zone_id, None) if request.method != "POST" else to_sign_in(request)
    form = BookingForm(
        request.POST if request.method == "POST" else None,
        saved=list(vehicles_of(user.pk)),
        name=f"{user.first_name} {user.last_name}".strip(),
        special_slots=user.special_slots,
        usable_points=usable_by(user.pk),
    )
    if request.method == "POST" and form.is_valid():
        with form.refusals(request):
            booked = _book(request, zone_id, form)
            if form.cleaned_data["remember"]:
                _remember(request, form)
            return _after_booking(booked)
    return _zone_page(request, zone_id, form)


def _state(zone_id: int) -> str:
    # What is free elsewhere is shown while this one is full.
    others = sum(zone.counts.available for zone in zones_now.value().values())
    return f"{minute()} {zone_text(zone_id)} {others}"


@live(state=_state)
@require_safe
@drawn_once(state=_state, seen_by=own_places)
def zone_live(request: HttpRequest, zone_id: int) -> HttpResponse:
    """Show the part of a zone's page that changes: free slots, and other zones with some."""
    return page(request, "driver/parts/zone_now.html", **_zone_now(request, zone_id))


def _zone_now(request: HttpRequest, zone_id: int) -> dict[str, Any]:
    now, hours = clock.now(), read_hours(request.GET)
    card = zone_card(find_zone(Ref(pk=zone_id)), hours=hours, own=kept_for(request, now), now=now)
    others = [other for other in zone_cards(now=now) if not other.is_full] if card.is_full else []
    refund_minutes = -(-CANCEL_WINDOW_SECONDS.at(card.zone.site_id) // 60)
    end = now + timedelta(hours=hours)
    shown = {
        "is_driver": driver_of(request) is not None,
        "card": card,
        "zone": card.zone,
        "others": others,
        "refund_minutes": refund_minutes,
    }
    tariffs = [(price, words) for price in card.prices if (words := price.words(now))]
    return {**shown, "now": now, "end": end, "hour_choices": HOURS, "tariffs": tariffs}


def _zone_page(request: HttpRequest, zone_id: int, form: BookingForm | None) -> HttpResponse:
    shown = _zone_now(request, zone_id)
    card, kind = shown["card"], form.chosen_kind() if form else VehicleKind.CAR
    if form:
        form.offer_kinds(card.kinds)
    shown["price_at_first"] = card.price_of(kind)
    shown["open_ticket"] = _ticket_in_the_way(request, form) if form else None
    shown["passes"] = _passes_here(request, card.zone, shown["now"]) if form else []
    shown["stays"] = [(price, price.for_stay(shown["now"], card.hours)) for price in card.prices]
    shown["rates"] = rates_text((price.kind, price.hourly_rate) for price in card.prices)
    return page(request, "driver/zone.html", section="zones", form=form, key=requests.new_form_key(), **shown)


def _ticket_in_the_way(request: HttpRequest, form: BookingForm) -> ParkingSession | None:
    """Return the driver's open booking of the plate because of which the form was refused."""
    if form.refused_as != "vehicle_already_parked":
        return None
    return open_sessions_of(user_of(request).pk).filter(plate_matches(form.cleaned_data["plate"])).first()


def _passes_here(request: HttpRequest, zone: ParkingZone, now: datetime) -> list[ShownPass]:
    return [shown_pass(held, now) for held in valid_passes_of(user_of(request).pk, zone, now=now)]


@requests.once_per_form
def _book(request: HttpRequest, attempt: Attempt, zone_id: int, form: BookingForm) -> Booked:
    """Book once, however often the form is sent."""
    now, values = clock.now(), form.cleaned_data
    if attempt.subject is not None:
        return booking.resume_booking(subject=attempt.subject, now=now)
    return booking.book(
        actor=actor_of(request),
        zone=Ref(pk=zone_id),
        plate=values["plate"],
        owner_name=values["owner_name"],
        vehicle_kind=values["vehicle_kind"],
        gateway=form.gateway_code(),
        now=now,
        key=attempt.key,
        special=values.get("slot_kind") or None,
        promo_code=values["promo_code"] or None,
        use_points=values.get("use_points") or 0,
        expected_rate=form.expected_rate(),
    )


def _remember(request: HttpRequest, form: BookingForm) -> None:
    values = form.cleaned_data
    try:
        save_vehicle(
            actor=actor_of(request),
            plate=values["plate"],
            owner_name=values["owner_name"],
            vehicle_kind=values["vehicle_kind"],
            now=clock.now(),
        )
    except Refused:
        messages.warning(request, _("Booked. The vehicle was not remembered: your list of vehicles is full."))


def _after_booking(booked: Booked) -> HttpResponse:
    unpaid = booked.order is not None and booked.order.status != OrderStatus.COMPLETED
    return redirect("ticket_pay" if unpaid else "ticket", booked.session.pk)
