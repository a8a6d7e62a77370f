"""How it stands."""

from django.http import HttpRequest, HttpResponse
from ninja import Router

from parking.api.shapes.dashboard import DashboardOut
from parking.core import clock
from parking.edge.answers import ok
from parking.edge.callers import actor_of, admin_only
from parking.edge.describe import READ_PROBLEMS, Ok, enveloped, examples
from parking.facilities.queries import zones_with_counts

router = Router(tags=["Admin"], auth=admin_only)


@router.get(
    "/dashboard/",
    response={200: Ok[DashboardOut], **READ_PROBLEMS},
    openapi_extra=examples(response=enveloped(DashboardOut.example)),
    summary="How it stands",
)
def dashboard(request: HttpRequest) -> HttpResponse:
    """The site's day so far, the totals, every zone, and what waits for somebody."""
    sites = actor_of(request).sites
    return ok(DashboardOut.of(zones_with_counts(sites=sites), clock.now(), sites=sites))
