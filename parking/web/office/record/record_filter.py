"""The filter and the columns of the audit record."""

from functools import partial

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from parking.core.ids import MAX_ID
from parking.reports.record import RecordFilter, known_actions, subject_kinds
from parking.web.office.shared.lists import Column, FilterForm

COLUMNS = (Column(_("When")), Column(_("Who")), Column(_("What")), Column(_("About")), Column(_("Details")))


def _codes(every: str) -> list[tuple[str, str]]:
    codes = known_actions() if every == "actions" else subject_kinds()
    return [("", str(_("All"))), *((code, code) for code in codes)]


class RecordFilterForm(FilterForm):
    q = forms.CharField(
        label=_("Account: username or number"), required=False, max_length=150, widget=forms.SearchInput
    )
    action = forms.ChoiceField(label=_("What"), required=False, choices=partial(_codes, "actions"))
    code = forms.SlugField(label=_("Code of a refusal"), required=False, max_length=50)
    outcome = forms.ChoiceField(
        label=_("Done or refused"), required=False, choices=[("", _("All")), ("done", _("Done")), ("no", _("Refused"))]
    )
    kind = forms.ChoiceField(label=_("About"), required=False, choices=partial(_codes, "kinds"))
    number = forms.IntegerField(label=_("Its number"), required=False, min_value=0, max_value=MAX_ID)
    request = forms.CharField(label=_("Request"), required=False, max_length=64)

    field_order = ("q", "action", "outcome", "code", "kind", "number", "request", "first", "last")

    @property
    def wanted(self) -> RecordFilter:
        """Return the filter of a valid form."""
        data = self.cleaned_data
        return RecordFilter(
            period=data["period"],
            action=f"refused.{data['code']}" if data["code"] else data["action"] or None,
            refused={"done": False, "no": True}.get(data["outcome"]),
            actor=data["q"] or None,
            subject_kind=data["kind"] or None,
            subject_id=data["number"],
            request_id=data["request"] or None,
        )


def record_filter(request: HttpRequest) -> RecordFilterForm:
    return RecordFilterForm(request.GET)
