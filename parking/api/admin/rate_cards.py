"""Rate cards, as managers see and change them."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from parking.accounts.models import Approval
from parking.api.paging import Paging, page_of
from parking.api.refusals import VERSION
from parking.api.shapes.approvals import AskedOut, asked
from parking.api.shapes.tariff_fields import CardVersionIn, ChangedCardIn, EndIn, NewCardIn
from parking.api.shapes.tariffs import RateCardOut
from parking.core import clock
from parking.edge import requests
from parking.edge.answers import ok
from parking.edge.callers import actor_of, admin_only
from parking.edge.describe import READ_PROBLEMS, WRITE_PROBLEMS, Ok, Page, enveloped, examples, keyed, paged, problems
from parking.edge.parsing import path_id
from parking.edge.refusal_examples import refusing
from parking.tariffs import cards

router = Router(tags=["Admin"], auth=admin_only)

CARD = enveloped(RateCardOut.example, "Rate card changed")


@router.get(
    "/rate-cards/",
    response={200: Ok[Page[RateCardOut]], **READ_PROBLEMS},
    openapi_extra=examples(response=paged(RateCardOut.example)),
    summary="Rate cards",
)
def list_cards(request: HttpRequest, paging: Annotated[Paging, Query()]) -> HttpResponse:
    """Return the cards by name, with their zones and versions; `overridden_in` are zones that do not follow them."""
    found = page_of(cards.cards_of(actor_of(request).sites), paging)
    now = clock.now()
    return ok(found.showing([RateCardOut.of(card, now) for card in found.rows]))


@router.post(
    "/rate-cards/",
    response={201: Ok[RateCardOut], **WRITE_PROBLEMS},
    openapi_extra=refusing(
        keyed(
            examples(
                request={"name": "City", "vehicle_kind": "CAR", "zone_ids": [1, 2], "base_rate": 50, "daily_cap": 500},
                response=enveloped(RateCardOut.example, "Rate card made"),
                status=201,
            )
        ),
        "rate_card_name_taken",
        "valid_from_past",
        "bands_overlap",
        "second_person_needed",
    ),
    summary="Make a rate card",
)
@requests.idempotent_in_one_transaction
def create_card(request: HttpRequest, payload: NewCardIn) -> HttpResponse:
    """Make a card with its first version, and lay it on zones. A zone's own tariff goes before it."""
    now = clock.now()
    card = cards.create_card(
        actor=actor_of(request), name=payload.name, zone_ids=payload.zone_ids, draft=payload.draft(), now=now
    )
    return ok(RateCardOut.of(card, now), "Rate card made", status=201)


@router.get(
    "/rate-cards/{card_id}/",
    response={200: Ok[RateCardOut], **READ_PROBLEMS},
    openapi_extra=refusing(examples(response=enveloped(RateCardOut.example)), "rate_card_not_found"),
    summary="One rate card",
)
def one_card(request: HttpRequest, card_id: str) -> HttpResponse:
    """Return a card that is laid at the caller's sites."""
    return ok(RateCardOut.of(cards.card_by_id(path_id(card_id), actor_of(request)), clock.now()))


@router.patch(
    "/rate-cards/{card_id}/",
    response={200: Ok[RateCardOut], **problems()},
    openapi_extra=refusing(
        examples(request={"zone_ids": [1, 2, 3]}, response=CARD),
        "rate_card_name_taken",
        "rate_card_elsewhere",
        "second_person_needed",
        "rate_card_not_found",
    ),
    summary="Change a rate card",
)
def change_card(request: HttpRequest, card_id: str, payload: ChangedCardIn) -> HttpResponse:
    """Give a card another name, or lay it on other zones, from now on. `zone_ids` replaces the whole list."""
    now = clock.now()
    zone_ids = payload.zone_ids if "zone_ids" in payload.model_fields_set else None
    card = cards.change_card(
        actor=actor_of(request), card_id=path_id(card_id), name=payload.name, zone_ids=zone_ids, now=now
    )
    return ok(RateCardOut.of(card, now), "Rate card changed")


@router.post(
    "/rate-cards/{card_id}/versions/",
    response={201: Ok[RateCardOut], 202: Ok[AskedOut], **WRITE_PROBLEMS},
    openapi_extra=refusing(
        keyed(
            examples(
                request={"valid_from": "2026-12-01", "base_rate": 55, "daily_cap": 500},
                response=enveloped(RateCardOut.example, "Version added"),
                status=201,
            )
        ),
        *VERSION,
        "rate_card_elsewhere",
        "rate_card_not_found",
    ),
    summary="Add a version to a rate card",
)
@requests.idempotent_in_one_transaction
def add_version(request: HttpRequest, card_id: str, payload: CardVersionIn) -> HttpResponse:
    """Change all zones of a card from one date on; with `valid_to` it is an event.

    One that makes this day cheaper waits for a second person (202), unless there is one administrator alone.
    """
    now = clock.now()
    card = cards.propose_version(actor=actor_of(request), card_id=path_id(card_id), draft=payload.draft(), now=now)
    if isinstance(card, Approval):
        return asked(card)
    return ok(RateCardOut.of(card, now), "Version added", status=201)


@router.patch(
    "/rate-cards/{card_id}/versions/{tariff_id}/",
    response={200: Ok[RateCardOut], **problems()},
    openapi_extra=refusing(
        examples(request={"valid_to": "2026-12-05"}, response=CARD),
        "not_an_event",
        "events_overlap",
        "rate_card_elsewhere",
        "second_person_needed",
        "tariff_not_found",
        "rate_card_not_found",
    ),
    summary="End an event of a rate card",
)
def end_event(request: HttpRequest, card_id: str, tariff_id: str, payload: EndIn) -> HttpResponse:
    """Give an event another end, not in the past; a date is the end of that day."""
    now = clock.now()
    card = cards.end_event(
        actor=actor_of(request),
        card_id=path_id(card_id),
        tariff_id=path_id(tariff_id),
        valid_to=payload.valid_to,
        now=now,
    )
    return ok(RateCardOut.of(card, now), "Rate card changed")


@router.delete(
    "/rate-cards/{card_id}/versions/{tariff_id}/",
    response={200: Ok[RateCardOut], **READ_PROBLEMS},
    openapi_extra=refusing(
        examples(response=CARD),
        "tariff_begun",
        "rate_card_elsewhere",
        "second_person_needed",
        "tariff_not_found",
        "rate_card_not_found",
    ),
    summary="Withdraw a version of a rate card",
)
def withdraw_version(request: HttpRequest, card_id: str, tariff_id: str) -> HttpResponse:
    """Delete a version that has not begun; one that has is refused (`tariff_begun`)."""
    now = clock.now()
    card = cards.withdraw_version(
        actor=actor_of(request), card_id=path_id(card_id), tariff_id=path_id(tariff_id), now=now
    )
    return ok(RateCardOut.of(card, now), "Rate card changed")
