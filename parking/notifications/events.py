"""The events of notices. What is sent and what is read is in their own rows; on record is what people decide."""

from dataclasses import dataclass

from parking.audit.events import Event


@dataclass(frozen=True, kw_only=True)
class PreferencesChanged(Event):
    """Somebody chose by which channels to be told: `changes` are kind and channel with the new choice."""

    action = "preferences.changed"
    subject_kind = "user"

    user_id: int
    changes: dict[str, bool]
    quiet: tuple[int, int] | None = None


@dataclass(frozen=True, kw_only=True)
class MailUnsubscribed(Event):
    """The link of a mail was used that ends the mails of its kind."""

    action = "mail.unsubscribed"
    subject_kind = "user"

    user_id: int
    kind: str


@dataclass(frozen=True, kw_only=True)
class PushSubscribed(Event):
    """A browser shows push messages of an account from now on."""

    action = "push.subscribed"
    subject_kind = "user"

    user_id: int


@dataclass(frozen=True, kw_only=True)
class PushUnsubscribed(Event):
    """A browser shows none any more; `gone`: its push service said so."""

    action = "push.unsubscribed"
    subject_kind = "user"

    user_id: int
    gone: bool = False


@dataclass(frozen=True, kw_only=True)
class DeliveryFailed(Event):
    """A notice was not delivered by a channel, and is not tried again by itself."""

    action = "delivery.failed"
    subject_kind = "notice"

    notice_id: int
    channel: str
    error: str


@dataclass(frozen=True, kw_only=True)
class DeliveriesRetried(Event):
    """A manager had all notices sent again that failed by one channel for one reason: so many."""

    action = "deliveries.retried"

    channel: str
    error: str
    count: int

    @property
    def subject(self) -> tuple[str, int | None]:
        return "", None


@dataclass(frozen=True, kw_only=True)
class EventsRetried(Event):
    """A manager had the notices made again of events, of the action `event`, whose renderer had broken: so many."""

    action = "events.retried"

    event: str
    count: int

    @property
    def subject(self) -> tuple[str, int | None]:
        return "", None


@dataclass(frozen=True, kw_only=True)
class DeliveryRetried(Event):
    """A manager had a notice that failed sent again."""

    action = "delivery.retried"
    subject_kind = "notice"

    notice_id: int
    channel: str
