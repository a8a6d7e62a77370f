"""A message to the driver of a parking session, with what every such message says of it."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from parking.facilities.calendars import zone_of
from parking.notifications.kinds import Kind, Message
from parking.stays.models import ParkingSession

# Sentences that go without where nothing was paid or comes back.
PAID = _("Paid: %(amount)s.")
REFUNDED = _("Refunded: %(refund)s.")


def to_driver(
    session: ParkingSession | None,
    kind: Kind,
    /,
    *,
    attachment: str = "",
    path: str = "",
    fact: str = "",
    **values: Any,
) -> list[Message]:
    """Return the message to the driver of a stay; none for a walk-in."""
    if session is None or session.driver_id is None:
        return []
    site = session.zone.site
    place = {"plate": session.vehicle.vehicle_number, "zone": session.zone.name, "site": site.name}
    return [
        Message(
            session.driver_id,
            kind.code,
            place | {name: _stored(value) for name, value in values.items()},
            path=path or f"/tickets/{session.pk}/",
            attachment=attachment,
            site_id=site.pk,
            time_zone=zone_of(site.pk).key,
            fact=fact,
        )
    ]


def _stored(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
