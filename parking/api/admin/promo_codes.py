"""Promo codes, as managers see and change them."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from parking.accounts.models import Approval
from parking.api.paging import Paging, page_of
from parking.api.shapes.approvals import AskedOut, asked
from parking.api.shapes.promo_codes import ChangedPromoIn, NewPromoIn, PromoCodeOut
from parking.core import clock
from parking.edge import requests
from parking.edge.answers import ok
from parking.edge.callers import actor_of, admin_only
from parking.edge.describe import READ_PROBLEMS, WRITE_PROBLEMS, Ok, Page, enveloped, examples, keyed, paged, problems
from parking.edge.parsing import path_id
from parking.edge.refusal_examples import refusing
from parking.offers import codes, strong_codes

router = Router(tags=["Admin"], auth=admin_only)


@router.get(
    "/promo-codes/",
    response={200: Ok[Page[PromoCodeOut]], **READ_PROBLEMS},
    openapi_extra=examples(response=paged(PromoCodeOut.example)),
    summary="Promo codes",
)
def list_codes(request: HttpRequest, paging: Annotated[Paging, Query()]) -> HttpResponse:
    """Return the codes, the newest first, with how often each was used and what it gave (rupees)."""
    found = page_of(codes.promo_codes_of(actor_of(request).sites), paging)
    return ok(found.showing([PromoCodeOut.of(code) for code in found.rows]))


@router.post(
    "/promo-codes/",
    response={201: Ok[PromoCodeOut], 202: Ok[AskedOut], **WRITE_PROBLEMS},
    openapi_extra=refusing(
        keyed(
            examples(
                request={
                    "code": "WELCOME",
                    "kind": "PERCENT",
                    "value": 20,
                    "cap": 30,
                    "uses": 100,
                    "uses_per_driver": 1,
                },
                response=enveloped(PromoCodeOut.example, "Promo code made"),
                status=201,
            )
        ),
        "promo_code_taken",
        "promo_code_elsewhere",
    ),
    summary="Make a promo code",
)
@requests.idempotent_in_one_transaction
def create_code(request: HttpRequest, payload: NewPromoIn) -> HttpResponse:
    """Make a code. PERCENT, AMOUNT (rupees) or MINUTES (the first ones); without zones or kinds it holds for all.

    One of 80 percent and more is made out of use and waits for a second person (202), unless there is one administrator
    alone.
    """
    code = strong_codes.propose_code(actor=actor_of(request), fields=payload.fields(), now=clock.now())
    if isinstance(code, Approval):
        return asked(code)
    return ok(PromoCodeOut.of(code), "Promo code made", status=201)


@router.get(
    "/promo-codes/{code_id}/",
    response={200: Ok[PromoCodeOut], **READ_PROBLEMS},
    openapi_extra=refusing(examples(response=enveloped(PromoCodeOut.example)), "promo_code_not_found"),
    summary="One promo code",
)
def one_code(request: HttpRequest, code_id: str) -> HttpResponse:
    """Return a code that holds at the caller's sites."""
    return ok(PromoCodeOut.of(codes.code_by_id(path_id(code_id), actor_of(request))))


@router.patch(
    "/promo-codes/{code_id}/",
    response={200: Ok[PromoCodeOut], 202: Ok[AskedOut], **problems()},
    openapi_extra=refusing(
        examples(
            request={"uses": 200, "is_active": True}, response=enveloped(PromoCodeOut.example, "Promo code changed")
        ),
        "promo_code_taken",
        "promo_code_elsewhere",
        "waits_already",
        "promo_code_not_found",
    ),
    summary="Change a promo code",
)
def change_code(request: HttpRequest, code_id: str, payload: ChangedPromoIn) -> HttpResponse:
    """Change fields of a code from now on. Sessions that hold it keep what it gave them.

    What leaves it in use with 80 percent and more waits for a second person (202).
    """
    code = strong_codes.propose_change(
        actor=actor_of(request), code_id=path_id(code_id), fields=payload.fields(), now=clock.now()
    )
    if isinstance(code, Approval):
        return asked(code)
    return ok(PromoCodeOut.of(code), "Promo code changed")
