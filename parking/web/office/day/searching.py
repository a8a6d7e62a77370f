"""The search box of the office: bookings, payments, people and pages, by what is typed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from parking.edge.callers import actor_of
from parking.edge.pages import page
from parking.reports.searching import SHORTEST, Hits, find
from parking.web.access import for_office, is_part, user_of
from parking.web.office.shared.navigation import Shown, pages_named

# Nobody types more, and no plate or number is longer.
LONGEST = 64


@require_safe
@for_office
def search(request: HttpRequest) -> HttpResponse:
    """Show what was found, as the part below the box or as a page; a single find is opened at once."""
    text = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST]
    actor = actor_of(request)
    hits = find(text, sites=actor.sites)
    pages = pages_named(text, user_of(request), actor=actor) if len(text) >= SHORTEST else []
    if is_part(request):
        return page(request, "office/parts/search_hits.html", text=text, hits=hits, pages=pages)
    if address := _only_one(hits, pages):
        return redirect(address)
    return page(request, "office/search.html", text=text, hits=hits, pages=pages)


def _only_one(hits: Hits, pages: list[Shown]) -> str:
    addresses = [
        *(reverse("office_session", args=[session.pk]) for session in hits.sessions),
        *(reverse("office_session", args=[hit.session.pk]) for hit in hits.payments),
        *(reverse("office_user", args=[user.pk]) for user in hits.people),
        *(entry.address for entry in pages),
    ]
    return addresses[0] if len(addresses) == 1 else ""
