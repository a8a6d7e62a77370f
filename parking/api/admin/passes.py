"""Plans and passes, as managers see and change them."""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import AfterValidator, Field

from parking.api.paging import Paging, page_of
from parking.api.passes import Plates
from parking.api.refusals import PASS_CHANGE
from parking.api.selling_passes import SALE, SellIn, sold
from parking.api.shapes.approvals import AskedOut
from parking.api.shapes.passes import AdminPassOut, PlanOut
from parking.api.shapes.tariff_fields import MinuteOfDay, ZoneIds
from parking.api.shapes.zone_fields import KindIn, absent
from parking.checkout import pass_changes, pass_decisions
from parking.checkout.passes import orders_of_passes
from parking.core import clock
from parking.core.errors import InvalidInput
from parking.core.ids import MAX_ID
from parking.edge import requests
from parking.edge.answers import ok
from parking.edge.callers import actor_of, admin_only
from parking.edge.describe import READ_PROBLEMS, WRITE_PROBLEMS, Ok, Page, enveloped, examples, keyed, paged, problems
from parking.edge.parsing import In, Note, Rupees, Text30, Text100, path_id
from parking.edge.refusal_examples import refusing
from parking.edge.requests import Attempt
from parking.passes import plans
from parking.passes.mandates import open_mandates
from parking.passes.models import MOST_VEHICLES, PassStatus, Subscription
from parking.passes.queries import Charging, find_pass, passes_at
from parking.passes.rules import Period
from parking.tariffs.rules.terms import WEEK, Weekday, clock_text

router = Router(tags=["Admin"], auth=admin_only)

Few = Annotated[int, Field(ge=1, le=MOST_VEHICLES)]
Name = Annotated[Text100, Field(max_length=60)]


def _once(values: list[Any]) -> list[Any]:
    if len(set(values)) < len(values):
        raise ValueError("each of them once")
    return values


def _weekday(day: Weekday) -> Weekday:
    if day not in WEEK:
        raise ValueError("a day of the week, MON to SUN")
    return day


def _nothing() -> None:
    return None


def _absent_as(alias: str) -> Any:
    """A field that may be left out and has another name in JSON."""
    return Field(default_factory=_nothing, alias=alias)


Days = Annotated[
    list[Annotated[Weekday, Field(strict=False), AfterValidator(_weekday)]],
    Field(min_length=1, max_length=7),
    AfterValidator(_once),
]
Kinds = Annotated[list[KindIn], AfterValidator(_once)]


class ChangedPlanIn(In):
    """What may be changed of a plan; passes that were sold stay as they are."""

    name: Name = absent()
    price: Rupees = absent()
    price_reason: Note = absent()
    zone_ids: ZoneIds = absent()
    vehicle_kinds: Kinds = absent()
    vehicles: Few = absent()
    inside: Few = absent()
    days: Days = absent()
    begins: MinuteOfDay = _absent_as("from")
    ends: MinuteOfDay = _absent_as("to")
    is_active: bool = absent()
    reserved: Annotated[bool, Field(description="Whether each pass keeps a slot; then `inside` is 1")] = absent()

    def fields(self) -> dict[str, Any]:
        """Return what was sent, as the service takes it."""
        sent = {name: getattr(self, name) for name in self.model_fields_set}
        for name in sent.keys() & {"begins", "ends"}:
            sent[name] = clock_text(sent[name])
        for name in sent.keys() & {"days", "vehicle_kinds"}:
            sent[name] = [str(value) for value in sent[name]]
        return sent


class NewPlanIn(ChangedPlanIn):
    name: Name
    period: Annotated[Period, Field(strict=False)]
    price: Rupees
    site_id: Annotated[int, Field(ge=1, le=MAX_ID)]


@router.get(
    "/plans/",
    response={200: Ok[Page[PlanOut]], **READ_PROBLEMS},
    openapi_extra=examples(response=paged(PlanOut.example)),
    summary="Plans",
)
def list_plans(request: HttpRequest, paging: Annotated[Paging, Query()]) -> HttpResponse:
    """The plans of the caller's sites, also those that are not sold."""
    found = page_of(plans.plans_of(actor_of(request).sites), paging)
    return ok(found.showing([PlanOut.of(plan) for plan in found.rows]))


@router.post(
    "/plans/",
    response={201: Ok[PlanOut], **WRITE_PROBLEMS},
    openapi_extra=refusing(
        keyed(
            examples(
                request={"name": "Monthly", "period": "MONTH", "price": 5000, "site_id": 1, "vehicles": 1},
                response=enveloped(PlanOut.example, "Plan made"),
                status=201,
            )
        ),
        "plan_name_taken",
    ),
    summary="Make a plan",
)
@requests.idempotent_in_one_transaction
def create_plan(request: HttpRequest, payload: NewPlanIn) -> HttpResponse:
    """Make a plan at a site. One that costs nothing says why (`price_reason`)."""
    fields = payload.fields() | {"period": str(payload.period)}
    plan = plans.create_plan(actor=actor_of(request), fields=fields, now=clock.now())
    return ok(PlanOut.of(plan), "Plan made", status=201)


@router.patch(
    "/plans/{plan_id}/",
    response={200: Ok[PlanOut], **problems()},
    openapi_extra=refusing(
        examples(request={"price": 5200}, response=enveloped(PlanOut.example, "Plan changed")),
        "plan_name_taken",
        "plan_not_found",
    ),
    summary="Change a plan",
)
def change_plan(request: HttpRequest, plan_id: str, payload: ChangedPlanIn) -> HttpResponse:
    """Give a plan other values. Site and period stay, and so do the passes that were sold."""
    plan = plans.change_plan(
        actor=actor_of(request), plan_id=path_id(plan_id), changes=payload.fields(), now=clock.now()
    )
    return ok(PlanOut.of(plan), "Plan changed")


class PassesQuery(Paging):
    status: PassStatus | None = None
    charging: Charging | None = Field(
        None, description="AUTOMATIC: charged by a mandate; FAILED: its last charge failed"
    )
    q: Text30 | None = Field(None, description="A number, a plate or a username")


@router.get(
    "/passes/",
    response={200: Ok[Page[AdminPassOut]], **READ_PROBLEMS},
    openapi_extra=examples(response=paged(AdminPassOut.example)),
    summary="Passes",
)
def list_passes(request: HttpRequest, filters: Annotated[PassesQuery, Query()]) -> HttpResponse:
    """The passes of plans of the caller's sites, the newest first."""
    rows = passes_at(actor_of(request).sites, status=filters.status, charging=filters.charging, text=filters.q or "")
    found = page_of(rows, filters)
    return ok(found.showing(_shown(found.rows)))


def _shown(rows: list[Subscription]) -> list[AdminPassOut]:
    orders, charged, now = orders_of_passes(rows), open_mandates(rows), clock.now()
    return [AdminPassOut.of(row, orders.get(row.pk), now, charged.get(row.pk)) for row in rows]


@router.post(
    "/passes/",
    response={201: Ok[AdminPassOut], **WRITE_PROBLEMS},
    openapi_extra=SALE,
    summary="Sell a pass in the office",
)
@requests.idempotent
def sell_pass(request: HttpRequest, attempt: Attempt, payload: SellIn) -> HttpResponse:
    """Sell a pass of a plan of the caller's sites, as at the counter, to an account or an organisation.

    The caller takes its price by CASH, UPI or CARD, and it holds at once. One of a plan that costs nothing is given.
    """
    return sold(actor=actor_of(request), attempt=attempt, payload=payload)


class ChangedPassIn(In):
    auto_renew: bool = absent()
    vehicles: Plates = absent()
    cancel: bool = absent()
    refund: Rupees = absent()
    reason: Note = ""


@router.patch(
    "/passes/{number}/",
    response={200: Ok[AdminPassOut], 202: Ok[AskedOut], **problems()},
    openapi_extra=refusing(
        examples(request={"auto_renew": False}, response=enveloped(AdminPassOut.example, "Pass changed")),
        *PASS_CHANGE,
        "refund_exceeds_payment",
        "asked_already",
    ),
    summary="Change or cancel a pass",
)
def change_pass(request: HttpRequest, number: str, payload: ChangedPassIn) -> HttpResponse:
    """Renew at the end or not, other vehicles from the next midnight, or cancel as its holder may.

    With `refund` (rupees, also 0) a pass ends at any time: 202, and nothing changes before another administrator
    approves it at `/api/admin/approvals/`.
    """
    actor, now = actor_of(request), clock.now()
    held = find_pass(number, sites=actor.sites)
    wanted = payload.model_fields_set & {"auto_renew", "vehicles", "cancel"}
    if wanted != {"cancel"} and "refund" in payload.model_fields_set:
        raise InvalidInput({"refund": ["Only with cancel"]})
    if wanted == {"cancel"} and payload.cancel and "refund" in payload.model_fields_set:
        asked = pass_decisions.ask_cancellation(
            actor=actor, subscription=held, refund=payload.refund, reason=payload.reason, now=now
        )
        return ok(AskedOut.of(asked), "Waits for a second person", status=202)
    if wanted == {"auto_renew"}:
        held = pass_changes.choose_renewal(actor=actor, subscription=held, auto_renew=payload.auto_renew, now=now)
    elif wanted == {"vehicles"}:
        plates = tuple(payload.vehicles)
        held = pass_changes.change_vehicles(actor=actor, subscription=held, plates=plates, now=now)
    elif wanted == {"cancel"} and payload.cancel:
        held = pass_changes.cancel_pass(actor=actor, subscription=held, reason=payload.reason, now=now).subscription
    else:
        raise InvalidInput({"__all__": ["One of auto_renew, vehicles, cancel"]})
    return ok(_shown([held])[0], "Pass changed")
