"""The sale of a pass for money at hand, as attendants and managers call it."""

from typing import Annotated

from django.http import HttpResponse
from pydantic import Field

from parking.api.counter_money import TenderedIn
from parking.api.passes import Plates
from parking.api.refusals import PASS_SALE
from parking.api.shapes.passes import AdminPassOut
from parking.checkout import passes
from parking.checkout.collecting import Collection
from parking.core import clock
from parking.core.actor import Actor
from parking.core.errors import InvalidInput
from parking.core.ids import MAX_ID
from parking.edge.answers import ok
from parking.edge.describe import enveloped, examples, keyed
from parking.edge.parsing import Day, Text20
from parking.edge.refusal_examples import refusing
from parking.edge.requests import Attempt
from parking.passes.services import Wanted

SALE = refusing(
    keyed(
        examples(
            request={
                "user_id": 7,
                "plan_id": 2,
                "vehicles": ["DL-01-AB-1234"],
                "payment_method": "CASH",
                "amount_tendered": 5000,
            },
            response=enveloped(AdminPassOut.example, "Pass P-000123"),
            status=201,
        )
    ),
    *PASS_SALE,
)


class SellIn(TenderedIn):
    user_id: Annotated[int, Field(ge=1, le=MAX_ID)] | None = Field(None, description="The account that holds the pass")
    organisation_id: Annotated[int, Field(ge=1, le=MAX_ID)] | None = Field(
        None, description="Instead of `user_id`: its contact holds the pass, the documents are made out to it"
    )
    plan_id: Annotated[int, Field(ge=1, le=MAX_ID)]
    vehicles: Plates
    payment_method: Annotated[Text20, Field(description="CASH, UPI or CARD")]
    starts_on: Day | None = None
    auto_renew: bool = False


def sold(*, actor: Actor, attempt: Attempt, payload: SellIn) -> HttpResponse:
    """Answer with the pass that was sold, or that an earlier attempt sold.

    Raises InvalidInput unless there is one buyer; and as `passes.buyer_of` and `passes.sell`.
    """
    now = clock.now()
    if (payload.user_id is None) == (payload.organisation_id is None):
        raise InvalidInput({"user_id": ["Either an account or an organisation is needed"]})
    if attempt.subject is not None:
        bought = passes.resume_buying(subject=attempt.subject, now=now)
    else:
        bought = passes.sell(
            actor=actor,
            buyer=passes.buyer_of(actor=actor, user_id=payload.user_id, organisation_id=payload.organisation_id),
            plan_id=payload.plan_id,
            wanted=Wanted(tuple(payload.vehicles), payload.starts_on, payload.auto_renew),
            collection=Collection(
                payload.payment_method,
                tendered=payload.amount_tendered,
                upi_reference=payload.upi_reference or "",
                card=payload.card(),
            ),
            now=now,
            key=attempt.key,
        )
    held = bought.subscription
    return ok(AdminPassOut.of(held, None, now), f"Pass {held.number}", status=201)
