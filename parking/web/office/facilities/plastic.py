"""Tokens of plastic and blocks of paper slips: made, counted, printed, reported lost."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parking.accounts.models import Role
from parking.core import clock
from parking.core.actor import Actor
from parking.core.qr import qr_data_uri
from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.facilities.sites import present_sites, site_by_id
from parking.stays import paper, tokens
from parking.stays.token_models import TokenItem
from parking.stays.tokens import Pool, state_of_token
from parking.web.access import for_managers, for_office, user_of
from parking.web.forms import ServiceForm
from parking.web.templatetags.parking import word

MOST_SHOWN = 200


class NumbersForm(ServiceForm):
    """Numbers from one to another, at a site."""

    site = forms.TypedChoiceField(label=_("Car park"), coerce=int)
    first = forms.IntegerField(label=_("From number"), min_value=1, max_value=10**6, initial=1)
    last = forms.IntegerField(label=_("To number"), min_value=1, max_value=10**6, initial=50)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sites = [(site.pk, site.name) for site in present_sites(actor)]
        cast(forms.ChoiceField, self.fields["site"]).choices = sites


class TokensForm(NumbersForm):
    """Tokens for one use."""

    item = forms.ChoiceField(label=_("What the tokens are for"))
    field_order = ("site", "item", "first", "last")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        uses = [(item, word(item)) for item in TokenItem.values]
        cast(forms.ChoiceField, self.fields["item"]).choices = uses


class BlockForm(NumbersForm):
    """A block of printed slips."""

    name = forms.CharField(label=_("Block"), max_length=12, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    field_order = ("site", "name", "first", "last")


@require_http_methods(["GET", "HEAD", "POST"])
@for_office
def overview(request: HttpRequest) -> HttpResponse:
    """Show the pools and blocks of each site, and make more."""
    actor = actor_of(request)
    makes_block = "block" in request.POST
    sent = request.POST if request.method == "POST" and user_of(request).role == Role.ADMIN else None
    numbers = TokensForm(None if makes_block else sent, actor=actor, prefix="token")
    block = BlockForm(sent if makes_block else None, actor=actor, prefix="slip")
    if _is_made(request, actor, block if makes_block else numbers):
        return redirect("office_tokens")
    counts = tokens.pools(actor.sites)
    pools = [
        (site, item, counts.get((site.pk, item), Pool()))
        for site in present_sites(actor)
        for item in TokenItem.values
        if item == TokenItem.VEHICLE or (site.pk, item) in counts
    ]
    rows = [(token, state_of_token(token)) for token in tokens.tokens_of(actor.sites)[:MOST_SHOWN]]
    return page(
        request,
        "office/tokens.html",
        section="tokens",
        pools=pools,
        rows=rows,
        blocks=list(paper.blocks_of(actor.sites)[:MOST_SHOWN]),
        numbers=numbers,
        block_form=block,
    )


def _is_made(request: HttpRequest, actor: Actor, form: NumbersForm) -> bool:
    if not form.is_valid():
        return False
    given = form.cleaned_data
    with form.refusals(request):
        if isinstance(form, BlockForm):
            paper.make_block(
                actor=actor,
                site_id=given["site"],
                name=given["name"],
                first=given["first"],
                last=given["last"],
                now=clock.now(),
            )
        else:
            tokens.make_tokens(
                actor=actor,
                site_id=given["site"],
                first=given["first"],
                last=given["last"],
                item=given["item"],
                now=clock.now(),
            )
        messages.success(request, gettext("Saved."))
    return not form.errors


@require_POST
@for_managers
def set_lost(request: HttpRequest, token_id: int) -> HttpResponse:
    """Report a token lost, or found again."""
    tokens.set_lost(actor=actor_of(request), token_id=token_id, lost=request.POST.get("lost") == "1", now=clock.now())
    return redirect("office_tokens")


@require_safe
@for_office
def sheet(request: HttpRequest, site_id: int) -> HttpResponse:
    """Show the codes of a site's tokens to be printed and cut."""
    site = site_by_id(site_id, actor_of(request))
    rows = tokens.tokens_of(frozenset({site.pk})).filter(lost_at=None)[:MOST_SHOWN]
    drawn = [(token, qr_data_uri(token.code)) for token in rows]
    return page(request, "office/token_sheet.html", section="tokens", site=site, drawn=drawn)
