"""Reads of notices for screens and the API."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q, QuerySet, Subquery

from parking.accounts.models import Role, User
from parking.audit.outbox import aside_of, oldest_of
from parking.core.fresh import FreshValue, UntilNews
from parking.core.sites import Sites, at_sites
from parking.notifications.kinds import Kind, kinds_for
from parking.notifications.models import (
    OPEN_DELIVERY,
    Channel,
    Delivery,
    DeliveryState,
    Notice,
    Preference,
    PushSubscription,
)
from parking.notifications.models import QuietHours as QuietHoursRow
from parking.notifications.rendering import LISTENER
from parking.notifications.rules import GONE, OUTDATED, Quiet


def notices_of(person_id: int) -> "QuerySet[Notice]":
    """Return what a person was told, newest first."""
    return Notice.objects.filter(person_id=person_id).order_by("-pk")


# More than what the workers write within the time of a transaction.
_NEWEST = 200


def unread_notices(person_id: int) -> int:
    """Return how many notices of a person are unread, from what this process knows: a second or two old at most."""
    return _unread.value(person_id)


def _count_unread(person_id: int) -> int:
    return Notice.objects.filter(person_id=person_id, read_at=None).count()


def _newest() -> tuple[object, ...]:
    """Return another value after each notice that was written or read: two looks at the end of an index.

    Not the last number alone: of two workers the one whose number is lower may be the later to commit.
    """
    read = Notice.objects.filter(read_at__isnull=False).order_by("-read_at").values("read_at")[:1]
    return tuple(Notice.objects.order_by("-pk").values_list("pk", Subquery(read))[:_NEWEST])


_newest_now: FreshValue[tuple[object, ...]] = FreshValue(_newest, seconds=1.0, overlap=1.0)
_unread: UntilNews[int] = UntilNews(_count_unread, _newest_now)


def forget_unread() -> None:
    """Count again at the next look: this process has just marked notices as read."""
    _newest_now.forget()
    _unread.forget()


def chosen_by(person_ids: Collection[int]) -> dict[tuple[int, str, str], bool]:
    """Return what people have chosen, by person, kind and channel."""
    rows = Preference.objects.filter(person_id__in=person_ids)
    return {(row.person_id, row.kind, row.channel): row.is_on for row in rows}


def quiet_hours_of(person_ids: Collection[int]) -> dict[int, Quiet]:
    """Return the quiet hours of those who have hours of their own."""
    rows = QuietHoursRow.objects.filter(person_id__in=person_ids)
    return {row.person_id: Quiet(row.begin, row.end) for row in rows}


def push_endpoints_of(person_id: int) -> list[str]:
    """Return the addresses of the browsers that show push messages of a person."""
    return list(PushSubscription.objects.filter(person_id=person_id).values_list("endpoint", flat=True))


def choices_of(person: User) -> list[tuple[Kind, dict[str, bool]]]:
    """Return each kind that a person may choose, with what counts for every channel."""
    chosen = chosen_by([person.pk])
    return [
        (kind, {channel: chosen.get((person.pk, kind.code, channel), channel in kind.channels) for channel in Channel})
        for kind in kinds_for(person.role)
    ]


# As `rules.needs_nobody`.
_NEEDS_NOBODY = Q(error=OUTDATED) | Q(channel=Channel.PUSH, error__in=GONE)


def failed_deliveries(*, sites: Sites) -> "QuerySet[Delivery]":
    """Return what was not delivered of these sites, newest first; what is of no site is for those of all."""
    rows = Delivery.objects.filter(state=DeliveryState.FAILED).exclude(_NEEDS_NOBODY).select_related("notice__person")
    return at_sites(rows, sites, "notice__site_id").order_by("-pk")


@dataclass(frozen=True)
class FailedFor:
    """How many notices failed by a channel for a reason."""

    channel: str
    error: str
    count: int

    @property
    def channel_name(self) -> str:
        return str(Channel(self.channel).label)


def failures_by_reason(*, sites: Sites) -> list[FailedFor]:
    """Return how much was not delivered of these sites by channel and reason, the most first."""
    rows = failed_deliveries(sites=sites).order_by().values("channel", "error").annotate(count=Count("pk"))
    found = [FailedFor(row["channel"], row["error"], row["count"]) for row in rows]
    return sorted(found, key=lambda one: (-one.count, one.channel, one.error))


def broken_events(*, sites: Sites) -> list[tuple[str, int]]:
    """Return of how many events by action no notices could be made; they are shown to those of all sites."""
    if sites is not None:
        return []
    rows = aside_of(LISTENER).values("action").annotate(count=Count("pk")).order_by("action")
    return [(row["action"], row["count"]) for row in rows]


def oldest_message_wait(*, now: datetime) -> timedelta:
    """Return how long the oldest event waits for its notices, or the oldest delivery for an attempt that is due."""
    due = Delivery.objects.filter(state__in=OPEN_DELIVERY, next_at__lte=now).order_by()
    oldest_due = due.values("state").annotate(since=Min("next_at")).values_list("since")
    waiting = oldest_of(LISTENER).union(oldest_due, all=True)
    return max((now - since for (since,) in waiting), default=timedelta(0))


def managers_at(site_ids: Collection[int] | None) -> list[User]:
    """Return the active managers who work at one of these sites; None: at all sites."""
    admins = User.objects.filter(role=Role.ADMIN, is_active=True).order_by("pk")
    return [user for user in admins if site_ids is None or not user.site_ids or set(site_ids) & set(user.site_ids)]


def sites_of(user: User) -> Sites:
    """Return the sites of an account as a value."""
    return frozenset(user.site_ids) if user.site_ids else None


def has_mailbox(kind: Kind, person: User) -> bool:
    """Return whether notices of a kind may go to a person's address: to one that nobody has proved only urgent ones.

    To one whose mails come back only what its owner has just asked for, such as the link that proves it again.
    """
    if person.email_bounced_at is not None and not (kind.is_asked_for or kind.link is not None):
        return False
    return bool(person.email) and (kind.urgent or person.email_confirmed_at is not None)
