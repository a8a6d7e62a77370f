"""What is told of accounts and of the worker itself.

Accounts say so inside the transaction of the change (`accounts.notices`); here it becomes a notice in it.
"""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta
from uuid import uuid4

import structlog
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from parking.accounts import notices
from parking.accounts.mails import LINKS, MANAGERS_NEWS, NOTICES, Link
from parking.accounts.models import User
from parking.core import clock
from parking.core.site_settings import BRAND_NAME
from parking.core.task_queue import LATE_AFTER, oldest_wait
from parking.notifications.alerting import Critical, register_watch
from parking.notifications.kinds import ANYBODY, MANAGERS, Kind, Message, ValueType, register_kind
from parking.notifications.models import Channel, Delivery, Notice
from parking.notifications.noticing import tell
from parking.notifications.queries import oldest_message_wait

log = structlog.get_logger(__name__)

_VALUES = {"username": ValueType.TEXT, "brand": ValueType.TEXT}
_FORMER_TOLD_FOR = timedelta(days=7)
_ADVICE = _("If this was you, do nothing. If not, set a new password at once, or ask the car park for help:")


def _kind(code: str, title: Promise, sentence: Promise) -> Kind:
    return Kind(
        code=code,
        title=title,
        text=sentence,
        values=_VALUES,
        audience=ANYBODY,
        urgent=True,
        button=_("Set a new password"),
        advice=_ADVICE,
    )


def _kind_of_link(code: str, link: Link) -> Kind:
    def is_needed(notice: Notice, _now: datetime) -> bool:
        return link.is_needed(notice.person, notice.values["mark"])

    return Kind(
        code=code,
        title=link.title,
        text=link.text,
        values={**_VALUES, "mark": ValueType.TEXT},
        channels=frozenset({Channel.MAIL}),
        audience=ANYBODY,
        urgent=True,
        is_current=is_needed,
        link=link.make,
        button=link.button,
        advice=link.advice,
    )


def _kind_for_managers(what: str, title: Promise, sentence: Promise, doubt: Promise) -> Kind:
    return Kind(
        code=what.lower(),
        title=title,
        text=sentence,
        values={**_VALUES, "by": ValueType.DOER},
        audience=MANAGERS,
        urgent=True,
        button=_("Open the account"),
        advice=doubt,
    )


class _Teller:
    """Writes notices of what accounts tell. See `accounts.notices.Teller`."""

    def tell_owner(self, user: User, kind: str, addresses: Collection[str]) -> None:
        """Tell the owner of an account, by mail at these addresses. Inside the transaction of the change.

        For a week after the address was changed, the former one is told too: it may not have been the owner who
        changed it.
        """
        now = clock.now()
        everywhere = {*addresses, *_former_addresses(user, now)}
        message = Message(user.pk, kind, _about(user), path="/password/forgotten/", addresses=tuple(sorted(everywhere)))
        tell([message], source=f"account:{uuid4().hex}", at=now, now=now)

    def mail_link(self, user: User, kind: str, *, mark: str, source: str, now: datetime) -> bool:
        """Mail a link to the present address alone: whoever has it, has the account."""
        message = Message(user.pk, kind, {**_about(user), "mark": mark}, path=LINKS[kind].path)
        return tell([message], source=source, at=now, now=now) == 1

    def tell_manager(self, manager: User, kind: str, *, about: User, by: str, source: str, now: datetime) -> bool:
        """Tell a manager of another account."""
        path = f"/office/users/{about.pk}/"
        message = Message(manager.pk, kind.lower(), {**_about(about), "by": by}, path=path)
        return tell([message], source=source, at=now, now=now) == 1


def _about(user: User) -> dict[str, str]:
    return {"username": user.username, "brand": BRAND_NAME.at(None)}


def _former_addresses(user: User, now: datetime) -> set[str]:
    """Return where the changes of the address were told that are not a week old: the former and the new one."""
    rows = Delivery.objects.filter(notice__person=user, notice__kind="email_changed", channel=Channel.MAIL)
    return set(rows.filter(notice__at__gt=now - _FORMER_TOLD_FOR).values_list("address", flat=True))


# --- Work that waits ---------------------------------------------------------------------------------

WORK_WAITS = Kind(
    "work_waits",
    _("Background work is late"),
    _("A task has waited for %(minutes)s minutes: mails, refunds and webhooks may be late. Is a worker running?"),
    {"minutes": ValueType.NUMBER},
    audience=MANAGERS,
    urgent=True,
    button=_("Open the office"),
)


def watch_queue(now: datetime) -> Iterable[Critical]:
    """Find a queue that is late, once an hour."""
    waited = oldest_wait(now=now)
    if waited > LATE_AFTER:
        values = {"minutes": int(waited.total_seconds()) // 60}
        yield Critical(f"work_waits:{now:%Y-%m-%dT%H}", _message_of(WORK_WAITS, values))


MESSAGES_LATE = Kind(
    "messages_late",
    _("Messages to people are late"),
    _("The oldest has waited for %(minutes)s minutes. Is a worker running, and does the provider answer?"),
    {"minutes": ValueType.NUMBER},
    audience=MANAGERS,
    urgent=True,
    button=_("Open the office"),
)


def watch_messages(now: datetime) -> Iterable[Critical]:
    """Find messages that wait for too long, once an hour."""
    waited = oldest_message_wait(now=now)
    if waited > timedelta(minutes=settings.MESSAGES_LATE_MINUTES):
        minutes = int(waited.total_seconds()) // 60
        log.critical("messages_late", minutes=minutes)
        yield Critical(f"messages_late:{now:%Y-%m-%dT%H}", _message_of(MESSAGES_LATE, {"minutes": minutes}))


def _message_of(kind: Kind, values: dict[str, int]) -> Callable[[int], Message]:
    def message(person_id: int) -> Message:
        return Message(person_id, kind.code, values, path="/office/")

    return message


for _code, (_title, _sentence) in NOTICES.items():
    register_kind(_kind(_code, _title, _sentence))
for _code, _link in LINKS.items():
    register_kind(_kind_of_link(_code, _link))
for _code, _words in MANAGERS_NEWS.items():
    register_kind(_kind_for_managers(_code, *_words))
notices.tell_through(_Teller())
register_kind(WORK_WAITS)
register_kind(MESSAGES_LATE)
register_watch(watch_queue)
register_watch(watch_messages)
