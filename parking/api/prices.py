"""What parking costs, for everybody: the tariff of a zone, and an estimate before booking."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field, model_validator

from parking.api.refusals import PROMO_CODE
from parking.api.shapes.tariffs import EstimateOut, TariffNowOut
from parking.api.shapes.zone_fields import KindIn
from parking.core import clock
from parking.core.errors import InvalidInput
from parking.edge.answers import ok
from parking.edge.describe import Ok, enveloped, examples, problems
from parking.edge.parsing import Moment, Text30, path_ref
from parking.edge.refusal_examples import refusing
from parking.facilities.models import ParkingZone
from parking.facilities.queries import find_zone
from parking.offers.estimating import offered_estimate
from parking.tariffs.queries import is_holiday, price_now, prices_of

router = Router(tags=["Public"], auth=None)

LONGEST = 366 * 24 * 60
_PROBLEMS = problems(without=(401, 403, 413, 415))


class TariffQuery(BaseModel):
    at: Moment | None = Field(None, description="Now, if it is left out")
    vehicle_kind: KindIn | None = None


@router.get(
    "/zones/{zone_ref}/tariff/",
    response={200: Ok[list[TariffNowOut]], **_PROBLEMS},
    openapi_extra=refusing(examples(response=enveloped([TariffNowOut.example])), "zone_not_found"),
    summary="The tariff of a zone",
)
def tariff(request: HttpRequest, zone_ref: str, wanted: Annotated[TariffQuery, Query()]) -> HttpResponse:
    """Return what cars pay, then the other kinds that have a tariff of their own; or one kind alone."""
    zone = find_zone(path_ref(zone_ref))
    at = _moment(wanted.at, zone) or clock.now()
    prices = [price_now(zone, at, str(wanted.vehicle_kind))] if wanted.vehicle_kind else prices_of(zone, at)
    return ok(TariffNowOut.rows(prices, is_holiday=is_holiday(zone, at)))


class EstimateQuery(BaseModel):
    minutes: Annotated[int, Field(ge=0, le=LONGEST)] | None = None
    until: Moment | None = None
    begins: Moment | None = Field(None, alias="from", description="Now, if it is left out")
    vehicle_kind: KindIn | None = None
    promo_code: Text30 | None = None
    walk_in: bool = Field(False, description="A walk-in owes no booking fee")

    @model_validator(mode="after")
    def _one_end(self) -> Self:
        if (self.minutes is None) == (self.until is None):
            raise ValueError("either minutes or until is needed")
        return self


@router.get(
    "/zones/{zone_ref}/estimate/",
    response={200: Ok[EstimateOut], **_PROBLEMS},
    openapi_extra=refusing(
        examples(response=enveloped(EstimateOut.example)), *PROMO_CODE, "code_minimum", "zone_not_found"
    ),
    summary="What a stay would cost",
)
def estimated(request: HttpRequest, zone_ref: str, wanted: Annotated[EstimateQuery, Query()]) -> HttpResponse:
    """Return the lines of a stay of so many minutes, or until a time, under the tariff announced for its beginning.

    With a `promo_code` as if it were given now; its uses are not counted for anybody.
    """
    zone = find_zone(path_ref(zone_ref))
    now = clock.now()
    begins = _moment(wanted.begins, zone) or now
    until = _moment(wanted.until, zone) or begins + timedelta(minutes=wanted.minutes or 0)
    if not begins <= until <= begins + timedelta(minutes=LONGEST):
        raise InvalidInput({"until": ["Not before the beginning, and within 366 days of it"]})
    found = offered_estimate(
        zone=zone,
        begins=begins,
        until=until,
        kind=str(wanted.vehicle_kind or "CAR"),
        now=now,
        walk_in=wanted.walk_in,
        promo_code=wanted.promo_code,
    )
    return ok(EstimateOut.of(found))


def _moment(value: date | datetime | None, zone: ParkingZone) -> datetime | None:
    """Return a time; a date is its beginning at the site."""
    if value is None or isinstance(value, datetime):
        return value
    return clock.day_start(value, ZoneInfo(zone.site.time_zone)).astimezone(UTC)
