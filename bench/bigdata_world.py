"""The operator of the big database: forty sites of five zones each, before its stays are loaded."""

from typing import Any

from bench.defaults import put_defaults_into_columns
from bench.many_sites import make_sites, make_zones, somebody
from parking.accounts.models import Role


def inside(_given: dict[str, Any]) -> dict[str, Any]:
    """Make sites, zones, slots and one account of each role."""
    put_defaults_into_columns()
    zones = make_zones(make_sites())
    for role in (Role.ADMIN, Role.STAFF, Role.USER):
        somebody(role)
    return {"site": zones[0].site_id, "zone": zones[0].pk}
