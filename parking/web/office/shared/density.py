"""How close the rows of lists stand: chosen by a person for a screen, and kept in that browser.

A cookie and no column of the account: the same person has a large screen at a desk and a small one on the way.
"""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from parking.web.access import for_readers, safe_next, user_of
from parking.web.cookies import YEAR, keep_cookie

COMFORTABLE, COMPACT = DENSITIES = ("comfortable", "compact")


def density_of(request: HttpRequest) -> str:
    """Return what this person chose in this browser; comfortable without a choice."""
    chosen = request.COOKIES.get(_cookie(request), "")
    return chosen if chosen in DENSITIES else COMFORTABLE


def _cookie(request: HttpRequest) -> str:
    # One for each person: a computer of the office has several.
    return f"density_{user_of(request).pk}"


@require_POST
@for_readers
def choose(request: HttpRequest) -> HttpResponse:
    """Keep a choice for a year, and go back to the list."""
    response = HttpResponseRedirect(safe_next(request, reverse("office")))
    wanted = request.POST.get("density", "")
    if wanted in DENSITIES:
        keep_cookie(response, _cookie(request), wanted, YEAR)
    return response
