"""What a driver is told when the office has answered an objection to a debt."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from parking.checkout.driver_messages import to_driver
from parking.notifications.kinds import Kind, Message, ValueType, register_kind
from parking.notifications.rendering import register_renderer
from parking.payments.events import DebtObjectionAnswered
from parking.stays.models import ParkingSession

TEXT, MONEY = ValueType.TEXT, ValueType.MONEY
_VALUES = {"plate": ValueType.PLATE, "zone": TEXT, "site": TEXT, "debt": MONEY, "answer": TEXT}

UPHELD = Kind(
    "objection_upheld",
    _("You need not pay %(debt)s"),
    _("Your objection for %(plate)s at %(zone)s, %(site)s was accepted: %(debt)s need not be paid. Answer: %(answer)s"),
    _VALUES,
    button=_("Open the ticket"),
    name=_("Objection accepted"),
)
REFUSED = Kind(
    "objection_refused",
    _("%(debt)s of the parking of %(plate)s is still due"),
    _("Your objection for %(plate)s at %(zone)s, %(site)s was not accepted, so %(debt)s is due. Answer: %(answer)s"),
    _VALUES,
    button=_("See what is unpaid"),
    name=_("Objection not accepted"),
)


def render_answered(event: DebtObjectionAnswered, _at: datetime) -> Iterable[Message]:
    session = ParkingSession.objects.whole().filter(bill_id=event.bill_id).first()
    kind, path = (UPHELD, "") if event.upheld else (REFUSED, "/debts/")
    return to_driver(session, kind, path=path, debt=event.amount, answer=event.answer)


def register() -> None:
    """Register the kinds and the renderer."""
    register_kind(UPHELD)
    register_kind(REFUSED)
    register_renderer(DebtObjectionAnswered, render_answered)
