"""What if: a tariff that is thought of, replayed over closed sessions."""

from django.http import HttpRequest, HttpResponse
from ninja import Router

from parking.api.shapes.replays import ReplayIn, ReplayOut
from parking.core import clock
from parking.edge import requests
from parking.edge.answers import ok
from parking.edge.callers import actor_of, admin_only
from parking.edge.describe import READ_PROBLEMS, WRITE_PROBLEMS, Ok, enveloped, examples, keyed
from parking.edge.parsing import path_id
from parking.edge.refusal_examples import refusing
from parking.replays.services import replay_by_id, start_replay

router = Router(tags=["Admin"], auth=admin_only)

_WAITING = ReplayOut.example | {"status": "WAITING", "percent_done": 0, "result": None}


@router.post(
    "/replays/",
    response={202: Ok[ReplayOut], **WRITE_PROBLEMS},
    openapi_extra=refusing(
        keyed(
            examples(
                request={
                    "zone_ids": [1, 2],
                    "draft": {"base_rate": 60, "daily_cap": 400},
                    "start_date": "2026-11-01",
                    "end_date": "2026-11-30",
                },
                response=enveloped(_WAITING, "Replay started"),
                status=202,
            )
        ),
        "bands_overlap",
        "too_many_replays",
    ),
    summary="Replay closed sessions under another tariff",
)
@requests.idempotent_in_one_transaction
def create_replay(request: HttpRequest, payload: ReplayIn) -> HttpResponse:
    """Ask what sessions with an exit on these days, twelve months at most, would have cost. It runs in the background.

    Passes, shops, promo codes, points, lost tickets and busy times are left out on both sides. How many would have
    parked elsewhere is not guessed.
    """
    replay = start_replay(
        actor=actor_of(request),
        zone_ids=payload.zone_ids,
        draft=payload.draft.draft(),
        start_date=payload.start_date,
        end_date=payload.end_date,
        now=clock.now(),
    )
    return ok(ReplayOut.of(replay), "Replay started", status=202)


@router.get(
    "/replays/{replay_id}/",
    response={200: Ok[ReplayOut], **READ_PROBLEMS},
    openapi_extra=refusing(examples(response=enveloped(ReplayOut.example)), "replay_not_found"),
    summary="One replay",
)
def one_replay(request: HttpRequest, replay_id: str) -> HttpResponse:
    """Return how far a replay is, and its result (rupees) once it is done."""
    return ok(ReplayOut.of(replay_by_id(path_id(replay_id), actor_of(request))))
