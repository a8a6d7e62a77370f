"""How notices and what a person chose about them are shown."""

from datetime import datetime
from typing import Self

from parking.accounts.models import User
from parking.edge.shapes import Shape
from parking.notifications.channels import web_push
from parking.notifications.models import Delivery, Notice, PushSubscription
from parking.notifications.queries import choices_of, quiet_hours_of
from parking.notifications.rules import Quiet
from parking.notifications.texts import words_of


class NoticeOut(Shape):
    """`text` is in the person's language; `path` is a page of ours, empty for none."""

    id: int
    kind: str
    title: str
    text: str
    path: str
    at: datetime
    read_at: datetime | None

    example = {
        "id": 12,
        "kind": "left",
        "title": "DL-01-AB-1234 has left Zone A: ₹100.00",
        "text": "DL-01-AB-1234 left Zone A, Main car park on 22 Nov 2026, 12:00. The parking cost ₹100.00.",
        "path": "/tickets/123/",
        "at": "2026-11-22T06:30:00Z",
        "read_at": None,
    }

    @classmethod
    def of(cls, notice: Notice) -> Self:
        """Return a notice in the active language."""
        words = words_of(notice)
        text = "\n".join([words.text, *words.lines])
        return cls(
            id=notice.pk,
            kind=notice.kind,
            title=words.title,
            text=text,
            path=notice.path,
            at=notice.at,
            read_at=notice.read_at,
        )


class UndeliveredOut(Shape):
    """`reason` is a short word; `person` a username. The words are in the notice of the person."""

    id: int
    kind: str
    person: str
    channel: str
    reason: str
    attempts: int
    at: datetime

    example = {
        "id": 31,
        "kind": "left",
        "person": "asha",
        "channel": "MAIL",
        "reason": "smtp_451",
        "attempts": 5,
        "at": "2026-11-22T06:30:00Z",
    }

    @classmethod
    def of(cls, delivery: Delivery) -> Self:
        """Return a delivery that failed."""
        return cls(
            id=delivery.pk,
            kind=delivery.notice.kind,
            person=delivery.notice.person.username,
            channel=delivery.channel,
            reason=delivery.error,
            attempts=delivery.attempts,
            at=delivery.notice.at,
        )


class PreferencesOut(Shape):
    """`kinds` has for each kind whether it goes by MAIL, PUSH, SMS, WHATSAPP; `push_key` is what browsers subscribe
    with, empty where push messages are off. Quiet hours that begin and end alike are none."""

    kinds: dict[str, dict[str, bool]]
    quiet_from: int
    quiet_until: int
    push_key: str

    example = {
        "kinds": {"booked": {"MAIL": True, "PUSH": True, "SMS": False, "WHATSAPP": False}},
        "quiet_from": 22,
        "quiet_until": 7,
        "push_key": "BJx0...",
    }

    @classmethod
    def of(cls, person: User) -> Self:
        """Return what counts for a person."""
        quiet = quiet_hours_of([person.pk]).get(person.pk, Quiet())
        return cls(
            kinds={kind.code: {str(key): on for key, on in channels.items()} for kind, channels in choices_of(person)},
            quiet_from=quiet.begin,
            quiet_until=quiet.end,
            push_key=web_push.public_key(),
        )


class PushSubscriptionOut(Shape):
    id: str
    created_at: datetime

    example = {"id": "5f0c7a9e-0d0e-4a5e-9a39-0f3a1f3a2b1c", "created_at": "2026-11-22T06:30:00Z"}

    @classmethod
    def of(cls, subscription: PushSubscription) -> Self:
        return cls(id=str(subscription.uuid), created_at=subscription.created_at)
