"""Sites, as managers see and change them."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from parking.api.paging import Paging, page_of
from parking.api.shapes.sites import ChangedSiteIn, NewSiteIn, SiteCopyIn, SiteOut
from parking.core import clock
from parking.edge import requests
from parking.edge.answers import ok
from parking.edge.callers import actor_of, admin_only
from parking.edge.describe import READ_PROBLEMS, WRITE_PROBLEMS, Ok, Page, enveloped, examples, keyed, paged, problems
from parking.edge.parsing import path_id
from parking.facilities import sites
from parking.tariffs import services as tariffs

router = Router(tags=["Admin"], auth=admin_only)


@router.get(
    "/sites/",
    response={200: Ok[Page[SiteOut]], **READ_PROBLEMS},
    openapi_extra=examples(response=paged(SiteOut.example)),
    summary="Sites",
)
def list_sites(request: HttpRequest, paging: Annotated[Paging, Query()]) -> HttpResponse:
    """The sites of the caller that were not retired, by name; `missing` is what each lacks before it should open."""
    found = page_of(sites.present_sites(actor_of(request)), paging)
    return ok(found.showing(SiteOut.rows(found.rows)))


@router.post(
    "/sites/",
    response={201: Ok[SiteOut], **WRITE_PROBLEMS},
    openapi_extra=keyed(
        examples(
            request={
                "name": "Airport",
                "code": "AIR",
                "address": "Terminal 3",
                "opens_at": "05:00",
                "closes_at": "01:00",
            },
            response=enveloped(SiteOut.example, "Site made"),
            status=201,
        )
    ),
    summary="Make a site",
)
@requests.idempotent_in_one_transaction
def create_site(request: HttpRequest, payload: NewSiteIn) -> HttpResponse:
    """Make a site, CLOSED unless `state` says otherwise."""
    site = sites.create_site(actor=actor_of(request), fields=payload.changes(), now=clock.now())
    return ok(SiteOut.rows([site])[0], "Site made", status=201)


@router.get(
    "/sites/{site_ref}/",
    response={200: Ok[SiteOut], **READ_PROBLEMS},
    openapi_extra=examples(response=enveloped(SiteOut.example)),
    summary="One site",
)
def one_site(request: HttpRequest, site_ref: str) -> HttpResponse:
    """One site of the caller's."""
    return ok(SiteOut.rows([sites.site_by_id(path_id(site_ref), actor_of(request))])[0])


@router.patch(
    "/sites/{site_ref}/",
    response={200: Ok[SiteOut], **problems()},
    openapi_extra=examples(
        request={"state": "OPEN", "opens_at": "06:00", "closes_at": "23:00"},
        response=enveloped(SiteOut.example, "Site changed"),
    ),
    summary="Change a site",
)
def change_site(request: HttpRequest, site_ref: str, payload: ChangedSiteIn) -> HttpResponse:
    """Change a site, open or close it, or retire it, which is refused (`site_in_use`) while it has zones."""
    site = sites.update_site(
        actor=actor_of(request), site_id=path_id(site_ref), changes=payload.changes(), now=clock.now()
    )
    return ok(SiteOut.rows([site])[0], "Site changed")


@router.post(
    "/sites/{site_ref}/copy/",
    response={201: Ok[SiteOut], **WRITE_PROBLEMS},
    openapi_extra=keyed(
        examples(
            request={"name": "Airport, north", "code": "AIRN"},
            response=enveloped(SiteOut.example | {"state": "CLOSED"}, "Site copied"),
            status=201,
        )
    ),
    summary="Copy a site",
)
@requests.idempotent_in_one_transaction
def copy_site(request: HttpRequest, site_ref: str, payload: SiteCopyIn) -> HttpResponse:
    """Make a site, CLOSED, with the hours, zones, prices, gates and settings of another. Slots are not copied."""
    site = tariffs.copy_site(
        actor=actor_of(request), site_id=path_id(site_ref), name=payload.name, code=payload.code, now=clock.now()
    )
    return ok(SiteOut.rows([site])[0], "Site copied", status=201)
