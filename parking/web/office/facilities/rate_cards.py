"""Rate cards: their zones and versions, a new card, and a new version with what it changes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from parking.core import clock
from parking.core.actor import Actor
from parking.core.errors import DomainError
from parking.edge.callers import actor_of
from parking.edge.errors import record_refusal
from parking.edge.pages import page
from parking.edge.wording import sentence_for
from parking.facilities.models import ParkingZone
from parking.facilities.queries import present_zones
from parking.tariffs import cards
from parking.tariffs.book import prices_now
from parking.tariffs.models import RateCard
from parking.tariffs.queries import is_written_without_tax, price_now, sites_without_tax, terms_under
from parking.tariffs.rules import Prices, Terms
from parking.tariffs.rules.checks import checked
from parking.tariffs.rules.preview import ENTRIES
from parking.tariffs.rules.templates import PEAK, peak_bands
from parking.tariffs.rules.terms import with_fields
from parking.tariffs.versions import Draft
from parking.tariffs.zone_tariffs import USUAL_FEE
from parking.vehicles.models import VehicleKind
from parking.web.access import for_managers, for_office
from parking.web.confirming import is_confirmed, is_going_back
from parking.web.office.facilities.tariff_form import TariffForm, values_of_prices
from parking.web.office.facilities.tariffs import Row, compared, row_of
from parking.web.office.shared.second_person import say_done
from parking.web.price_words import shown_price

SECTION = "zones"
# What the form of a new card begins with.
_NEW = Prices(USUAL_FEE, USUAL_FEE)


class CardForm(TariffForm):
    """A rate card with its first version."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    zone_ids = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Zones"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, zones: Sequence[ParkingZone], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The first version of a card is known by the card's name.
        del self.fields["event_name"]
        choices = [(zone.pk, f"{zone.site.name} · {zone.name}") for zone in zones]
        self.fields["zone_ids"].choices = choices  # type: ignore[attr-defined]


class CardVersionForm(TariffForm):
    """A further version of a rate card, whose kind is the card's."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["vehicle_kind"]


@dataclass(frozen=True)
class CardZone:
    """A zone of a card; one with a tariff of its own does not follow it."""

    zone: ParkingZone
    overridden: bool


@dataclass(frozen=True)
class ShownCard:
    """A card with its zones and versions; `without_tax` names the sites where its prices are written so."""

    card: RateCard
    zones: list[CardZone]
    versions: list[Row]
    without_tax: list[str]


@require_http_methods(["GET", "HEAD", "POST"])
@for_office
def overview(request: HttpRequest) -> HttpResponse:
    """Show the rate cards, and make one; what it changes is shown before."""
    actor, now = actor_of(request), clock.now()
    zones = list(present_zones(sites=actor.sites))
    form = CardForm(request.POST or None, initial=_initial(request, None), zones=zones)
    if form.is_valid() and not is_going_back(request):
        chosen = [zone for zone in zones if zone.pk in form.cleaned_data["zone_ids"]]
        with form.refusals(request):
            if not is_confirmed(request):
                return _preview(request, form, form.draft(), chosen, now, name=form.cleaned_data["name"])
            card = _made(actor, form, now)
            messages.success(request, _("Saved."))
            return redirect("office_rate_card", card.pk)
    shown = [_shown(card, now) for card in cards.cards_of(actor.sites)]
    return page(request, "office/rate_cards.html", section=SECTION, cards=shown, form=form)


def _made(actor: Actor, form: CardForm, now: datetime) -> RateCard:
    values = form.cleaned_data
    return cards.create_card(actor=actor, name=values["name"], zone_ids=values["zone_ids"], draft=form.draft(), now=now)


@require_http_methods(["GET", "HEAD", "POST"])
@for_office
def one(request: HttpRequest, card_id: int) -> HttpResponse:
    """Show a rate card, and add a version; what it changes, and in which zones, is shown before."""
    actor, now = actor_of(request), clock.now()
    card = cards.card_by_id(card_id, actor)
    form = CardVersionForm(request.POST or None, initial=_initial(request, card))
    if form.is_valid() and not is_going_back(request):
        with form.refusals(request):
            if not is_confirmed(request):
                return _ask_about(request, form, card, now)
            say_done(request, cards.propose_version(actor=actor, card_id=card.pk, draft=form.draft(), now=now))
            return redirect("office_rate_card", card.pk)
    return page(request, "office/rate_cards.html", section=SECTION, card=card, cards=[_shown(card, now)], form=form)


@require_POST
@for_managers
def change_version(request: HttpRequest, card_id: int, tariff_id: int) -> HttpResponse:
    """Withdraw a version of a card that has not begun, or end an event now: in all its zones."""
    actor, now = actor_of(request), clock.now()
    card = cards.card_by_id(card_id, actor)
    try:
        if request.POST.get("end"):
            cards.end_event(actor=actor, card_id=card.pk, tariff_id=tariff_id, valid_to=now, now=now)
        else:
            cards.withdraw_version(actor=actor, card_id=card.pk, tariff_id=tariff_id, now=now)
        messages.success(request, _("Saved."))
    except DomainError as error:
        record_refusal(request, error)
        messages.error(request, sentence_for(error))
    return redirect("office_rate_card", card.pk)


def _initial(request: HttpRequest, card: RateCard | None) -> dict[str, Any]:
    prices = _newest(card) if card else _NEW
    if request.GET.get("template") == PEAK:
        prices = with_fields(prices, {"bands": peak_bands(), "slabs": ()})
    return values_of_prices(prices, card.vehicle_kind if card else VehicleKind.CAR)


def _newest(card: RateCard) -> Prices:
    """Return the prices of the newest version; those of a new card where each was withdrawn before it began."""
    versions = list(card.versions.all())
    return Prices.from_json(versions[0].terms) if versions else _NEW


def _ask_about(request: HttpRequest, form: TariffForm, card: RateCard, now: datetime) -> HttpResponse:
    draft = form.draft()
    of_kind = replace(draft, vehicle_kind=card.vehicle_kind)
    return _preview(request, form, of_kind, list(card.zones.all()), now, name=card.name)


def _preview(
    request: HttpRequest, form: TariffForm, draft: Draft, zones: Collection[ParkingZone], now: datetime, *, name: str
) -> HttpResponse:
    rows = _zones_of(zones, draft.vehicle_kind)
    prices = checked(Prices(**draft.fields))
    # What changes is shown for the first zone that follows the card.
    first = next((row.zone for row in rows if not row.overridden), None)
    after = terms_under(prices, zone=first, now=now) if first else Terms.of(prices)
    before = price_now(first, now, draft.vehicle_kind).terms if first else after
    return page(
        request,
        "office/tariff_preview.html",
        section=SECTION,
        name=name,
        form=form,
        draft=draft,
        zones=rows,
        entries=ENTRIES,
        rows=compared(before, after, draft.valid_from or now),
        with_tax=first is not None and is_written_without_tax(first, now),
        before=shown_price(before, now),
        after=shown_price(after, now, draft.valid_from),
    )


def _shown(card: RateCard, now: datetime) -> ShownCard:
    zones = sorted(card.zones.all(), key=attrgetter("site.name", "name"))
    versions = [row_of(tariff, now) for tariff in card.versions.all()]
    return ShownCard(card, _zones_of(zones, card.vehicle_kind), versions, sites_without_tax(zones, now))


def _zones_of(zones: Collection[ParkingZone], kind: str) -> list[CardZone]:
    prices = prices_now.value()
    return [CardZone(zone, prices.is_overridden(zone.pk, kind)) for zone in zones]
