"""How a mail with documents is shown."""

from datetime import datetime
from typing import Self

from parking.edge.shapes import Shape
from parking.invoices.models import DocumentMail, MailState


class MailOut(Shape):
    payment_id: int
    state: MailState
    asked_at: datetime

    example = {"payment_id": 17, "state": "WAITING", "asked_at": "2026-11-22T07:06:00Z"}

    @classmethod
    def of(cls, mail: DocumentMail) -> Self:
        """Return a mail; the address is not told."""
        return cls.read(mail)
