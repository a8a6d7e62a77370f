"""The classes of vehicles that pay nothing, by car park."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from parking.core import clock
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.edge.wording import sentence_for
from parking.facilities.sites import present_sites
from parking.stays import exempt_classes
from parking.web.access import for_managers, for_office
from parking.web.bill_words import exempt_class_in_words
from parking.web.forms import ServiceForm

SECTION = "exempt_classes"


class ClassForm(ServiceForm):
    site_id = forms.TypedChoiceField(label=_("Car park"), coerce=int)
    name = forms.CharField(
        label=_("Class"),
        help_text=_("As it stands on bills, for example: ambulance."),
        max_length=30,
        widget=forms.TextInput(attrs={"list": "usual-classes", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, sites: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.TypedChoiceField, self.fields["site_id"]).choices = sites

    def add_refusal(self, error: Any) -> None:
        """Show a class that is there already at its name."""
        if error.code == "exempt_class_exists":
            self.add_error("name", sentence_for(error))
        else:
            super().add_refusal(error)


@require_http_methods(["GET", "HEAD", "POST"])
@for_office
def overview(request: HttpRequest) -> HttpResponse:
    """Show the classes, and add one."""
    actor = actor_of(request)
    form = ClassForm(request.POST or None, sites=[(site.pk, site.name) for site in present_sites(actor)])
    if form.is_valid():
        with form.refusals(request):
            values = form.cleaned_data
            exempt_classes.create_class(actor=actor, site_id=values["site_id"], name=values["name"], now=clock.now())
            messages.success(request, gettext("Saved."))
            return redirect("office_exempt_classes")
    return page(
        request,
        "office/exempt_classes.html",
        section=SECTION,
        form=form,
        classes=exempt_classes.classes_of(actor.sites),
        usual=[(name, exempt_class_in_words(name)) for name in exempt_classes.USUAL],
    )


@require_POST
@for_managers
def switch(request: HttpRequest, class_id: int) -> HttpResponse:
    """Take a class in or out of use."""
    found = exempt_classes.class_by_id(class_id, actor_of(request).sites)
    exempt_classes.change_class(
        actor=actor_of(request), class_id=class_id, changes={"is_active": not found.is_active}, now=clock.now()
    )
    messages.success(request, gettext("Saved."))
    return redirect("office_exempt_classes")
