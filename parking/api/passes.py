"""Plans for everybody, and what a driver does with passes: buy, pay, look, change, cancel."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import Field

from parking.api.paging import PageQuery, page_of
from parking.api.refusals import PASS_CHANGE
from parking.api.shapes.passes import PassOut, PlanOut
from parking.api.shapes.zone_fields import absent
from parking.checkout import pass_changes, passes
from parking.checkout.passes import Bought, orders_of_passes
from parking.core import clock
from parking.core.errors import InvalidInput
from parking.core.ids import MAX_ID
from parking.core.qr import qr_svg
from parking.edge import requests
from parking.edge.answers import ok
from parking.edge.callers import actor_of, caller, driver_only
from parking.edge.describe import (
    PUBLIC_PROBLEMS,
    READ_PROBLEMS,
    WRITE_PROBLEMS,
    Ok,
    Page,
    enveloped,
    examples,
    keyed,
    paged,
    problems,
)
from parking.edge.parsing import Day, In, Note, Text12, Text30
from parking.edge.refusal_examples import refusing
from parking.edge.requests import Attempt
from parking.passes.models import MOST_VEHICLES, Subscription
from parking.passes.plans import plans_for_drivers
from parking.passes.queries import find_pass, passes_of_driver
from parking.passes.services import Wanted

public = Router(tags=["Public"])
of_driver = Router(tags=["Driver"], auth=driver_only)

Plates = Annotated[list[Text30], Field(min_length=1, max_length=MOST_VEHICLES)]
PASS = enveloped(PassOut.example)
PICTURE = {"description": "The code of the pass as a picture", "content": {"image/svg+xml": {}}}


@public.get(
    "/plans/",
    response={200: Ok[list[PlanOut]], **PUBLIC_PROBLEMS},
    openapi_extra=examples(response=enveloped([PlanOut.example])),
    summary="Plans on sale",
)
def plans(request: HttpRequest) -> HttpResponse:
    """The plans that passes are sold as, by site and price."""
    return ok([PlanOut.of(plan) for plan in plans_for_drivers()])


class BuyIn(In):
    plan_id: Annotated[int, Field(ge=1, le=MAX_ID)]
    vehicles: Plates
    starts_on: Day | None = Field(None, description="First day at the site, today if left out; up to 60 days ahead")
    auto_renew: bool = False
    gateway: Text12 | None = None

    def wanted(self) -> Wanted:
        """Return the pass that is wanted."""
        return Wanted(tuple(self.vehicles), self.starts_on, self.auto_renew)


@of_driver.get(
    "/passes/",
    response={200: Ok[Page[PassOut]], **READ_PROBLEMS},
    openapi_extra=examples(response=paged(PassOut.example)),
    summary="Passes of the caller",
)
def own_passes(request: HttpRequest, paging: PageQuery) -> HttpResponse:
    """The caller's passes, the newest first."""
    found = page_of(passes_of_driver(caller(request).pk), paging)
    orders, now = orders_of_passes(found.rows), clock.now()
    return ok(found.showing([PassOut.of(row, orders.get(row.pk), now) for row in found.rows]))


@of_driver.post(
    "/passes/",
    response={201: Ok[PassOut], **WRITE_PROBLEMS},
    openapi_extra=refusing(
        keyed(
            examples(
                request={"plan_id": 2, "vehicles": ["DL-01-AB-1234"], "auto_renew": True},
                response=enveloped(PassOut.example, "Pass P-000123"),
                status=201,
            )
        ),
        "vehicle_invalid",
        "pass_overlap",
        "no_slot_to_keep",
        "booking_limit",
        "gateway_invalid",
        "payment_failed",
        "plan_not_found",
    ),
    summary="Buy a pass",
)
@requests.idempotent
def buy_pass(request: HttpRequest, attempt: Attempt, payload: BuyIn) -> HttpResponse:
    """Buy a pass of a plan. It holds once its order is paid; until `pay_by` the plates get no other pass here."""
    now, actor = clock.now(), actor_of(request)
    if attempt.subject is not None:
        bought = passes.resume_buying(subject=attempt.subject, now=now)
    else:
        bought = passes.buy(
            actor=actor,
            plan_id=payload.plan_id,
            wanted=payload.wanted(),
            gateway=payload.gateway,
            now=now,
            key=attempt.key,
        )
    return _shown(bought, f"Pass {bought.subscription.number}", status=201)


def _shown(bought: Bought, message: str = "OK", status: int = 200) -> HttpResponse:
    return ok(PassOut.of(bought.subscription, bought.order, clock.now()), message, status=status)


def _own(request: HttpRequest, number: str) -> Subscription:
    return find_pass(number, driver_id=caller(request).pk)


@of_driver.get(
    "/passes/{number}/",
    response={200: Ok[PassOut], **READ_PROBLEMS},
    openapi_extra=refusing(examples(response=PASS), "pass_not_found"),
    summary="One pass",
)
def one_pass(request: HttpRequest, number: str) -> HttpResponse:
    """One of the caller's passes."""
    held = _own(request, number)
    return _shown(Bought(held, orders_of_passes([held]).get(held.pk)))


@of_driver.get(
    "/passes/{number}/qr.svg",
    response=READ_PROBLEMS,
    openapi_extra={"responses": {200: PICTURE}},
    summary="QR of a pass",
)
def pass_qr_svg(request: HttpRequest, number: str) -> HttpResponse:
    """The QR code of one of the caller's passes."""
    return HttpResponse(qr_svg(_own(request, number).pass_code), content_type="image/svg+xml")


class PassIn(In):
    auto_renew: bool = absent()
    vehicles: Plates = absent()
    cancel: bool = absent()
    reason: Note = ""


@of_driver.patch(
    "/passes/{number}/",
    response={200: Ok[PassOut], **problems()},
    openapi_extra=refusing(examples(request={"auto_renew": False}, response=PASS), *PASS_CHANGE),
    summary="Change or cancel a pass",
)
def change_pass(request: HttpRequest, number: str, payload: PassIn) -> HttpResponse:
    """One of three: renew at the end or not, other vehicles from the next midnight, or cancel.

    Vehicles are exchanged twice a month at most. A pass is cancelled within 24 hours of its payment if it was never
    used; all of its money goes back.
    """
    held, now, actor = _own(request, number), clock.now(), actor_of(request)
    wanted = payload.model_fields_set & {"auto_renew", "vehicles", "cancel"}
    if wanted == {"auto_renew"}:
        held = pass_changes.choose_renewal(actor=actor, subscription=held, auto_renew=payload.auto_renew, now=now)
    elif wanted == {"vehicles"}:
        plates = tuple(payload.vehicles)
        held = pass_changes.change_vehicles(actor=actor, subscription=held, plates=plates, now=now)
    elif wanted == {"cancel"} and payload.cancel:
        held = pass_changes.cancel_pass(actor=actor, subscription=held, reason=payload.reason, now=now).subscription
    else:
        raise InvalidInput({"__all__": ["One of auto_renew, vehicles, cancel"]})
    return _shown(Bought(held, orders_of_passes([held]).get(held.pk)))


class PayIn(In):
    gateway: Text12 | None = None


@of_driver.post(
    "/passes/{number}/pay/",
    response={200: Ok[PassOut], **WRITE_PROBLEMS},
    openapi_extra=refusing(
        examples(request={"gateway": "PHONEPE"}, response=PASS),
        "nothing_due",
        "payment_in_review",
        "charged_by_mandate",
        "gateway_invalid",
        "payment_declined",
        "pass_not_found",
        "gateway_unavailable",
    ),
    summary="Pay a pass",
)
def pay_pass(request: HttpRequest, number: str, payload: PayIn) -> HttpResponse:
    """Start to pay what is due on a pass, or go on with the order that waits."""
    bought = passes.pay(actor=actor_of(request), number=number, gateway=payload.gateway, now=clock.now())
    return _shown(bought)
