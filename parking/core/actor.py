"""The actor, a frozen value that services, rules and the audit record take."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    """The kinds of actors."""

    USER = "USER"
    DEVICE = "DEVICE"
    KEY = "KEY"
    GATEWAY = "GATEWAY"
    SYSTEM = "SYSTEM"
    ANYBODY = "ANYBODY"


@dataclass(frozen=True)
class Actor:
    """Who acts, and what they may do.

    `role` is that of a user account, empty for other kinds. `permissions` are the names of what an attendant may do
    beside the role. `sites` are the ids of the sites that the actor works at; None means all.
    """

    kind: ActorKind = ActorKind.ANYBODY
    user_id: int | None = None
    role: str = ""
    permissions: frozenset[str] = frozenset()
    sites: frozenset[int] | None = None

    @property
    def is_staff(self) -> bool:
        """Return whether an attendant or administrator acts; an anonymous caller never counts as staff."""
        return self.kind == ActorKind.USER and self.role in {"STAFF", "ADMIN"}


def user_actor(user_id: int, role: str, *, site_ids: Collection[int] = ()) -> Actor:
    """Return the actor of a signed-in account; without `site_ids` it works at all sites."""
    return Actor(kind=ActorKind.USER, user_id=user_id, role=role, sites=frozenset(site_ids) if site_ids else None)


SYSTEM = Actor(kind=ActorKind.SYSTEM)
GATEWAY = Actor(kind=ActorKind.GATEWAY)
ANYBODY = Actor()
