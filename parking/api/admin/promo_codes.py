"""Promo codes, as managers see and change them."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from parking.api.paging import Paging, page_of
from parking.api.shapes.promo_codes import ChangedPromoIn, NewPromoIn, PromoCodeOut
from parking.core import clock
from parking.edge import requests
from parking.edge.answers import ok
from parking.edge.callers import actor_of, admin_only
from parking.edge.describe import READ_PROBLEMS, WRITE_PROBLEMS, Ok, Page, enveloped, examples, keyed, paged, problems
from parking.edge.parsing import path_id
from parking.offers import codes

router = Router(tags=["Admin"], auth=admin_only)


@router.get(
    "/promo-codes/",
    response={200: Ok[Page[PromoCodeOut]], **READ_PROBLEMS},
    openapi_extra=examples(response=paged(PromoCodeOut.example)),
    summary="Promo codes",
)
def list_codes(request: HttpRequest, paging: Annotated[Paging, Query()]) -> HttpResponse:
    """Return the codes, the newest first, with how often each was used and what it gave (rupees)."""
    found = page_of(codes.codes_of(actor_of(request).sites), paging)
    return ok(found.showing([PromoCodeOut.of(code) for code in found.rows]))


@router.post(
    "/promo-codes/",
    response={201: Ok[PromoCodeOut], **WRITE_PROBLEMS},
    openapi_extra=keyed(
        examples(
            request={"code": "WELCOME", "kind": "PERCENT", "value": 20, "cap": 30, "uses": 100, "uses_per_driver": 1},
            response=enveloped(PromoCodeOut.example, "Promo code made"),
            status=201,
        )
    ),
    summary="Make a promo code",
)
@requests.idempotent_in_one_transaction
def create_code(request: HttpRequest, payload: NewPromoIn) -> HttpResponse:
    """Make a code. PERCENT, AMOUNT (rupees) or MINUTES (the first ones); without zones or kinds it holds for all."""
    code = codes.create_code(actor=actor_of(request), fields=payload.fields(), now=clock.now())
    return ok(PromoCodeOut.of(code), "Promo code made", status=201)


@router.get(
    "/promo-codes/{code_id}/",
    response={200: Ok[PromoCodeOut], **READ_PROBLEMS},
    openapi_extra=examples(response=enveloped(PromoCodeOut.example)),
    summary="One promo code",
)
def one_code(request: HttpRequest, code_id: str) -> HttpResponse:
    """Return a code that holds at the caller's sites."""
    return ok(PromoCodeOut.of(codes.code_by_id(path_id(code_id), actor_of(request))))


@router.patch(
    "/promo-codes/{code_id}/",
    response={200: Ok[PromoCodeOut], **problems()},
    openapi_extra=examples(
        request={"uses": 200, "is_active": True}, response=enveloped(PromoCodeOut.example, "Promo code changed")
    ),
    summary="Change a promo code",
)
def change_code(request: HttpRequest, code_id: str, payload: ChangedPromoIn) -> HttpResponse:
    """Change fields of a code from now on. Sessions that hold it keep what it gave them."""
    code = codes.change_code(
        actor=actor_of(request), code_id=path_id(code_id), fields=payload.fields(), now=clock.now()
    )
    return ok(PromoCodeOut.of(code), "Promo code changed")
