"""The sites of a person: accounts are made and changed here, with the sites that they name."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from parking.accounts import services as accounts
from parking.accounts.models import User
from parking.accounts.passwords import HashedPassword
from parking.core.actor import Actor
from parking.core.errors import InvalidInput
from parking.core.sites import Sites, at_sites
from parking.facilities.models import ParkingSite


def create_user(
    *, actor: Actor, username: str, password: HashedPassword, fields: Mapping[str, Any], now: datetime
) -> User:
    """Make an account, as `accounts.services.create_user`. Raises InvalidInput also for a site that is not there."""
    refuse_unknown_sites(fields.get("site_ids", ()), actor)
    return accounts.create_user(actor=actor, username=username, password=password, fields=fields, now=now)


def update_user(*, actor: Actor, user_id: int, changes: Mapping[str, Any], password: str | None, now: datetime) -> User:
    """Change an account, as `accounts.services.update_user`. Raises InvalidInput also for a site that is not there."""
    refuse_unknown_sites(changes.get("site_ids", ()), actor)
    return accounts.update_user(actor=actor, user_id=user_id, changes=changes, password=password, now=now)


def sites_to_give(sites: Sites) -> list[tuple[int, str]]:
    """Return ids and names of the car parks that somebody of these sites may give to people, by name."""
    rows = at_sites(ParkingSite.objects.filter(retired_at=None).order_by("name"), sites, "pk")
    return list(rows.values_list("pk", "name"))


def refuse_unknown_sites(site_ids: Collection[int], actor: Actor) -> None:
    """Raise InvalidInput unless these are sites, and the actor's."""
    wanted = set(site_ids)
    known = set(ParkingSite.objects.filter(pk__in=wanted, retired_at=None).values_list("pk", flat=True))
    if known != wanted or not all(actor.works_at(site_id) for site_id in wanted):
        raise InvalidInput({"sites": ["There is no such car park"]})
