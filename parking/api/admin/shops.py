"""Shops, as managers see and change them."""

from datetime import date
from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from ninja import Query, Router
from pydantic import BaseModel, Field

from parking.api.paging import Paging, page_of
from parking.api.shapes.shops import ChangedShopIn, NewShopIn, ShopOut, StatementOut
from parking.core import clock
from parking.edge import requests
from parking.edge.answers import ok
from parking.edge.callers import actor_of, admin_only
from parking.edge.describe import READ_PROBLEMS, WRITE_PROBLEMS, Ok, Page, enveloped, examples, keyed, paged, problems
from parking.edge.parsing import path_id
from parking.edge.refusal_examples import refusing
from parking.edge.shop_files import statement_file
from parking.offers import shops
from parking.offers.statements import statement_of

router = Router(tags=["Admin"], auth=admin_only)


@router.get(
    "/shops/",
    response={200: Ok[Page[ShopOut]], **READ_PROBLEMS},
    openapi_extra=examples(response=paged(ShopOut.example)),
    summary="Shops",
)
def list_shops(request: HttpRequest, paging: Annotated[Paging, Query()]) -> HttpResponse:
    """Return the shops at the caller's sites by name."""
    found = page_of(shops.shops_of(actor_of(request).sites), paging)
    return ok(found.showing([ShopOut.of(shop) for shop in found.rows]))


@router.post(
    "/shops/",
    response={201: Ok[ShopOut], **WRITE_PROBLEMS},
    openapi_extra=refusing(
        keyed(
            examples(
                request={"name": "Chroma", "site_id": 1, "gives": {"kind": "MINUTES", "value": 60}, "people": [7]},
                response=enveloped(ShopOut.example, "Shop made"),
                status=201,
            )
        ),
        "shop_name_taken",
        "site_not_found",
    ),
    summary="Make a shop",
)
@requests.idempotent_in_one_transaction
def create_shop(request: HttpRequest, payload: NewShopIn) -> HttpResponse:
    """Make a shop with what it gives, its limits, and the accounts of drivers that may validate for it."""
    shop = shops.create_shop(actor=actor_of(request), fields=payload.fields(), now=clock.now())
    return ok(ShopOut.of(shop), "Shop made", status=201)


@router.get(
    "/shops/{shop_id}/",
    response={200: Ok[ShopOut], **READ_PROBLEMS},
    openapi_extra=refusing(examples(response=enveloped(ShopOut.example)), "shop_not_found"),
    summary="One shop",
)
def one_shop(request: HttpRequest, shop_id: str) -> HttpResponse:
    """Return a shop at the caller's sites."""
    return ok(ShopOut.of(shops.shop_by_id(path_id(shop_id), actor_of(request))))


@router.patch(
    "/shops/{shop_id}/",
    response={200: Ok[ShopOut], **problems()},
    openapi_extra=refusing(
        examples(request={"per_day": 80}, response=enveloped(ShopOut.example, "Shop changed")),
        "shop_name_taken",
        "shop_not_found",
    ),
    summary="Change a shop",
)
def change_shop(request: HttpRequest, shop_id: str, payload: ChangedShopIn) -> HttpResponse:
    """Change fields of a shop from now on; `people` replaces the whole list."""
    shop = shops.change_shop(
        actor=actor_of(request), shop_id=path_id(shop_id), fields=payload.fields(), now=clock.now()
    )
    return ok(ShopOut.of(shop), "Shop changed")


class StatementQuery(BaseModel):
    month: Annotated[str, Field(pattern="^20[0-9]{2}-(0[1-9]|1[0-2])$", description="Such as 2026-11")]
    export: Literal["pdf", "xlsx"] | None = Field(None, description="The tax invoice, or the sessions as a table")


@router.get(
    "/shops/{shop_id}/statement/",
    response={200: Ok[StatementOut], **READ_PROBLEMS},
    openapi_extra=refusing(
        examples(response=enveloped(StatementOut.example)),
        "month_not_over",
        "nothing_to_invoice",
        "series_used_up",
        "shop_not_found",
    ),
    summary="Statement of a shop",
)
def statement(request: HttpRequest, shop_id: str, wanted: Annotated[StatementQuery, Query()]) -> HttpResponseBase:
    """Return what a shop owes for the bills that closed in a month; its invoice once the month is over."""
    shop = shops.shop_by_id(path_id(shop_id), actor_of(request))
    found = statement_of(shop, date.fromisoformat(f"{wanted.month}-01"))
    if wanted.export is not None:
        return statement_file(wanted.export, found, now=clock.now())
    return ok(StatementOut.of(found))
