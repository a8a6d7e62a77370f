"""Pauses after many failed sign-ins of one username, from however many addresses.

The lock-out (`lockout.py`) counts by username and address together, so somebody with many addresses could go on for
ever. Here the username alone is counted, whether there is such an account or not. Nobody is locked out by strangers:
a pause lasts 15 minutes at most, ends with a new password by mail, and does not hold where the account has signed in
before.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from parking.accounts import notices
from parking.accounts.lockout import folded
from parking.accounts.models import FailedName, KnownAddress, User
from parking.accounts.queries import user_of_username
from parking.accounts.rules import pause_after
from parking.core.errors import TooMany
from parking.core.requests import client_address

# Failures are forgotten after a day without another.
_COUNTED_FOR = timedelta(days=1)
_KNOWN_FOR = timedelta(days=90)
# An address is noted again after so long.
_NOTED_FOR = timedelta(days=1)


def refuse_paused(request: HttpRequest, *, username: str, now: datetime) -> None:
    """Raise TooMany `too_many_attempts` while there is a pause for this username, which this address must keep to.

    After a pause one try is let through, and the next pause begins with it.
    """
    row = FailedName.objects.filter(username=folded(username), last_at__gt=now - _COUNTED_FOR).first()
    if row is None or row.failures < settings.NAME_FAILURES or _is_known(request, username, now):
        return
    until = row.paused_until or now
    following = now + pause_after(row.failures + 1, limit=settings.NAME_FAILURES)
    # Of tries at the same moment one gets the row as it was read.
    mine = FailedName.objects.filter(pk=row.pk, failures=row.failures, paused_until=row.paused_until)
    if now >= until and mine.update(paused_until=following):
        return
    seconds = max(int((until - now).total_seconds()) + 1, 1)
    raise TooMany("too_many_attempts", "Too many failed attempts, please try again later", retry_after=seconds)


def count_failure(username: str, *, now: datetime) -> None:
    """Count a failed sign-in; the first pause is told to the owner of the account."""
    with transaction.atomic():
        row = _locked_row(folded(username), now)
        row.failures = row.failures + 1 if row.last_at > now - _COUNTED_FOR else 1
        row.last_at = now
        pause = pause_after(row.failures, limit=settings.NAME_FAILURES)
        row.paused_until = now + pause if pause else None
        row.save()
        if row.failures == settings.NAME_FAILURES and (user := user_of_username(username)):
            notices.sign_ins_paused(user)


def _locked_row(name: str, now: datetime) -> FailedName:
    rows = FailedName.objects.select_for_update(no_key=True).filter(username=name)
    if (row := rows.first()) is None:
        FailedName.objects.bulk_create([FailedName(username=name, last_at=now)], ignore_conflicts=True)
        row = rows.get()
    return row


def forget_failures_of_name(username: str) -> None:
    """Delete the count of a username, whose owner has proved who they are."""
    FailedName.objects.filter(username=folded(username)).delete()


def note_success(request: HttpRequest, *, user: User, now: datetime) -> None:
    """Forget the failures of a user who signed in, and remember where."""
    forget_failures_of_name(user.username)
    address = _mark(request)
    if KnownAddress.objects.filter(user=user, address=address, last_at__gt=now - _NOTED_FOR).exists():
        return
    known = KnownAddress.objects.filter(user=user, last_at__gt=now - _KNOWN_FOR)
    is_news = not known.filter(address=address).exists() and not _is_first(user, known, now)
    with transaction.atomic():
        KnownAddress.objects.bulk_create(
            [KnownAddress(user=user, address=address, last_at=now)],
            update_conflicts=True,
            unique_fields=["user", "address"],
            update_fields=["last_at"],
        )
        if is_news:
            notices.new_sign_in(user)


def _is_first(user: User, known: "QuerySet[KnownAddress]", now: datetime) -> bool:
    """Return whether this is the first sign-in of all, which is no news to its owner.

    An account without a known address that is older than those are kept was not used for long: that is news.
    """
    return user.date_joined > now - _KNOWN_FOR and not known.exists()


def _is_known(request: HttpRequest, username: str, now: datetime) -> bool:
    user = user_of_username(username)
    known = KnownAddress.objects.filter(address=_mark(request), last_at__gt=now - _KNOWN_FOR)
    return user is not None and known.filter(user=user).exists()


def _mark(request: HttpRequest) -> str:
    """Return what stands for the caller's address; the address itself is nobody's business."""
    return salted_hmac("parking.accounts.pauses", client_address(request), algorithm="sha256").hexdigest()[:32]


def forget_old_failures(*, now: datetime) -> int:
    """Delete counts and known addresses whose time is over; answers how many."""
    counts = FailedName.objects.filter(last_at__lte=now - _COUNTED_FOR).delete()[0]
    return counts + KnownAddress.objects.filter(last_at__lte=now - _KNOWN_FOR).delete()[0]
