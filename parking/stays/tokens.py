"""The only writer of tokens, of vehicles and of the helmets and bags that are kept meanwhile, and their reads.

A token is out while the session that it was given to last is open: nothing is written when that ends.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import IntegrityError, transaction
from django.db.models import Count, Q, QuerySet

from parking.audit import services as audit
from parking.core.actor import Actor
from parking.core.errors import InvalidInput, NotFound, Refused
from parking.core.fresh import FreshValue
from parking.core.ids import new_token_code, read_token_code
from parking.core.sites import Sites, at_sites
from parking.facilities.sites import site_by_id
from parking.stays.events import TokenChanged, TokenGiven, TokensMade
from parking.stays.models import OPEN_SESSION, ParkingSession
from parking.stays.token_models import Token, TokenItem

MOST_AT_ONCE = 1000
_OUT = Q(lost_at=None, session__status__in=OPEN_SESSION)
_LOST = Q(lost_at__isnull=False)
_FREE = Q(lost_at=None) & (Q(session=None) | ~Q(session__status__in=OPEN_SESSION))


class TokenState(StrEnum):
    """How a token stands."""

    FREE = "FREE"
    OUT = "OUT"
    LOST = "LOST"


CONDITIONS = {TokenState.FREE: _FREE, TokenState.OUT: _OUT, TokenState.LOST: _LOST}


@dataclass(frozen=True)
class Pool:
    """How many tokens a site has, by their state."""

    free: int = 0
    out: int = 0
    lost: int = 0

    @property
    def total(self) -> int:
        """Return all of them."""
        return self.free + self.out + self.lost


# --- Reads ---------------------------------------------------------------------------------------------


def tokens_of(sites: Sites) -> QuerySet[Token]:
    """Return the tokens of these sites with the session that each was given to last, by site and number."""
    rows = Token.objects.select_related("site", "session__vehicle").filter(site__retired_at=None)
    return at_sites(rows, sites, "site_id").order_by("site__name", "item", "number", "pk")


def free_token(code: str, sites: Sites) -> Token | None:
    """Return a token of these sites that can be given, by its code; None for any other."""
    return at_sites(Token.objects.filter(_FREE, code=code), sites, "site_id").first()


def state_of_token(token: Token) -> TokenState:
    """Return how a token stands; it must come with its session."""
    if token.lost_at is not None:
        return TokenState.LOST
    return TokenState.OUT if token.session is not None and token.session.is_open else TokenState.FREE


def pools(sites: Sites) -> dict[tuple[int, str], Pool]:
    """Return the counts of tokens by the id of their site and what they are for."""
    rows = at_sites(Token.objects.filter(site__retired_at=None), sites, "site_id").order_by()
    counted = rows.values_list("site_id", "item").annotate(
        free=Count("pk", filter=_FREE), out=Count("pk", filter=_OUT), lost=Count("pk", filter=_LOST)
    )
    return {(site_id, item): Pool(free, out, lost) for site_id, item, free, out, lost in counted}


def code_under_token(code: str) -> str | None:
    """Return the code of the stay that a token was given to last, None for none. Raises Refused `token_lost`."""
    row = Token.objects.filter(code=code).values_list("lost_at", "number", "session__qr_code", "session_id").first()
    if row is None:
        return None
    lost_at, number, qr_code, session_id = row
    if lost_at is not None:
        facts = {"session_id": session_id} if session_id else {}
        raise Refused("token_lost", f"Token {number} was reported lost", **facts)
    return str(qr_code) if qr_code else None


def token_number_of(session: ParkingSession) -> int | None:
    """Return the number of the token that a stay was given, None for none, or if another car has it by now."""
    rows = Token.objects.filter(session=session, item=TokenItem.VEHICLE)
    return rows.values_list("number", flat=True).first()


def _read_sites_with_items() -> frozenset[int]:
    return frozenset(Token.objects.exclude(item=TokenItem.VEHICLE).values_list("site_id", flat=True).distinct())


# Most sites keep nothing of anybody: an exit there asks no question.
_sites_with_items: FreshValue[frozenset[int]] = FreshValue(_read_sites_with_items, seconds=0.5, overlap=0.5)


def keeps_items(site_id: int) -> bool:
    """Return whether a site has tokens for helmets or bags, by what this process knows."""
    return site_id in _sites_with_items.value()


def items_of(session: ParkingSession) -> list[Token]:
    """Return the tokens of what a stay left here: its helmets and bags, to be handed back at the exit."""
    if not keeps_items(session.site_id):
        return []
    rows = Token.objects.filter(session=session).exclude(item=TokenItem.VEHICLE)
    return list(rows.order_by("item", "number"))


# --- Giving --------------------------------------------------------------------------------------------


def lock_token(text: str, actor: Actor) -> Token:
    """Lock a token that is to be given, by its scanned code. Raises as `refuse_token`; NotFound `token_not_found`."""
    rows = Token.objects.select_for_update(no_key=True).filter(code=read_token_code(text) or "")
    token = rows.first()
    if token is None:
        raise NotFound("token_not_found", "This token is not known")
    if not actor.works_at(token.site_id):
        raise Refused("wrong_site", "This token is of another site", site_name=token.site.name)
    return token


def refuse_token(token: Token, *, is_item: bool = False) -> None:
    """Raise Refused `token_of_other_use`, `token_lost`, `token_in_use` for a locked token that cannot be given."""
    if is_item == (token.item == TokenItem.VEHICLE):
        use = "helmets and bags" if is_item else "vehicles"
        raise Refused("token_of_other_use", f"This token is not for {use}")
    if token.lost_at is not None:
        raise Refused("token_lost", f"Token {token.number} was reported lost")
    held = ParkingSession.objects.filter(pk=token.session_id or 0, status__in=OPEN_SESSION).first()
    if held is not None:
        raise Refused("token_in_use", f"Token {token.number} is with another car", session_id=held.pk)


def give_token(*, token: Token, session: ParkingSession, actor: Actor, now: datetime) -> None:
    """Tie a locked token to a stay that has just been made. Raises Refused `wrong_site` for a token of another site."""
    if token.site_id != session.zone.site_id:
        raise Refused("wrong_site", "This token is of another site", site_name=token.site.name)
    token.session = session
    token.save(update_fields=["session"])
    audit.record(actor, TokenGiven(session_id=session.pk, token_id=token.pk, number=token.number), now)


# --- The pool ------------------------------------------------------------------------------------------


def make_tokens(
    *, actor: Actor, site_id: int, first: int, last: int, now: datetime, item: str = TokenItem.VEHICLE
) -> list[Token]:
    """Make the tokens of a site from one number to another. Raises NotFound; Refused `token_exists`; InvalidInput."""
    site = site_by_id(site_id, actor)
    if not 1 <= first <= last < first + MOST_AT_ONCE:
        raise InvalidInput({"last": [f"From the first on, at most {MOST_AT_ONCE} at once"]})
    numbers = range(first, last + 1)
    rows = [Token(site=site, item=item, number=number, code=new_token_code(), created_at=now) for number in numbers]
    try:
        with transaction.atomic():
            made = Token.objects.bulk_create(rows)
            audit.record(actor, TokensMade(site_id=site.pk, first=first, last=last, item=item), now)
    except IntegrityError as error:
        raise Refused("token_exists", "Some of these numbers exist already") from error
    _sites_with_items.forget()
    return made


def set_lost(*, actor: Actor, token_id: int, lost: bool, now: datetime) -> Token:
    """Report a token lost, or found again. Raises NotFound `token_not_found`."""
    with transaction.atomic():
        found = at_sites(Token.objects.filter(pk=token_id), actor.sites, "site_id")
        token = found.select_for_update(no_key=True).first()
        if token is None:
            raise NotFound("token_not_found", "There is no such token")
        if (token.lost_at is not None) != lost:
            token.lost_at = now if lost else None
            token.save(update_fields=["lost_at"])
            audit.record(actor, TokenChanged(token_id=token.pk, site_id=token.site_id, lost=lost), now)
    return tokens_of(actor.sites).get(pk=token_id)
