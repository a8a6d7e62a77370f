"""Money that waits for a person: refunds to approve or to try again, and mismatched payments."""

from collections.abc import Iterator
from contextlib import contextmanager

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from parking.accounts.vouching import is_only_administrator
from parking.checkout import refunding, reviewing
from parking.checkout.queries import refunds
from parking.core import clock
from parking.core.errors import DomainError
from parking.edge import requests
from parking.edge.callers import actor_of
from parking.edge.errors import record_refusal
from parking.edge.pages import page
from parking.edge.requests import Attempt
from parking.edge.wording import sentence_for
from parking.payments.models import PaymentOrder, Refund, RefundStatus
from parking.reports.alerts import orders_in_review
from parking.reports.money_facts import order_by_number, refund_by_id
from parking.web.access import for_managers, for_office, user_of
from parking.web.confirming import ask, is_confirmed, is_going_back
from parking.web.forms import ServiceForm
from parking.web.office.shared.deciding import DecisionForm
from parking.web.office.shared.lists import sheet_of
from parking.web.templatetags.parking import rupees, word


@require_safe
@for_office
def review(request: HttpRequest) -> HttpResponse:
    """Show refunds that wait for approval or that the gateway refused, and mismatched payments."""
    orders = (
        orders_in_review(sites=actor_of(request).sites)
        .select_related("bill__session__vehicle")
        .order_by("created_at", "pk")
    )
    return page(
        request,
        "office/review.html",
        section="review",
        sheet=sheet_of(request, refunds(sites=actor_of(request).sites)),
        orders=orders,
        me=user_of(request),
        is_alone=is_only_administrator(now=clock.now()),
    )


@require_http_methods(["GET", "POST"])
@for_managers
def approve(request: HttpRequest, refund_id: int) -> HttpResponse:
    """Write down that money was handed back, after a question. Sent again, it changes nothing."""
    made = refund_by_id(refund_id, sites=actor_of(request).sites)
    names = {"amount": rupees(made.amount)}
    if not is_confirmed(request):
        return _may_approve(request, made) or _ask_about_refund(
            request,
            title=gettext("Approve this refund?"),
            yes=gettext("Yes, hand back %(amount)s") % names,
            effects=[
                gettext("You confirm that %(amount)s is handed back at the counter.") % names,
                gettext("This completes the refund and cannot be undone."),
            ],
        )
    if made.status == RefundStatus.COMPLETED:
        messages.success(request, gettext("The refund is done."))
        return redirect("office_review")
    with _refusals_as_messages(request):
        refunding.approve_refund(actor=actor_of(request), refund_id=refund_id, now=clock.now())
        messages.success(request, gettext("The refund is done."))
    return redirect("office_review")


def _may_approve(request: HttpRequest, refund: Refund) -> HttpResponse | None:
    """Return the way back to the list, where it says why, for who may not approve a refund: nobody is asked in vain."""
    try:
        refunding.decides_alone(refund, actor_of(request), clock.now())
    except DomainError as error:
        record_refusal(request, error)
        messages.error(request, sentence_for(error))
        return redirect("office_review")
    return None


@require_http_methods(["GET", "POST"])
@for_managers
def refuse(request: HttpRequest, refund_id: int) -> HttpResponse:
    """Refuse a refund of money of the counter, after a question. Sent again, it changes nothing."""
    made = refund_by_id(refund_id, sites=actor_of(request).sites)
    names = {"amount": rupees(made.amount)}
    if not is_confirmed(request):
        return _ask_about_refund(
            request,
            title=gettext("Refuse this refund?"),
            yes=gettext("Yes, refuse it"),
            effects=[
                gettext("%(amount)s is not refunded, and the bill stays as it was.") % names,
                gettext("If the bill was closed with it, it stays owed to the driver: say why you do not hand it out."),
                gettext("Whoever asked for it is told. The refund can be requested again."),
            ],
            asks=ReasonForm(),
        )
    if made.status != RefundStatus.REFUSED:
        with _refusals_as_messages(request):
            reason = request.POST.get("reason", "")[:200]
            refunding.refuse_refund(actor=actor_of(request), refund_id=refund_id, reason=reason, now=clock.now())
            messages.success(request, gettext("The refund is refused."))
    return redirect("office_review")


@require_http_methods(["GET", "POST"])
@for_managers
def retry(request: HttpRequest, refund_id: int) -> HttpResponse:
    """Try a refused refund once more, after a question."""
    made = refund_by_id(refund_id, sites=actor_of(request).sites)
    if made.by_hand and not is_confirmed(request):
        return _ask_about_refund(
            request,
            title=gettext("Try this refund again?"),
            yes=gettext("Try again"),
            effects=[gettext("It waits to be handed out by a second person again.")],
        )
    names = {"amount": rupees(made.amount), "gateway": word(made.payment.gateway)}
    if not is_confirmed(request):
        return _ask_about_refund(
            request,
            title=gettext("Try this refund again?"),
            yes=gettext("Try again"),
            effects=[
                gettext("%(gateway)s is asked first whether it has this refund, so nothing goes out twice.") % names,
                gettext("If not, %(amount)s is sent again.") % names,
            ],
        )
    with _refusals_as_messages(request):
        _retry(request, refund_id)
        messages.success(request, gettext("The refund is tried again."))
    return redirect("office_review")


@requests.once_per_form
def _retry(request: HttpRequest, attempt: Attempt, refund_id: int) -> Refund:
    now = clock.now()
    if attempt.subject is not None:
        return refunding.resume_refund(subject=attempt.subject, now=now)
    return refunding.retry_refund(actor=actor_of(request), refund_id=refund_id, now=now, key=attempt.key)


@require_http_methods(["GET", "POST"])
@for_managers
def send_back(request: HttpRequest, refund_id: int) -> HttpResponse:
    """Send a second payment back: one click, for the page that offers it says all. Sent again, it changes nothing."""
    refund = refund_by_id(refund_id, sites=actor_of(request).sites)
    if request.method == "POST":
        with _refusals_as_messages(request):
            if refund.is_held:
                refunding.send_second_back(actor=actor_of(request), refund_id=refund_id, now=clock.now())
            messages.success(request, gettext("The second payment is being refunded."))
    return redirect("office_review")


@require_http_methods(["GET", "POST"])
@for_managers
def close(request: HttpRequest, order_id: str) -> HttpResponse:
    """Ask what was found out about a payment that does not fit, and close its review."""
    order = order_by_number(order_id, sites=actor_of(request).sites)
    form = DecisionForm(request.POST or None)
    if form.is_valid() and not is_going_back(request):
        if not is_confirmed(request):
            return _question_of_review(request, form, order)
        if order.review_closed_at is not None:
            return _review_closed(request)
        with form.refusals(request):
            reviewing.close_review(
                actor=actor_of(request), order_id=order_id, reason=form.cleaned_data["reason"], now=clock.now()
            )
            return _review_closed(request)
    return page(request, "office/close_review.html", section="review", form=form, order=order)


def _review_closed(request: HttpRequest) -> HttpResponse:
    messages.success(request, gettext("The review is closed."))
    return redirect("office_review")


def _question_of_review(request: HttpRequest, form: DecisionForm, order: PaymentOrder) -> HttpResponse:
    names = {"gateway": word(order.gateway), "number": order.order_id}
    return ask(
        request,
        title=gettext("Close this review?"),
        form=form,
        yes=gettext("Close the review"),
        effects=[
            gettext("Order %(number)s leaves this list. No money moves by this.") % names,
            gettext("Money taken by %(gateway)s has to be settled there.") % names,
            gettext("Your name and the reason stay on record. This cannot be undone."),
        ],
        section="review",
    )


class _KeyForm(ServiceForm):
    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)


class ReasonForm(ServiceForm):
    """Why money is not handed out; needed where it stays owed."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


def _ask_about_refund(
    request: HttpRequest, *, title: str, yes: str, effects: list[str], asks: ServiceForm | None = None
) -> HttpResponse:
    return ask(
        request,
        title=title,
        form=_KeyForm(initial={"key": requests.new_form_key()}),
        yes=yes,
        effects=effects,
        back=reverse("office_review"),
        section="review",
        asks=asks,
    )


@contextmanager
def _refusals_as_messages(request: HttpRequest) -> Iterator[None]:
    """A refusal is shown on the page that comes next: the button that was pressed has no form to show it in."""
    try:
        yield
    except DomainError as error:
        record_refusal(request, error)
        messages.error(request, sentence_for(error))
