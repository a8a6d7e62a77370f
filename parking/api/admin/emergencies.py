"""What emergencies left behind, forgiven in one step."""

from django.http import HttpRequest, HttpResponse
from ninja import Router

from parking.api.shapes.emergencies import WaivedOut
from parking.checkout.emergencies import waive
from parking.core import clock
from parking.edge import requests
from parking.edge.answers import ok
from parking.edge.callers import actor_of, admin_only
from parking.edge.describe import WRITE_PROBLEMS, Ok, enveloped, examples, keyed
from parking.edge.parsing import In, Text200, path_id

router = Router(tags=["Admin"], auth=admin_only)


class WaiveIn(In):
    reason: Text200


@router.post(
    "/emergencies/{emergency_ref}/waive/",
    response={200: Ok[WaivedOut], **WRITE_PROBLEMS},
    openapi_extra=keyed(
        examples(request={"reason": "Fire alarm"}, response=enveloped(WaivedOut.example, "Debts written off"))
    ),
    summary="Forgive what an emergency left behind",
)
@requests.idempotent_in_one_transaction
def waive_debts(request: HttpRequest, emergency_ref: str, payload: WaiveIn) -> HttpResponse:
    """Write off all open debts of an emergency. Refused to whoever began it (`own_emergency`)."""
    emergency_id = path_id(emergency_ref)
    count, amount = waive(actor=actor_of(request), emergency_id=emergency_id, reason=payload.reason, now=clock.now())
    return ok(WaivedOut.make(emergency_id=emergency_id, debts=count, amount=amount), "Debts written off")
