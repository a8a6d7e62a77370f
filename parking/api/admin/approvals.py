"""What waits for a second person, of all kinds."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import Field

from parking.accounts.approvals import waiting_approvals
from parking.accounts.models import Decision
from parking.api.paging import Paging, page_of
from parking.api.shapes.approvals import ApprovalOut
from parking.checkout import approving
from parking.core import clock
from parking.edge import requests
from parking.edge.answers import ok
from parking.edge.callers import actor_of, admin_only
from parking.edge.describe import READ_PROBLEMS, WRITE_PROBLEMS, Ok, Page, enveloped, examples, keyed, paged
from parking.edge.parsing import In, Text200, path_id
from parking.edge.refusal_examples import refusing

router = Router(tags=["Admin"], auth=admin_only)


@router.get(
    "/approvals/",
    response={200: Ok[Page[ApprovalOut]], **READ_PROBLEMS},
    openapi_extra=examples(response=paged(ApprovalOut.example)),
    summary="What waits for a second person",
)
def list_approvals(request: HttpRequest, paging: Annotated[Paging, Query()]) -> HttpResponse:
    """What one person asked for and another one has to decide, oldest first."""
    found = page_of(waiting_approvals(sites=actor_of(request).sites), paging)
    return ok(found.showing([ApprovalOut.of(approval) for approval in found.rows]))


class DecisionIn(In):
    decision: Annotated[Decision, Field(strict=False)]
    reason: Text200 | None = Field(None, description="Why a refund is refused; whoever asked for it is told")


@router.post(
    "/approvals/{approval_ref}/",
    response={200: Ok[ApprovalOut], **WRITE_PROBLEMS},
    openapi_extra=refusing(
        keyed(
            examples(
                request={"decision": "APPROVE"},
                response=enveloped(
                    ApprovalOut.example | {"decision": "APPROVE", "decided_at": "2026-11-22T07:40:00Z"}, "Decided"
                ),
            )
        ),
        "decided_already",
        "own_change",
        "own_refund",
        "own_takings",
        "refund_documented",
        "second_person_not_independent",
        "approval_not_found",
    ),
    summary="Approve or refuse",
)
@requests.idempotent_in_one_transaction
def decide(request: HttpRequest, approval_ref: str, payload: DecisionIn) -> HttpResponse:
    """Decide as the second person. Approving a cash refund says that the money was handed back.

    Refused to whoever asked (`own_refund`) or took the money (`own_takings`), and to an account that the first person
    made, raised or gave a password within a day (`second_person_not_independent`). A refund that the bill was closed
    with stays owed: refused with a `reason` it is not handed out now and waits in REVIEW; without one it is
    `refund_documented`.
    """
    approval = approving.decide(
        actor=actor_of(request),
        approval_id=path_id(approval_ref),
        decision=payload.decision,
        reason=payload.reason or "",
        now=clock.now(),
    )
    return ok(ApprovalOut.of(approval), "Decided")
