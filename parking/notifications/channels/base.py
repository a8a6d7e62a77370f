"""What every channel is: it takes a letter and sends it, or says why not."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from parking.accounts.models import User
from parking.notifications.models import Delivery, Notice
from parking.notifications.texts import Words


@dataclass(frozen=True)
class Letter:
    """One delivery with its words, in the language of the person, which is the active one."""

    delivery: Delivery
    notice: Notice
    person: User
    words: Words

    @property
    def reference(self) -> str:
        """Return what goes with every attempt, so that what arrives twice is shown once."""
        return self.delivery.reference.hex


class Sender(Protocol):
    """A channel."""

    def send(self, letter: Letter, now: datetime) -> None:
        """Send, or raise NotDelivered. Not inside a transaction."""


class NotDelivered(Exception):
    """An attempt failed, for the reason `code`, a short word without addresses.

    `is_definite`: another attempt would fail too. `is_gone`: the address does not exist any more.
    """

    def __init__(self, code: str, *, is_definite: bool = False, is_gone: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.is_definite = is_definite or is_gone
        self.is_gone = is_gone
