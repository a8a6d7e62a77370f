"""The one page of a shop: a code or the end of a plate, and Validate."""

from csp.decorators import csp_update
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from parking.checkout import validating
from parking.checkout.validating import Customer
from parking.core import clock
from parking.core.errors import DomainError
from parking.core.ids import Ref, read_qr_code
from parking.edge.callers import actor_of
from parking.edge.errors import record_refusal
from parking.edge.pages import page
from parking.edge.wording import sentence_for
from parking.offers.models import Shop
from parking.offers.shop_rules import masked
from parking.offers.shops import shop_of_person
from parking.offers.validations import validations_of
from parking.tariffs.rules.changes import Gives
from parking.web.access import for_drivers
from parking.web.forms import AmountField, ServiceForm

SHOWN = 30


class ValidateForm(ServiceForm):
    customer = forms.CharField(
        label=gettext_lazy("Code or last four of the plate"),
        max_length=100,
        required=False,
        widget=forms.TextInput(
            attrs={
                "class": "code-field",
                "autocapitalize": "characters",
                "autocomplete": "off",
                "spellcheck": "false",
                "autofocus": True,
            }
        ),
    )
    bill_number = forms.CharField(label=gettext_lazy("Number of your bill"), max_length=30, required=False)
    bill_amount = AmountField(label=gettext_lazy("Amount of your bill"), required=False)

    # Needed, unless a car was chosen.
    one_of = ("customer",)
    # Chosen by a button, after several plates with this end were found inside.
    session_id = forms.IntegerField(min_value=1, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: object, shop: Shop, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.matches: list[dict[str, object]] = []
        if shop.gives == Gives.PURCHASE:
            self.fields["bill_amount"].required = True
        else:
            del self.fields["bill_amount"]

    def clean(self) -> dict[str, object]:
        values = super().clean() or {}
        if not values.get("customer") and not values.get("session_id"):
            self.add_error("customer", _("Scan the code, or type it or the last four of the plate."))
        return values

    def add_refusal(self, error: DomainError) -> None:
        super().add_refusal(error)
        self.matches = error.facts.get("matches", [])

    def customer_of_shop(self) -> Customer:
        values = self.cleaned_data
        text, session_id = values["customer"], values["session_id"]
        is_code = read_qr_code(text) is not None
        return Customer(
            code=text if is_code and not session_id else None,
            plate=None if is_code or session_id else text,
            session=Ref(pk=session_id) if session_id else None,
            bill_number=values["bill_number"],
            bill_amount=values.get("bill_amount"),
        )


@require_http_methods(["GET", "HEAD", "POST"])
@for_drivers
@csp_update({"script-src": ["'wasm-unsafe-eval'"]})
def overview(request: HttpRequest) -> HttpResponse:
    """Validate, and show what was validated lately."""
    shop, now = shop_of_person(actor_of(request)), clock.now()
    form = ValidateForm(request.POST or None, shop=shop)
    if form.is_valid():
        with form.refusals(request):
            done = validating.validate(actor=actor_of(request), customer=form.customer_of_shop(), now=now)
            plate = masked(done.session.vehicle.vehicle_number)
            messages.success(request, _("Validated: %(plate)s") % {"plate": plate})
            return redirect("shop")
    rows = [
        (row, masked(row.session.vehicle.vehicle_number), now <= row.undo_until) for row in validations_of(shop)[:SHOWN]
    ]
    return page(request, "driver/shop.html", section="shop", shop=shop, form=form, rows=rows)


@require_POST
@for_drivers
def undo(request: HttpRequest, validation_id: int) -> HttpResponse:
    """Take a validation back."""
    try:
        validating.undo(actor=actor_of(request), validation_id=validation_id, now=clock.now())
        messages.success(request, _("Taken back."))
    except DomainError as error:
        record_refusal(request, error)
        messages.error(request, sentence_for(error))
    return redirect("shop")
