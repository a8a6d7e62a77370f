"""A driver's points: how many there are, when they lapse, and where they came from and went."""

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from parking.edge.pages import page
from parking.offers.models import PointKind
from parking.offers.points import are_on, points_of
from parking.web.access import for_drivers, user_of

WORDS: dict[str, Promise] = {
    PointKind.EARNED: _("Earned"),
    PointKind.HELD: _("Used"),
    PointKind.RETURNED: _("Returned"),
    PointKind.LAPSED: _("Lapsed"),
    PointKind.TAKEN_BACK: _("Taken back after a refund"),
    PointKind.RESTORED: _("Given again"),
}


@require_safe
@for_drivers
def overview(request: HttpRequest) -> HttpResponse:
    """Show the balance, what lapses next, and the newest entries."""
    shown = points_of(user_of(request).pk)
    entries = [(entry, WORDS[entry.kind]) for entry in shown.entries]
    return page(request, "driver/points.html", section="history", points=shown, entries=entries, earns=are_on())
