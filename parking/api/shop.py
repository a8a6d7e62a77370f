"""What the people of a shop do: validate the parking of a customer."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from parking.api.paging import Paging, page_of
from parking.api.shapes.shops import Id, ValidateIn, ValidationOut
from parking.checkout import validating
from parking.checkout.validating import Customer
from parking.core import clock
from parking.edge import requests
from parking.edge.answers import ok
from parking.edge.callers import actor_of, driver_only
from parking.edge.describe import READ_PROBLEMS, WRITE_PROBLEMS, Ok, Page, enveloped, examples, keyed, paged
from parking.edge.parsing import path_id
from parking.edge.refusal_examples import refusing
from parking.offers.shops import shop_of_person
from parking.offers.validations import validations_of

router = Router(tags=["Shop"], auth=driver_only)


@router.post(
    "/validate/",
    response={201: Ok[ValidationOut], **WRITE_PROBLEMS},
    openapi_extra=refusing(
        keyed(
            examples(
                request={"plate": "1234", "bill_number": "A-1001", "bill_amount": 800},
                response=enveloped(ValidationOut.example, "Validated"),
                status=201,
            )
        ),
        "already_validated",
        "validation_limit",
        "several_match",
        "quote_given",
        "payment_under_way",
        "not_permitted",
        "not_found_inside",
    ),
    summary="Validate a session",
)
@requests.idempotent_in_one_transaction
def validate(request: HttpRequest, payload: ValidateIn) -> HttpResponse:
    """Let the caller's shop pay for a car that is inside, once per shop and session."""
    customer = Customer(
        code=payload.code,
        plate=payload.plate,
        session=payload.session_id,
        bill_number=payload.bill_number,
        bill_amount=payload.bill_amount,
    )
    validation = validating.validate(
        actor=actor_of(request), customer=customer, shop_id=payload.shop_id, now=clock.now()
    )
    return ok(ValidationOut.of(validation), "Validated", status=201)


class ValidationsQuery(Paging):
    shop_id: Id | None = None


@router.get(
    "/validations/",
    response={200: Ok[Page[ValidationOut]], **READ_PROBLEMS},
    openapi_extra=refusing(examples(response=paged(ValidationOut.example)), "not_permitted"),
    summary="Validations of the caller's shop",
)
def list_validations(request: HttpRequest, filters: Annotated[ValidationsQuery, Query()]) -> HttpResponse:
    """Return those that were not taken back, the newest first; `shop_id` for who has several shops, and managers."""
    shop = shop_of_person(actor_of(request), filters.shop_id)
    found = page_of(validations_of(shop), filters)
    return ok(found.showing([ValidationOut.of(validation) for validation in found.rows]))


@router.delete(
    "/validations/{validation_id}/",
    response={200: Ok[ValidationOut], **READ_PROBLEMS},
    openapi_extra=refusing(
        examples(response=enveloped(ValidationOut.example, "Taken back")),
        "undo_over",
        "quote_given",
        "session_over",
        "payment_under_way",
        "not_permitted",
        "validation_not_found",
    ),
    summary="Take a validation back",
)
def undo(request: HttpRequest, validation_id: str) -> HttpResponse:
    """Take it back within five minutes, while nothing of the session is fixed; a manager for any shop at own sites."""
    validation = validating.undo(actor=actor_of(request), validation_id=path_id(validation_id), now=clock.now())
    return ok(ValidationOut.of(validation), "Taken back")
