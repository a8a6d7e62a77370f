"""Who looks at live pages and who opens reports in the mixed load: their cookies."""

from typing import Any

from django.conf import settings
from django.test import Client

from bench.many_sites import browser_of
from parking.accounts.models import Role
from parking.facilities.models import ParkingZone

# Attendants look at what is inside, drivers at the zones, the office at its dashboard.
ZONES = 10


def inside(_given: dict[str, Any]) -> dict[str, Any]:
    """Return the live parts that are asked for, with cookies, and the cookie of a manager."""
    gate, office, driver = (_cookie(browser_of(role)) for role in (Role.STAFF, Role.ADMIN, Role.USER))
    zones = ParkingZone.objects.filter(site__code="BENCH").order_by("pk")[:ZONES]
    looked_at = [(driver, "/zones/live/"), *((driver, f"/zones/{zone.pk}/live/") for zone in zones)]
    looked_at += [(gate, f"/gate/slots/live/?zone={zone.pk}") for zone in zones]
    looked_at += [(gate, "/gate/inside/live/"), (office, "/office/live/")]
    return {"polls": [{"path": path, "cookie": cookie} for cookie, path in looked_at], "manager": office}


def _cookie(browser: Client) -> str:
    return f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"
