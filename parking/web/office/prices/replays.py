"""What if: replays of closed sessions under a tariff that is thought of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parking.core import clock
from parking.core.errors import DomainError
from parking.edge.callers import actor_of
from parking.edge.errors import record_refusal
from parking.edge.pages import page
from parking.edge.wording import sentence_for
from parking.facilities.models import ParkingZone
from parking.facilities.queries import present_zones, zones_of
from parking.replays.models import Replay
from parking.replays.services import adopt, replay_by_id, replays_of, start_replay, state_of
from parking.replays.tally import change_of, share
from parking.tariffs.queries import sites_without_tax
from parking.tariffs.rules import Terms
from parking.tariffs.versions import Draft
from parking.web.access import for_managers, for_office
from parking.web.bill_words import beginning_in_words
from parking.web.forms import ServiceForm
from parking.web.live import live
from parking.web.office.shared.lists import DayField
from parking.web.price_words import length_text, shown_price

SECTION = "replays"
USUAL_SPAN = timedelta(days=30)


class SpanForm(ServiceForm):
    """The same tariff again, over other zones or days."""

    start_date = DayField(label=gettext_lazy("First day"), required=True)
    end_date = DayField(label=gettext_lazy("Last day"), required=True)
    zone_ids = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Zones"), coerce=int, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, zones: Iterable[ParkingZone], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(zone.pk, f"{zone.name}, {zone.site.name}") for zone in zones]
        self.fields["zone_ids"].choices = choices  # type: ignore[attr-defined]


class AdoptForm(forms.Form):
    valid_from = DayField(required=False)


@dataclass(frozen=True)
class Row:
    """A row of a table of the result: what it is about, sessions, and rupees before and after."""

    name: str
    sessions: int | None
    before: Decimal
    after: Decimal

    @property
    def change(self) -> Decimal:
        return self.after - self.before


def row_of(name: str, found: dict[str, Any]) -> Row:
    return Row(name, found.get("sessions"), Decimal(found["before"]), Decimal(found["after"]))


@require_safe
@for_office
def listing(request: HttpRequest) -> HttpResponse:
    """Show the last replays, newest first."""
    return page(request, "office/replays.html", section=SECTION, replays=replays_of(actor_of(request).sites)[:50])


def start_from(request: HttpRequest, zone_ids: Sequence[int], draft: Draft, now: datetime) -> HttpResponse:
    """Start a replay over the last thirty days, and show it. Raises as `start_replay`."""
    last = clock.today() - timedelta(days=1)
    replay = start_replay(
        actor=actor_of(request),
        zone_ids=zone_ids,
        draft=draft,
        start_date=last - USUAL_SPAN + timedelta(days=1),
        end_date=last,
        now=now,
    )
    return redirect("office_replay", replay.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@for_office
def one(request: HttpRequest, replay_id: int) -> HttpResponse:
    """Show a replay, and start another of the same tariff over other zones or days."""
    replay, now = replay_by_id(replay_id, actor_of(request)), clock.now()
    usual = {"start_date": replay.start_date, "end_date": replay.end_date, "zone_ids": replay.zone_ids}
    zones = present_zones(sites=actor_of(request).sites)
    form = SpanForm(request.POST or None, initial=usual, zones=zones)
    if form.is_valid():
        with form.refusals(request):
            fields = {name: getattr(replay.prices, name) for name in replay.prices.__dataclass_fields__}
            again = start_replay(
                actor=actor_of(request), draft=Draft(fields, replay.vehicle_kind), now=now, **form.cleaned_data
            )
            return redirect("office_replay", again.pk)
    return page(request, "office/replay.html", section=SECTION, form=form, **_shown(request, replay))


@require_safe
@live(state=state_of)
@for_office
def progress(request: HttpRequest, replay_id: int) -> HttpResponse:
    """Show the changing part of the page of a replay."""
    replay = replay_by_id(replay_id, actor_of(request))
    return page(request, "office/parts/replay.html", section=SECTION, **_shown(request, replay))


def _shown(request: HttpRequest, replay: Replay) -> dict[str, Any]:
    terms, now = Terms.of(replay.prices), clock.now()
    zones = zones_of(actor_of(request).sites).filter(pk__in=replay.zone_ids).select_related("site")
    shown = {
        "replay": replay,
        "price": shown_price(terms, now),
        "zones": zones,
        "without_tax": sites_without_tax(zones, now),
    }
    return shown if replay.result is None else shown | _result(replay.result)


def _result(result: dict[str, Any]) -> dict[str, Any]:
    return {
        "whole": row_of("", result),
        "more": share(result["pay_more"], result["sessions"]),
        "less": share(result["pay_less"], result["sessions"]),
        "tables": [
            (_("By length of stay"), [row_of(_length(row["until_minutes"]), row) for row in result["by_length"]]),
            (_("By band"), [row_of(beginning_in_words(row["label"]), row) for row in result["by_band"]]),
        ],
        "days": [(date.fromisoformat(row["date"]), row_of("", row)) for row in result["by_day"]],
        "changed": [(row["session_id"], row_of("", row), change_of(row)) for row in result["most_changed"]],
    }


def _length(minutes: int | None) -> str:
    if minutes is None:
        return _("Longer than a day")
    return _("Up to %(length)s") % {"length": length_text(minutes)}


@require_POST
@for_managers
def adopt_tariff(request: HttpRequest, replay_id: int) -> HttpResponse:
    """Give the tariff a date in all zones of its replay."""
    replay, form = replay_by_id(replay_id, actor_of(request)), AdoptForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("This day cannot be chosen."))
        return redirect("office_replay", replay_id)
    day = form.cleaned_data["valid_from"]
    try:
        adopt(actor=actor_of(request), replay_id=replay.pk, valid_from=day, now=clock.now())
    except DomainError as error:
        record_refusal(request, error)
        messages.error(request, sentence_for(error))
    else:
        messages.success(request, _("The tariff holds in these zones from that day."))
    return redirect("office_replay", replay_id)
