"""Tokens of plastic, and blocks of paper slips, as managers give them out."""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import Field

from parking.api.paging import Paging, page_of
from parking.api.shapes.plastic import MadeTokensOut, PaperBlockOut, PoolOut, TokenOut
from parking.core import clock
from parking.core.ids import MAX_ID
from parking.edge import requests
from parking.edge.answers import ok
from parking.edge.callers import actor_of, admin_only
from parking.edge.describe import READ_PROBLEMS, WRITE_PROBLEMS, Ok, Page, enveloped, examples, keyed, paged
from parking.edge.parsing import In, Text12, path_id
from parking.stays import paper, tokens
from parking.stays.token_models import TokenItem
from parking.stays.tokens import CONDITIONS, TokenState

router = Router(tags=["Admin"], auth=admin_only)

SiteId = Annotated[int, Field(ge=1, le=MAX_ID)]
Number = Annotated[int, Field(ge=1, le=10**6)]


class TokensQuery(Paging):
    site_id: SiteId | None = None
    state: TokenState | None = None
    item: TokenItem | None = None


class TokensPage(Page[TokenOut]):
    pools: list[PoolOut]


@router.get(
    "/tokens/",
    response={200: Ok[TokensPage], **READ_PROBLEMS},
    openapi_extra=examples(
        response=enveloped(
            {
                "results": [TokenOut.example],
                "count": 1,
                "page": 1,
                "page_size": 20,
                "pages": 1,
                "pools": [PoolOut.example],
            }
        )
    ),
    summary="Tokens",
)
def list_tokens(request: HttpRequest, filters: Annotated[TokensQuery, Query()]) -> HttpResponse:
    """Tokens by site and number, with the car that has each; `pools` count those of each site by their state."""
    sites = actor_of(request).sites
    rows = tokens.tokens_of(sites)
    if filters.site_id is not None:
        rows = rows.filter(site_id=filters.site_id)
    if filters.state is not None:
        rows = rows.filter(CONDITIONS[filters.state])
    if filters.item is not None:
        rows = rows.filter(item=filters.item)
    found = page_of(rows, filters)
    pools: Any = PoolOut.rows(tokens.pools(sites))
    return ok(found.showing([TokenOut.of(token) for token in found.rows], pools=pools))


class TokensIn(In):
    site_id: SiteId
    first: Number
    last: Number
    item: Annotated[TokenItem, Field(strict=False)] = TokenItem.VEHICLE


@router.post(
    "/tokens/",
    response={201: Ok[MadeTokensOut], **WRITE_PROBLEMS},
    openapi_extra=keyed(
        examples(
            request={"site_id": 1, "first": 1, "last": 50},
            response=enveloped(MadeTokensOut.example, "Tokens made"),
            status=201,
        )
    ),
    summary="Number tokens",
)
@requests.idempotent_in_one_transaction
def make_tokens(request: HttpRequest, payload: TokensIn) -> HttpResponse:
    """Make the tokens of a site with these numbers, at most 1000 at once; their codes are drawn at random.

    `item`: for vehicles, or for the HELMETs or BAGs that are kept while a car is inside; each use has its own numbers.
    """
    made = tokens.make_tokens(
        actor=actor_of(request),
        site_id=payload.site_id,
        first=payload.first,
        last=payload.last,
        item=payload.item,
        now=clock.now(),
    )
    shown = [TokenOut.of(token) for token in made]
    out = MadeTokensOut.make(site_id=payload.site_id, first=payload.first, last=payload.last, tokens=shown)
    return ok(out, "Tokens made", status=201)


class TokenIn(In):
    lost: bool


@router.patch(
    "/tokens/{token_ref}/",
    response={200: Ok[TokenOut], **WRITE_PROBLEMS},
    openapi_extra=examples(
        request={"lost": True},
        response=enveloped(TokenOut.example | {"state": "LOST", "lost_at": "2026-11-22T07:40:00Z"}, "Token changed"),
    ),
    summary="Report a token lost, or found",
)
def change_token(request: HttpRequest, token_ref: str, payload: TokenIn) -> HttpResponse:
    """Report a token lost, so that it opens nothing any more, or found again."""
    token = tokens.set_lost(actor=actor_of(request), token_id=path_id(token_ref), lost=payload.lost, now=clock.now())
    return ok(TokenOut.of(token), "Token changed")


# --- Paper slips ---------------------------------------------------------------------------------------


@router.get(
    "/paper-blocks/",
    response={200: Ok[Page[PaperBlockOut]], **READ_PROBLEMS},
    openapi_extra=examples(response=paged(PaperBlockOut.example)),
    summary="Blocks of paper slips",
)
def list_blocks(request: HttpRequest, paging: Annotated[Paging, Query()]) -> HttpResponse:
    """Blocks by site and name, with how many of their slips were entered."""
    found = page_of(paper.blocks_of(actor_of(request).sites), paging)
    return ok(found.showing([PaperBlockOut.of(block, block.entered) for block in found.rows]))


class PaperBlockIn(In):
    site_id: SiteId
    name: Text12
    first: Number
    last: Number


@router.post(
    "/paper-blocks/",
    response={201: Ok[PaperBlockOut], **WRITE_PROBLEMS},
    openapi_extra=keyed(
        examples(
            request={"site_id": 1, "name": "B1", "first": 1, "last": 50},
            response=enveloped(PaperBlockOut.example | {"entered": 0}, "Block made"),
            status=201,
        )
    ),
    summary="Give out a block of paper slips",
)
@requests.idempotent_in_one_transaction
def make_block(request: HttpRequest, payload: PaperBlockIn) -> HttpResponse:
    """Write down that a site has a block of at most 500 printed slips with these numbers."""
    block = paper.make_block(
        actor=actor_of(request),
        site_id=payload.site_id,
        name=payload.name,
        first=payload.first,
        last=payload.last,
        now=clock.now(),
    )
    return ok(PaperBlockOut.of(block, 0), "Block made", status=201)
