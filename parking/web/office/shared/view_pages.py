"""Saving, renaming and deleting views of lists."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from parking.accounts import saved_views as views
from parking.core import clock
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.web.access import for_readers, user_of
from parking.web.forms import ServiceForm
from parking.web.office.shared.saved_lists import list_named
from parking.web.office.shared.saved_views import address_of, known_query, may_open, moving, resolved
from parking.web.office.shared.site_switch import site_switch


class NameForm(ServiceForm):
    name = forms.CharField(label=_("Name"), max_length=views.NAME_LENGTH)


@require_POST
@for_readers
def save(request: HttpRequest, list_name: str) -> HttpResponse:
    """Keep the filter that is sent along under a name, and show the list by it."""
    query, form = known_query(list_name, request.POST), NameForm(request.POST)
    if form.is_valid():
        with form.refusals(request):
            actor = actor_of(request)
            kept = moving(query, actor.sites)
            views.save_view(
                actor=actor, list_name=list_name, name=form.cleaned_data["name"], query=kept, now=clock.now()
            )
            return redirect(address_of(list_name, query))
    return page(
        request,
        "office/saved_view.html",
        section=list_name,
        form=form,
        kept=query,
        back=address_of(list_name, query),
        label=list_named(list_name).label,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_readers
def change(request: HttpRequest, view_id: int) -> HttpResponse:
    """Rename a view of one's own."""
    actor, view = actor_of(request), views.view_of(user_of(request).pk, view_id)
    query = resolved(view.query, actor.sites)
    may = may_open(query, site_switch(request))
    back = address_of(view.list_name, query if may else {})
    form = NameForm(request.POST or None, initial={"name": view.name})
    if form.is_valid():
        with form.refusals(request):
            views.rename_view(actor=actor, view_id=view.pk, name=form.cleaned_data["name"], now=clock.now())
            return redirect(back)
    return page(
        request,
        "office/saved_view.html",
        section=view.list_name,
        form=form,
        view=view,
        may_open=may,
        back=back,
        label=list_named(view.list_name).label,
    )


@require_POST
@for_readers
def delete(request: HttpRequest, view_id: int) -> HttpResponse:
    """Delete a view of one's own. Nothing is lost that one could not save again."""
    view = views.delete_view(actor=actor_of(request), view_id=view_id, now=clock.now())
    messages.success(request, gettext("The view %(name)s was deleted.") % {"name": view.name})
    return redirect(list_named(view.list_name).page)
