"""The driver's passes: plans to buy, own passes with their codes, and what may be changed of them."""

from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parking.checkout import pass_changes, passes
from parking.checkout.passes import Bought, newest_order_of
from parking.checkout.paying import refresh_order
from parking.core import clock
from parking.core.money import ZERO
from parking.core.plate_words import plate_text
from parking.core.qr import qr_data_uri
from parking.edge import requests
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.edge.requests import Attempt
from parking.passes.models import PassStatus, Plan, Subscription
from parking.passes.organisations import organisations_of_contact
from parking.passes.plans import plan_for_driver, plans_for_drivers
from parking.passes.queries import find_pass, passes_of_driver, waiting_period
from parking.passes.rules import MOST_DAYS_AHEAD
from parking.passes.services import Wanted
from parking.payments.models import OrderStatus, PaymentOrder
from parking.payments.queries import newest_payment_id, open_order
from parking.vehicles.models import SavedVehicle
from parking.web.access import for_drivers, user_of
from parking.web.driver.forms import WayToPayForm
from parking.web.forms import ServiceForm
from parking.web.mandate_words import shown_mandate
from parking.web.pass_words import shown_pass, shown_plan

SECTION = "passes"
MOST_SHOWN = 50
_PLATE = {"class": "plate-field", "autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"}


class PlatesForm(ServiceForm):
    """The plates of a pass, one in each line."""

    vehicles = forms.CharField(label=_("Plate"), max_length=700, widget=forms.TextInput(attrs=_PLATE))

    def __init__(self, *args: Any, most: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["vehicles"]
        if most > 1:
            field.label = _("Plates")
            field.help_text = _("One in each line, up to %(most)d.") % {"most": most}
            field.widget = forms.Textarea(attrs=_PLATE | {"rows": min(most, 5), "class": "form-control plate-field"})

    def plates(self) -> tuple[str, ...]:
        """Return what was typed, line by line."""
        return tuple(line.strip() for line in self.cleaned_data["vehicles"].splitlines() if line.strip())


class BuyForm(PlatesForm, WayToPayForm):
    starts_on = forms.DateField(
        label=_("First day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    auto_renew = forms.BooleanField(
        label=_("Renew at the end"),
        help_text=_("Three days before the end we send a link to pay. Nothing is charged automatically."),
        required=False,
    )

    field_order = ("vehicles", "starts_on", "auto_renew", "gateway")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Not in the class: what is filled in there stays in the language of the start.
        self.fields["starts_on"].help_text = gettext("Today, or up to %(days)d days ahead.") % {"days": MOST_DAYS_AHEAD}

    def wanted(self) -> Wanted:
        """Return the pass that is wanted."""
        return Wanted(self.plates(), self.cleaned_data["starts_on"], self.cleaned_data["auto_renew"])


@require_safe
@for_drivers
def overview(request: HttpRequest) -> HttpResponse:
    """Show the driver's passes, and the plans on sale."""
    now = clock.now()
    held = [shown_pass(one, now) for one in passes_of_driver(user_of(request).pk)[:MOST_SHOWN]]
    plans = [shown_plan(plan) for plan in plans_for_drivers()]
    return page(
        request,
        "driver/passes.html",
        section=SECTION,
        passes=held,
        plans=plans,
        organisations=list(organisations_of_contact(user_of(request).pk)),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_drivers
def buy(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Buy a pass of a plan, and pay it."""
    plan = plan_for_driver(plan_id)
    today = clock.now().astimezone(ZoneInfo(plan.site.time_zone)).date()
    form = BuyForm(
        request.POST or None, most=plan.vehicles, initial=_first_values(request, plan) | {"starts_on": today}
    )
    if form.is_valid():
        with form.refusals(request):
            return _after_buying(_buy(request, plan, form))
    key = requests.new_form_key()
    return page(request, "driver/pass_buy.html", section=SECTION, shown=shown_plan(plan), form=form, key=key)


def _first_values(request: HttpRequest, plan: Plan) -> dict[str, str]:
    """Return the driver's saved plates, as many as the plan takes."""
    saved = SavedVehicle.objects.filter(driver_id=user_of(request).pk).select_related("vehicle").order_by("-pk")
    plates = [plate_text(row.vehicle.vehicle_number) for row in saved[: plan.vehicles]]
    return {"vehicles": "\n".join(plates)}


@requests.once_per_form
def _buy(request: HttpRequest, attempt: Attempt, plan: Plan, form: BuyForm) -> Bought:
    now = clock.now()
    if attempt.subject is not None:
        return passes.resume_buying(subject=attempt.subject, now=now)
    return passes.buy(
        actor=actor_of(request),
        plan_id=plan.pk,
        wanted=form.wanted(),
        gateway=form.gateway_code(),
        now=now,
        key=attempt.key,
    )


def _after_buying(bought: Bought) -> HttpResponse:
    waits = bought.subscription.status == PassStatus.PENDING
    return redirect("pass_pay" if waits else "pass", bought.subscription.number)


def _own(request: HttpRequest, number: str) -> Subscription:
    return find_pass(number, driver_id=user_of(request).pk)


@require_safe
@for_drivers
def one(request: HttpRequest, number: str) -> HttpResponse:
    """Show one pass with its code."""
    return pass_page(request, _own(request, number))


def pass_page(request: HttpRequest, held: Subscription, **forms_shown: ServiceForm) -> HttpResponse:
    now = clock.now()
    shown = shown_pass(held, now)
    covers = held.coverage
    plates = forms_shown.get("plates") or PlatesForm(
        most=covers.vehicles, initial={"vehicles": "\n".join(shown.plates)}
    )
    paid = [period for period in held.periods.all() if period.paid_at is not None]
    return page(
        request,
        "driver/pass.html",
        section=SECTION,
        shown=shown,
        held=held,
        covers=covers,
        plates=plates,
        refused=forms_shown.get("refused"),
        due=waiting_period(held.periods.all()) is not None,
        mandate=shown_mandate(held, now),
        refundable=pass_changes.is_refundable(held, now),
        payment_id=newest_payment_id(paid[-1].bill_id) if paid else None,
    )


# --- Paying ------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@for_drivers
def pay(request: HttpRequest, number: str) -> HttpResponse:
    """Show the payment of a pass that waits, or start one; once it is paid, the pass is shown."""
    held = _own(request, number)
    form = WayToPayForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with form.refusals(request):
            bought = passes.pay(actor=actor_of(request), number=number, gateway=form.gateway_code(), now=clock.now())
            paid = bought.order is not None and bought.order.status == OrderStatus.COMPLETED
            return redirect("pass" if paid else "pass_pay", held.number)
    # Read again: a refused payment may have changed it.
    held = _own(request, number)
    period = waiting_period(held.periods.all())
    if period is None and not form.errors:
        return redirect("pass", held.number)
    order = open_order(period.bill) if period else None
    due = period.bill.due if period else ZERO
    return page(request, "driver/pass_pay.html", section=SECTION, form=form, due=due, **_payment(held, order))


def _payment(held: Subscription, order: PaymentOrder | None) -> dict[str, Any]:
    link = (order.upi_link or order.pay_url) if order else ""
    return {"held": held, "order": order, "picture": qr_data_uri(link) if link else ""}


@require_safe
@for_drivers
def pay_live(request: HttpRequest, number: str) -> HttpResponse:
    """The payment of a pass as it now is; the page goes on to the pass when the money is there."""
    held = _own(request, number)
    period = waiting_period(held.periods.all())
    order = open_order(period.bill) if period else None
    if order is None:
        address = reverse("pass" if period is None else "pass_pay", args=[held.number])
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return page(request, "driver/parts/payment.html", **_payment(held, order))


@require_POST
@for_drivers
def pay_check(request: HttpRequest, number: str) -> HttpResponse:
    """Ask the gateway after the payment of a pass, and settle what it says; `pay_live` shows it."""
    order = newest_order_of(_own(request, number))
    if order is not None and order.is_open:
        refresh_order(order=order, now=clock.now())
    return HttpResponse(status=204)


# --- Changes -----------------------------------------------------------------------------------------------


@require_POST
@for_drivers
def renewal(request: HttpRequest, number: str) -> HttpResponse:
    """Let a pass be renewed at its end, or no longer."""
    held = _own(request, number)
    form = ServiceForm(request.POST)
    wanted = request.POST.get("auto_renew") == "1"
    if form.is_valid():
        with form.refusals(request):
            pass_changes.choose_renewal(actor=actor_of(request), subscription=held, auto_renew=wanted, now=clock.now())
            return redirect("pass", held.number)
    return pass_page(request, held, refused=form)


@require_http_methods(["GET", "HEAD", "POST"])
@for_drivers
def vehicles(request: HttpRequest, number: str) -> HttpResponse:
    """Put other plates on a pass, from the next midnight on. A GET shows the pass."""
    held = _own(request, number)
    form = PlatesForm(request.POST or None, most=held.coverage.vehicles) if request.POST else None
    if form is None:
        return redirect("pass", held.number)
    if form.is_valid():
        with form.refusals(request):
            pass_changes.change_vehicles(
                actor=actor_of(request), subscription=held, plates=form.plates(), now=clock.now()
            )
            messages.success(request, gettext("The vehicles change at midnight."))
            return redirect("pass", held.number)
    return pass_page(request, held, plates=form)


@require_http_methods(["GET", "HEAD", "POST"])
@for_drivers
def cancel(request: HttpRequest, number: str) -> HttpResponse:
    """Cancel a pass whose money goes back whole. A GET shows the pass."""
    held = _own(request, number)
    if request.method != "POST":
        return redirect("pass", held.number)
    form = ServiceForm(request.POST)
    if form.is_valid():
        with form.refusals(request):
            pass_changes.cancel_pass(actor=actor_of(request), subscription=held, reason="", now=clock.now())
            messages.success(request, gettext("The pass was cancelled."))
            return redirect("pass", held.number)
    return pass_page(request, held, refused=form)
