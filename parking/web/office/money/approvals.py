"""What waits for a second person: prices, codes and passes; approved or refused."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from parking.accounts.approvals import waiting_approvals
from parking.accounts.models import Approval, ApprovalKind, Decision
from parking.checkout import approving
from parking.core import clock
from parking.core.errors import DomainError
from parking.core.money import rupees
from parking.core.plate_words import plate_text
from parking.edge.callers import actor_of
from parking.edge.errors import record_refusal
from parking.edge.pages import page
from parking.edge.wording import sentence_for
from parking.facilities.models import Emergency, ParkingSite, ParkingZone
from parking.offers.models import PromoCode
from parking.passes.models import OrganisationInvoice, Subscription
from parking.stays.models import ParkingSession
from parking.tariffs.demand import steps_of
from parking.tariffs.models import RateCard
from parking.tariffs.rules import Prices, Terms
from parking.tariffs.rules.demand import DemandStep
from parking.tariffs.rules.terms import Band, NextDay, clock_text
from parking.vehicles.models import Vehicle
from parking.web.access import for_managers, for_office
from parking.web.bill_words import demand_in_words
from parking.web.components import amount_text
from parking.web.office.facilities.tariff_rows import days_in_words
from parking.web.price_words import words_of
from parking.web.templatetags.parking import moment, word

SECTION = "approvals"


@dataclass(frozen=True)
class Row:
    """An approval with what it is about, and what is wanted, in words."""

    approval: Approval
    subject: str
    wanted: tuple[str, ...]
    is_own: bool


@require_safe
@for_office
def overview(request: HttpRequest) -> HttpResponse:
    """Show what waits, oldest first; refunds in cash are on the page of payments."""
    actor = actor_of(request)
    waiting = waiting_approvals(sites=actor.sites).exclude(kind=ApprovalKind.CASH_REFUND)
    rows = [Row(one, _subject(one), tuple(_wanted(one)), one.asked_by_id == actor.user_id) for one in waiting[:100]]
    return page(request, "office/approvals.html", section=SECTION, rows=rows)


def _subject(approval: Approval) -> str:
    if "holiday" in approval.facts:
        return ParkingSite.objects.get(pk=approval.facts["holiday"]["site_id"]).name
    return _SUBJECTS[ApprovalKind(approval.kind)](approval.subject_id)


def _zone(number: int) -> str:
    zone = ParkingZone.objects.select_related("site").get(pk=number)
    return f"{zone.site.name} · {zone.name}"


def _emergency(number: int) -> str:
    return _("Emergency") + f" · {Emergency.objects.select_related('site').get(pk=number).site.name}"


def _car(number: int) -> str:
    session = ParkingSession.objects.select_related("vehicle", "zone__site").get(pk=number)
    return f"{session.zone.site.name} · {plate_text(session.vehicle.vehicle_number)}"


def _card(number: int) -> str:
    return RateCard.objects.get(pk=number).name


def _code(number: int) -> str:
    return PromoCode.objects.get(pk=number).code


def _organisation(number: int) -> str:
    return OrganisationInvoice.objects.select_related("organisation").get(pk=number).organisation.name


def _pass(number: int) -> str:
    return Subscription.objects.get(pk=number).number


_SUBJECTS = {
    ApprovalKind.TARIFF: _zone,
    ApprovalKind.RATE_CARD: _card,
    ApprovalKind.EMERGENCY: _emergency,
    ApprovalKind.VEHICLE_KIND: _car,
    ApprovalKind.PLATE: _car,
    ApprovalKind.PROMO_CODE: _code,
    ApprovalKind.INVOICE_WRITE_OFF: _organisation,
    ApprovalKind.PASS_CANCELLATION: _pass,
}


def _wanted(approval: Approval) -> Iterator[str]:
    for fact, words in _WORDS.items():
        if fact in approval.facts:
            yield from words(approval)
            return


def _tariff(approval: Approval) -> Iterator[str]:
    facts = approval.facts
    yield word(facts["vehicle_kind"])
    if facts.get("name"):
        yield facts["name"]
    yield _span(facts.get("valid_from"), facts.get("valid_to"), approval.site_id)
    yield from _prices(Prices.from_json(facts["terms"]))


def _span(begins: str | None, ends: str | None, site_id: int | None) -> str:
    """Return when a tariff would hold: the difference between an event of a day and a price for good."""
    times = {
        "begins": moment(datetime.fromisoformat(begins), site_id) if begins else "",
        "ends": moment(datetime.fromisoformat(ends), site_id) if ends else "",
    }
    if begins and ends:
        return _("From %(begins)s until %(ends)s") % times
    if ends:
        return _("From now on until %(ends)s") % times
    return _("From %(begins)s on") % times if begins else _("From now on, without an end")


def _demand(approval: Approval) -> Iterator[str]:
    yield _("Busy and quiet times")
    yield from _steps(DemandStep.from_json(step) for step in approval.facts["steps"])
    yield _("At present: %(prices)s") % {"prices": " · ".join(_steps(steps_of(approval.subject_id)))}


def _steps(steps: Iterable[DemandStep]) -> Iterator[str]:
    """Yield what busy and quiet times make of prices; one sentence where they make nothing of them."""
    shown = [(step.from_percent, demand_in_words(step.change_percent)) for step in steps]
    if not shown:
        yield _("Prices do not follow how full the zone is.")
    for percent, change in shown:
        yield _("From %(percent)s %% of the slots taken: %(change)s") % {"percent": percent, "change": change}


def _holiday(approval: Approval) -> Iterator[str]:
    holiday = approval.facts["holiday"]
    named = {"day": date_format(date.fromisoformat(holiday["date"]), "D j M Y"), "name": holiday["name"]}
    if "removes" in holiday:
        yield _("%(day)s is no holiday any more: %(name)s") % named
    else:
        yield _("%(day)s is a holiday: %(name)s") % named
    zones = ParkingZone.objects.filter(pk__in=approval.facts["zone_ids"]).order_by("name", "pk")
    yield _("Parking today becomes cheaper: %(zones)s") % {"zones": ", ".join(zone.name for zone in zones)}


def _correction(approval: Approval) -> Iterator[str]:
    facts = approval.facts
    if "vehicle_kind" in facts:
        names = {"kind": word(facts["vehicle_kind"]), "before": word(facts["instead_of"])}
        yield _("%(kind)s in place of %(before)s: it pays less") % names
        return
    plate = plate_text(Vehicle.objects.get(pk=facts["vehicle_id"]).vehicle_number)
    yield _("Plate %(plate)s, which owes less") % {"plate": plate}
    yield facts["reason"]


def _let_out(approval: Approval) -> Iterator[str]:
    yield _("Let every car out for %(n)s minutes") % {"n": approval.facts["minutes"]}
    yield approval.facts["reason"]


def _strong_code(approval: Approval) -> Iterator[str]:
    code = PromoCode.objects.get(pk=approval.subject_id)
    if code.is_voucher:
        yield _("A voucher of %(amount)s: %(reason)s") % {"amount": amount_text(code.value), "reason": code.reason}
        return
    value = approval.facts["fields"].get("value", code.value)
    yield _("%(percent)s percent of the bill") % {"percent": f"{rupees(value):.0f}"}


def _write_off(approval: Approval) -> Iterator[str]:
    yield _("Write off %(amount)s") % {"amount": amount_text(rupees(approval.facts["write_off"]))}
    yield approval.facts["reason"]


def _given_back(approval: Approval) -> Iterator[str]:
    yield _("Give %(amount)s back") % {"amount": amount_text(rupees(approval.facts["amount"]))}


# What is wanted, by the fact that says it; the first that is there counts.
_WORDS: dict[str, Callable[[Approval], Iterator[str]]] = {
    "terms": _tariff,
    "steps": _demand,
    "holiday": _holiday,
    "instead_of": _correction,
    "emergency_id": _let_out,
    "fields": _strong_code,
    "write_off": _write_off,
    "amount": _given_back,
}


def _prices(prices: Prices) -> Iterator[str]:
    words = words_of(Terms.of(prices), clock.now())
    if not prices.slabs:
        yield _("%(amount)s per hour") % {"amount": amount_text(prices.base_rate)}
    yield from map(_band, prices.bands)
    if words is not None:
        yield from words.sentences
    if prices.slabs and prices.next_day == NextDay.FULL:
        yield _("Each day that begins costs the whole day")
    yield _("Grace %(minutes)s min") % {"minutes": prices.grace_minutes}
    if not prices.slabs:
        yield _("Charged for at least %(minutes)s min") % {"minutes": prices.minimum_minutes}
    yield _("Booking fee %(amount)s") % {"amount": amount_text(prices.booking_fee)}
    yield _("Lost ticket: %(amount)s") % {"amount": amount_text(prices.lost_ticket_fee)}


def _band(band: Band) -> str:
    """Return a band with its days: a strip shows today's alone, and what is cheaper may hold on others."""
    hours = f"{clock_text(band.begins)}\N{EN DASH}{clock_text(band.ends)}"
    rate = _("%(amount)s per hour") % {"amount": amount_text(band.rate)}
    return f"{band.name}, {days_in_words(band.days)}, {hours}: {rate}"


@require_POST
@for_managers
def decide(request: HttpRequest, approval_id: int) -> HttpResponse:
    """Approve or refuse."""
    decision = Decision.APPROVE if request.POST.get("decision") == Decision.APPROVE else Decision.REFUSE
    try:
        approving.decide(actor=actor_of(request), approval_id=approval_id, decision=decision, now=clock.now())
        messages.success(request, _("Approved.") if decision == Decision.APPROVE else _("Refused."))
    except DomainError as error:
        if error.status == 404:
            raise
        record_refusal(request, error)
        messages.error(request, sentence_for(error))
    return redirect("office_approvals")
