"""Refunding a payment."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from parking.checkout import refunding
from parking.core import clock
from parking.core.money import LEAST_ONLINE
from parking.edge import requests
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.edge.requests import Attempt
from parking.payments.models import Payment, PaymentMethod, Refund, RefundStatus
from parking.reports.money_facts import payment_to_refund
from parking.web.access import for_managers
from parking.web.confirming import ask, is_confirmed, is_going_back
from parking.web.office.shared.deciding import DecisionForm
from parking.web.office.shared.fields import SumField
from parking.web.templatetags.parking import rupees, word


class RefundForm(DecisionForm):
    amount = SumField(label=_("Amount"))
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("The driver can read it."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    field_order = ("amount", "reason")

    def __init__(self, *args: Any, left: Decimal, **kwargs: Any) -> None:
        self.left = left
        super().__init__(*args, **kwargs, initial={"amount": left})

    def clean_amount(self) -> Decimal:
        """Refuse nothing, and more than is left of the payment, before anybody is asked to confirm it."""
        amount: Decimal = self.cleaned_data["amount"]
        if amount <= 0:
            raise forms.ValidationError(_("Please give an amount above zero."))
        if amount > self.left:
            text = gettext("Only %(left)s of this payment can still be refunded.")
            raise forms.ValidationError(text % {"left": rupees(self.left)})
        return amount


@require_http_methods(["GET", "POST"])
@for_managers
def refund(request: HttpRequest, payment_id: int) -> HttpResponse:
    """Ask for amount and reason, say what will happen, and write the refund down."""
    payment, left = payment_to_refund(payment_id, sites=actor_of(request).sites)
    form = RefundForm(request.POST or None, left=left)
    if form.is_valid() and not is_going_back(request):
        if not is_confirmed(request):
            return _question(request, form, payment)
        with form.refusals(request):
            messages.success(request, _outcome_text(_refund(request, payment_id, form)))
            return _to_stay(payment)
    form.show_again()
    return page(request, "office/refund.html", section="payments", form=form, payment=payment, left=left)


@requests.once_per_form
def _refund(request: HttpRequest, attempt: Attempt, payment_id: int, form: RefundForm) -> Refund:
    now = clock.now()
    if attempt.subject is not None:
        return refunding.resume_refund(subject=attempt.subject, now=now)
    return refunding.refund_any_payment(
        actor=actor_of(request),
        payment_id=payment_id,
        amount=form.cleaned_data["amount"],
        reason=form.cleaned_data["reason"],
        now=now,
        key=attempt.key,
    )


def _question(request: HttpRequest, form: RefundForm, payment: Payment) -> HttpResponse:
    amount = form.cleaned_data["amount"]
    return ask(
        request,
        title=gettext("Refund %(amount)s?") % {"amount": rupees(amount)},
        form=form,
        yes=gettext("Refund %(amount)s") % {"amount": rupees(amount)},
        effects=_effects(payment, amount),
        grave=True,
        section="payments",
    )


def _effects(payment: Payment, amount: Decimal) -> list[str]:
    names = {"amount": rupees(amount), "gateway": word(payment.gateway)}
    if payment.method == PaymentMethod.ONLINE and amount >= LEAST_ONLINE:
        way = [gettext("%(amount)s is refunded through %(gateway)s to where it came from.") % names]
    else:
        way = [
            gettext("%(amount)s is recorded as a manual refund.") % names,
            gettext("Another manager has to approve it before the money is paid out."),
        ]
    return [*way, gettext("It appears on the bill with its reason and cannot be undone.")]


def _outcome_text(made: Refund) -> str:
    if made.status == RefundStatus.COMPLETED:
        return gettext("The money was refunded.")
    if not made.by_hand:
        return gettext("The refund is recorded and on its way.")
    return gettext("The refund is recorded. Another manager has to approve it.")


def _to_stay(payment: Payment) -> HttpResponse:
    session = getattr(payment.bill, "session", None)
    return redirect("office_session", session.pk) if session else redirect("office_payments")
