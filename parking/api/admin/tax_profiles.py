"""In whose name a site issues documents, and with what tax."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import Field

from parking.api.paging import Paging, page_of
from parking.api.shapes.tax_profiles import TaxProfileOut
from parking.core import clock
from parking.core.errors import InvalidInput
from parking.edge import requests
from parking.edge.answers import ok
from parking.edge.callers import actor_of, admin_only
from parking.edge.describe import READ_PROBLEMS, WRITE_PROBLEMS, Ok, Page, enveloped, examples, keyed, paged
from parking.edge.parsing import Day, In, Printable, Rupees, Text12, Text200
from parking.facilities.sites import site_by_id
from parking.invoices.models import TaxProfile
from parking.invoices.profiles import NewProfile, add_profile
from parking.invoices.queries import tax_profiles

router = Router(tags=["Admin"], auth=admin_only)

SiteId = Annotated[int, Field(ge=1, le=2**31 - 1)]
Text = Annotated[str, Field(max_length=300), Printable]


class TaxProfilesQuery(Paging):
    site_id: SiteId | None = None


@router.get(
    "/tax-profiles/",
    response={200: Ok[Page[TaxProfileOut]], **READ_PROBLEMS},
    openapi_extra=examples(response=paged(TaxProfileOut.example)),
    summary="Tax profiles",
)
def list_profiles(request: HttpRequest, filters: Annotated[TaxProfilesQuery, Query()]) -> HttpResponse:
    """All profiles by site, the newest of each first. In force is the last one that has begun."""
    found = page_of(tax_profiles(actor_of(request), site_id=filters.site_id), filters)
    return ok(found.showing([TaxProfileOut.of(profile) for profile in found.rows]))


class TaxProfileIn(In):
    site_id: SiteId
    legal_name: Text200
    series_prefix: Text12
    valid_from: Day
    address: Text = ""
    gstin: Annotated[str, Field(max_length=30), Printable] = ""
    state_code: Annotated[str, Field(max_length=2), Printable] = ""
    rate: Rupees = Field(NewProfile.rate, description="Percent, both halves together")
    sac: Text12 = NewProfile.sac
    prices_include_tax: bool = Field(True, description="False: tariffs are written without; drivers see them with it")
    legal_note: Text = ""


@router.post(
    "/tax-profiles/",
    response={201: Ok[TaxProfileOut], **WRITE_PROBLEMS},
    openapi_extra=keyed(
        examples(
            request={
                "site_id": 1,
                "legal_name": "Namma Parking Private Limited",
                "address": "12 Kempegowda Road, Bengaluru 560009",
                "gstin": "29AAGCB7383J1Z4",
                "series_prefix": "KA1",
                "rate": 18,
                "valid_from": "2026-12-01",
                "legal_note": "",
            },
            response=enveloped(TaxProfileOut.example, "Tax profile added"),
            status=201,
        )
    ),
    summary="Add a tax profile",
)
@requests.idempotent_in_one_transaction
def create_profile(request: HttpRequest, payload: TaxProfileIn) -> HttpResponse:
    """Add the profile of a site that holds from a day on. Without GSTIN the seller is not registered.

    A registered seller at rate 0 needs the legal note, and issues bills of supply. Profiles are never changed, and
    documents that are issued stay as they are.
    """
    return ok(TaxProfileOut.of(_added(request, payload)), "Tax profile added", status=201)


def _added(request: HttpRequest, payload: TaxProfileIn) -> TaxProfile:
    actor = actor_of(request)
    values = payload.model_dump(exclude={"site_id", "valid_from"})
    wanted = NewProfile(holds_from=payload.valid_from, **values)
    site = site_by_id(payload.site_id, actor)
    try:
        return add_profile(actor=actor, site=site, wanted=wanted, now=clock.now())
    except InvalidInput as error:
        names = {"holds_from": "valid_from"}
        raise InvalidInput({names.get(field, field): texts for field, texts in error.errors.items()}) from error
