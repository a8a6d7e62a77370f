"""The actor, a frozen value that services, rules and the audit record take."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from parking.core.errors import Forbidden
from parking.core.money import ZERO
from parking.core.sites import ALL_SITES, Sites

PermissionName = Literal["terminate", "move", "collect_debt", "voucher", "assign_special"]


class ActorKind(StrEnum):
    """The kinds of actors."""

    USER = "USER"
    DEVICE = "DEVICE"
    KEY = "KEY"
    GATEWAY = "GATEWAY"
    SYSTEM = "SYSTEM"
    ANYBODY = "ANYBODY"


@dataclass(frozen=True)
class RefundLimit:
    """The most rupees that an attendant may give back at once, and in a day; nothing is not allowed at all."""

    each: Decimal = ZERO
    per_day: Decimal = ZERO


@dataclass(frozen=True)
class Permissions:
    """What an attendant may do beside the role."""

    terminate: bool = True
    move: bool = True
    collect_debt: bool = False
    voucher: bool = False
    assign_special: bool = False
    refund: RefundLimit = RefundLimit()


@dataclass(frozen=True)
class Actor:
    """Who acts, and what they may do.

    `role` is that of a user account, empty for other kinds. `permissions` matter for attendants alone. `sites` are
    those that the actor works at; a driver works at none, and is not limited by them.
    """

    kind: ActorKind = ActorKind.ANYBODY
    user_id: int | None = None
    role: str = ""
    permissions: Permissions = Permissions()
    sites: Sites = ALL_SITES

    @property
    def is_staff(self) -> bool:
        """Return whether an attendant or administrator acts; an anonymous caller never counts as staff."""
        return self.kind == ActorKind.USER and self.role in {"STAFF", "ADMIN"}

    @property
    def sees_work(self) -> bool:
        """Return whether the actor sees what belongs to others, within the sites: staff, and the auditor who reads."""
        return self.is_staff or (self.kind == ActorKind.USER and self.role == "AUDITOR")

    @property
    def is_operator_wide(self) -> bool:
        """Return whether the actor may change what all sites share: an administrator of all sites, or the system."""
        is_admin = self.kind == ActorKind.USER and self.role == "ADMIN"
        return self.kind == ActorKind.SYSTEM or (is_admin and self.sites is None)

    def works_at(self, site_id: int) -> bool:
        """Return whether a site is one of the actor's."""
        return self.sites is None or site_id in self.sites

    def may(self, permission: PermissionName) -> bool:
        """Return whether the actor has a permission; it limits attendants alone."""
        return self.role != "STAFF" or getattr(self.permissions, permission)

    def need(self, permission: PermissionName) -> None:
        """Raise Forbidden `not_permitted` without the permission."""
        if not self.may(permission):
            raise not_permitted()


def not_permitted() -> Forbidden:
    return Forbidden("not_permitted", "You have not been given the permission for this")


def user_actor(
    user_id: int, role: str, *, site_ids: Collection[int] = (), permissions: Permissions = Permissions()
) -> Actor:
    """Return the actor of a signed-in account; without `site_ids` it works at all sites."""
    sites = frozenset(site_ids) if site_ids and role != "USER" else ALL_SITES
    return Actor(kind=ActorKind.USER, user_id=user_id, role=role, permissions=permissions, sites=sites)


SYSTEM = Actor(kind=ActorKind.SYSTEM)
GATEWAY = Actor(kind=ActorKind.GATEWAY)
ANYBODY = Actor()
