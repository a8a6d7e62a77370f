"""The page that the code on a slip or receipt opens, for everybody who holds it."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from parking.checkout import receipt_check
from parking.core import clock
from parking.core.errors import NotFound
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.invoices.profiles import profile_at
from parking.web.forms import AmountField, ServiceForm

_SHOWN_OF_PLATE = 4


class DoubtForm(ServiceForm):
    """What somebody says to have paid."""

    paid = AmountField(label=_("What did you pay?"), most=1_000_000)
    words = forms.CharField(
        label=_("What happened?"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, code: str) -> HttpResponse:
    """Show kind, times, lines, sum and money as the books have them; take the word of who paid something else."""
    try:
        checked = receipt_check.check(code=code, now=clock.now())
    except NotFound as error:
        raise Http404 from error
    form = DoubtForm(request.POST or None)
    if form.is_valid():
        with form.refusals(request):
            given = form.cleaned_data
            receipt_check.doubt(
                actor=actor_of(request), code=code, paid=given["paid"], words=given["words"], now=clock.now()
            )
            messages.success(request, gettext("Thank you. The car park looks into it."))
            return redirect("receipt_check", code)
    session = checked.session
    return page(
        request,
        "web/receipt_check.html",
        checked=checked,
        session=session,
        bill=checked.bill,
        form=form,
        plate_end=session.vehicle.match_key[-_SHOWN_OF_PLATE:],
        payee=profile_at(session.zone.site, clock.now()),
    )
