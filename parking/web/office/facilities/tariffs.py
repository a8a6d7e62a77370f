"""The tariffs of a zone: what holds, what will, and a new version with what it changes."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from parking.core import clock
from parking.core.errors import DomainError
from parking.core.ids import Ref
from parking.edge.callers import actor_of
from parking.edge.errors import record_refusal
from parking.edge.pages import page
from parking.edge.wording import sentence_for
from parking.facilities.models import ParkingZone
from parking.facilities.queries import find_zone
from parking.tariffs import zone_tariffs
from parking.tariffs.demand import demand_now
from parking.tariffs.models import Tariff
from parking.tariffs.queries import cards_on, is_written_without_tax, price_now, prices_of, terms_under, versions_of
from parking.tariffs.rules import Prices, Terms
from parking.tariffs.rules.checks import checked
from parking.tariffs.rules.preview import ENTRIES, PreviewRow, preview
from parking.tariffs.rules.templates import PEAK, peak_bands
from parking.tariffs.rules.terms import with_fields
from parking.tariffs.versions import span_of
from parking.vehicles.models import VehicleKind
from parking.web.access import for_managers, for_office
from parking.web.confirming import is_confirmed, is_going_back
from parking.web.office.facilities.tariff_form import TariffForm, values_of_prices
from parking.web.office.prices.replays import start_from
from parking.web.office.shared.second_person import say_done
from parking.web.price_words import PriceWords, length_text, shown_price, words_of

SECTION = "zones"
# Versions that the page lists.
SHOWN = 30


@dataclass(frozen=True)
class Row:
    """A version in the list; `words` where one rate does not say it all."""

    tariff: Tariff
    prices: Prices
    words: PriceWords | None
    has_begun: bool
    may_end: bool


@require_http_methods(["GET", "HEAD", "POST"])
@for_office
def of_zone(request: HttpRequest, zone_id: int) -> HttpResponse:
    """Show the tariffs of a zone, and add a version; what it changes is shown before."""
    zone, now = find_zone(Ref(pk=zone_id), sites=actor_of(request).sites), clock.now()
    form = TariffForm(request.POST or None, initial=_initial(request, zone, now))
    if form.is_valid() and not is_going_back(request):
        with form.refusals(request):
            if request.POST.get("step") == "replay":
                return start_from(request, [zone.pk], form.draft(), now)
            if not is_confirmed(request):
                return _ask_about(request, zone, form, now)
            proposed = zone_tariffs.propose_tariff(
                actor=actor_of(request), zone_id=zone.pk, draft=form.draft(), now=now
            )
            say_done(request, proposed)
            return redirect("office_tariffs", zone.pk)
    return page(
        request,
        "office/tariffs.html",
        section=SECTION,
        zone=zone,
        form=form,
        rows=[row_of(tariff, now) for tariff in versions_of(zone)[:SHOWN]],
        cards=cards_on(zone),
        kinds=[price.vehicle_kind for price in prices_of(zone, now)],
        price=price_now(zone, now),
        demand=demand_now.value().steps.get(zone.pk, ()),
        words=words_of(price_now(zone, now).terms, now),
    )


def _initial(request: HttpRequest, zone: ParkingZone, now: datetime) -> dict[str, object]:
    kind = request.GET.get("kind", VehicleKind.CAR)
    kind = kind if kind in VehicleKind.values else VehicleKind.CAR
    prices = price_now(zone, now, kind).prices
    if request.GET.get("template") == PEAK:
        prices = with_fields(prices, {"bands": peak_bands(), "slabs": ()})
    return values_of_prices(prices, kind)


def _ask_about(request: HttpRequest, zone: ParkingZone, form: TariffForm, now: datetime) -> HttpResponse:
    draft = form.draft()
    # Days that a version cannot have are refused before it is shown.
    span_of(draft, ZoneInfo(zone.site.time_zone), now)
    before = price_now(zone, now, draft.vehicle_kind).terms
    after = terms_under(checked(Prices(**draft.fields)), zone=zone, now=now)
    day = draft.valid_from or now.astimezone(ZoneInfo(zone.site.time_zone)).date()
    return page(
        request,
        "office/tariff_preview.html",
        section=SECTION,
        name=zone.name,
        form=form,
        draft=draft,
        entries=ENTRIES,
        rows=compared(before, after, day),
        with_tax=is_written_without_tax(zone, now),
        before=shown_price(before, now),
        after=shown_price(after, now, draft.valid_from),
    )


def compared(before: Terms, after: Terms, day: date | datetime) -> list[tuple[str, PreviewRow]]:
    """Return what walk-ins of usual lengths pay, each with its length in words."""
    on = day.date() if isinstance(day, datetime) else day
    rows = preview(before.without_fee(), after.without_fee(), on)
    return [(length_text(row.minutes), row) for row in rows]


def row_of(tariff: Tariff, now: datetime) -> Row:
    """Return a version as a row of a list."""
    prices = Prices.from_json(tariff.terms)
    return Row(
        tariff=tariff,
        prices=prices,
        words=words_of(Terms.of(prices), now),
        has_begun=tariff.valid_from <= now,
        may_end=tariff.valid_to is not None and tariff.valid_from <= now < tariff.valid_to,
    )


@require_POST
@for_managers
def change(request: HttpRequest, zone_id: int, tariff_id: int) -> HttpResponse:
    """Withdraw a version that has not begun, or end an event now."""
    zone, now = find_zone(Ref(pk=zone_id), sites=actor_of(request).sites), clock.now()
    try:
        if request.POST.get("end"):
            zone_tariffs.end_event(actor=actor_of(request), zone_id=zone.pk, tariff_id=tariff_id, valid_to=now, now=now)
        else:
            zone_tariffs.withdraw_tariff(actor=actor_of(request), zone_id=zone.pk, tariff_id=tariff_id, now=now)
        messages.success(request, _("Saved."))
    except DomainError as error:
        record_refusal(request, error)
        messages.error(request, sentence_for(error))
    return redirect("office_tariffs", zone.pk)
