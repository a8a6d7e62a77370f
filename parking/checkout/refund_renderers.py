"""What whoever asked for a refund at the counter is told when the second person refused it."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from parking.notifications.kinds import ANYBODY, Kind, Message, ValueType, register_kind
from parking.notifications.rendering import register_renderer
from parking.payments.events import RefundRefused

REFUSED = Kind(
    "refund_refused",
    _("A refund of %(amount)s was refused"),
    _("The refund of %(amount)s that you asked for is not handed out. Reason: %(reason)s"),
    {"amount": ValueType.MONEY, "reason": ValueType.TEXT},
    audience=ANYBODY,
    name=_("Refund that was refused"),
)


def render_refused(event: RefundRefused, _at: datetime) -> Iterable[Message]:
    if event.asked_by is None:
        return []
    return [Message(event.asked_by, REFUSED.code, {"amount": str(event.amount), "reason": event.reason or "-"})]


def register() -> None:
    """Register the kind and the renderer."""
    register_kind(REFUSED)
    register_renderer(RefundRefused, render_refused)
