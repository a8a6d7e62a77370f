"""Vouchers: the list with what became of each, a new one, and withdrawing one."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parking.accounts.models import Approval
from parking.core import clock
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.facilities.sites import present_sites
from parking.offers import vouchers
from parking.web.access import for_managers, for_office
from parking.web.forms import AmountField, ServiceForm
from parking.web.office.shared.lists import DayField
from parking.web.office.shared.second_person import say_done

SECTION = "promo_codes"
ROWS = 50


class VoucherForm(ServiceForm):
    service_fields: ClassVar[Mapping[str, str]] = {"value": "amount", "valid_to": "until"}

    amount = AmountField(label=gettext_lazy("Amount"))
    until = DayField(label=gettext_lazy("Last day"), required=True)
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    site = forms.TypedChoiceField(label=gettext_lazy("Where it holds"), coerce=int, required=False, empty_value=None)

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        actor = actor_of(request)
        everywhere = [("", _("At all car parks"))] if actor.sites is None else []
        here = [(site.pk, site.name) for site in present_sites(actor)]
        self.fields["site"].choices = [*everywhere, *here]  # type: ignore[attr-defined]


@require_safe
@for_office
def overview(request: HttpRequest) -> HttpResponse:
    """Show the vouchers, the newest first."""
    rows = Paginator(vouchers.vouchers_of(actor_of(request).sites), ROWS).get_page(request.GET.get("page"))
    return page(request, "office/vouchers.html", section=SECTION, rows=rows, today=clock.today())


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def new(request: HttpRequest) -> HttpResponse:
    """Issue a voucher; a second person approves it."""
    form = VoucherForm(request, request.POST or None)
    if form.is_valid():
        with form.refusals(request):
            given = form.cleaned_data
            issued = vouchers.issue(
                actor=actor_of(request),
                amount=given["amount"],
                until=given["until"],
                reason=given["reason"],
                site_id=given["site"],
                now=clock.now(),
            )
            code = "" if isinstance(issued, Approval) else issued.code
            say_done(request, issued, _("Voucher %(code)s was issued.") % {"code": code})
            return redirect("office_vouchers")
    return page(request, "office/voucher.html", section=SECTION, form=form)


@require_POST
@for_managers
def withdraw(request: HttpRequest, voucher_id: int) -> HttpResponse:
    """Let a voucher be good no more."""
    vouchers.switch(actor=actor_of(request), voucher_id=voucher_id, is_active=False, now=clock.now())
    say_done(request, None)
    return redirect("office_vouchers")
