"""The answer to a driver's objection to a debt."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from parking.checkout import objecting
from parking.core import clock
from parking.core.plate_words import plate_words
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.payments.models import Debt
from parking.reports.money_facts import debt_by_id
from parking.web.access import for_managers
from parking.web.confirming import ask, is_confirmed, is_going_back
from parking.web.forms import ServiceForm
from parking.web.templatetags.parking import rupees

UPHOLD, REFUSE = "UPHOLD", "REFUSE"


class AnswerForm(ServiceForm):
    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=[(REFUSE, _("The debt stands")), (UPHOLD, _("The driver is right: write it off"))],
    )
    answer = forms.CharField(
        label=_("Answer"),
        max_length=200,
        help_text=_("The driver can read it."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    @property
    def upholds(self) -> bool:
        return bool(self.cleaned_data["decision"] == UPHOLD)


@require_http_methods(["GET", "POST"])
@for_managers
def answer(request: HttpRequest, debt_id: int) -> HttpResponse:
    """Ask for decision and answer, say what will happen, and write it down."""
    debt = debt_by_id(debt_id, sites=actor_of(request).sites)
    form = AnswerForm(request.POST or None)
    if form.is_valid() and not is_going_back(request):
        if not is_confirmed(request):
            return _question(request, form, debt)
        with form.refusals(request):
            objecting.answer_objection(
                actor=actor_of(request),
                debt_id=debt_id,
                upheld=form.upholds,
                answer=form.cleaned_data["answer"],
                now=clock.now(),
            )
            messages.success(request, gettext("The objection was answered."))
            return redirect("office_debts")
    return page(request, "office/objection.html", section="debts", form=form, debt=debt)


def _question(request: HttpRequest, form: AnswerForm, debt: Debt) -> HttpResponse:
    names = {"amount": rupees(debt.amount), "plate": plate_words(debt.bill.session.vehicle.vehicle_number)}
    if form.upholds:
        effect = gettext("%(plate)s owes %(amount)s less, and the gate no longer shows this debt.") % names
    else:
        effect = gettext("The gate asks %(plate)s for %(amount)s again.") % names
    return ask(
        request,
        title=gettext("Answer this objection?"),
        form=form,
        yes=gettext("Answer it"),
        effects=[effect, gettext("The driver can read your reply. It cannot be changed.")],
        grave=True,
        section="debts",
    )
