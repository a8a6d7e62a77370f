"""Renderers: what makes messages of an event. The app whose event it is, or one above it, registers them."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, TypeVar

from parking.audit.events import Event
from parking.audit.outbox import listen
from parking.notifications.kinds import Message

LISTENER = "notifications"

E = TypeVar("E", bound=Event)
Renderer = Callable[[Any, datetime], Iterable[Message]]

_RENDERERS: dict[type[Event], Renderer] = {}


def register_renderer(
    event_type: type[E],
    render: Callable[[E, datetime], Iterable[Message]],
    *,
    when: Callable[[E], bool] | None = None,
) -> None:
    """Let `render(event, at)` make the messages of an event type from now on; `at` is when it happened.

    With `when`, only of events that it says yes to: of others no row is written. It knows the event and nothing else.
    """
    _RENDERERS[event_type] = render
    listen(event_type, LISTENER, when=when)


def render(event: Event, at: datetime) -> list[Message]:
    """Return the messages of an event; none for a type without a renderer."""
    renderer = _RENDERERS.get(type(event))
    return [] if renderer is None else list(renderer(event, at))
