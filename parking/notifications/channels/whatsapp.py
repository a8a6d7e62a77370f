"""WhatsApp: registered templates for the ticket and the receipt, by the protocol of Meta's cloud API."""

from datetime import datetime

from django.conf import settings

from parking.notifications.channels import http
from parking.notifications.channels.base import Letter, NotDelivered
from parking.notifications.channels.phones import international
from parking.notifications.kinds import kind_of
from parking.notifications.texts import written_values

# By kind of notice: the name under which the template was approved, and its variables in their order.
TEMPLATES: dict[str, tuple[str, tuple[str, ...]]] = {
    "booked": ("parking_ticket", ("plate", "zone", "slot", "enter_by")),
    "left": ("parking_receipt", ("plate", "zone", "total")),
}


class WhatsAppSender:
    """Posts one message; `biz_opaque_callback_data` names it, so that a repeated one is known."""

    def send(self, letter: Letter, now: datetime) -> None:  # noqa: ARG002 - as every channel
        if letter.notice.kind not in TEMPLATES:
            raise NotDelivered("whatsapp_template_missing", is_definite=True)
        name, variables = TEMPLATES[letter.notice.kind]
        values = written_values(kind_of(letter.notice.kind), letter.notice)
        link = f"{settings.BASE_URL}{letter.notice.path}"
        texts = [*(values[variable] for variable in variables), link]
        http.post(
            f"{settings.WHATSAPP_URL}/{settings.WHATSAPP_SENDER}/messages",
            headers=http.bearer(settings.WHATSAPP_KEY),
            json={
                "messaging_product": "whatsapp",
                "to": international(letter.person.phone),
                "type": "template",
                "template": {
                    "name": name,
                    "language": {"code": letter.person.reads},
                    "components": [
                        {"type": "body", "parameters": [{"type": "text", "text": text} for text in texts]},
                    ],
                },
                "biz_opaque_callback_data": letter.reference,
            },
        )
