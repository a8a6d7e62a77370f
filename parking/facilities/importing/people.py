"""The people of an imported file: accounts of staff, who set their own password by mail."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from parking.accounts.models import Role, User
from parking.accounts.passwords import HashedPassword
from parking.accounts.permissions import SWITCHES, changed_permissions, read_permissions
from parking.accounts.queries import works_within
from parking.core.actor import Actor, Permissions
from parking.core.errors import DomainError, InvalidInput
from parking.facilities import people
from parking.facilities.importing.faults import Action, Fault, FaultCode, Outcome, Report
from parking.facilities.importing.workbook import PEOPLE, SheetRow

_USERNAME = re.compile(r"[A-Za-z0-9_.@+-]{1,150}")
_REFUND = re.compile(r"refund=([0-9]{1,7})/([0-9]{1,7})")
_ROLES = (Role.STAFF, Role.ADMIN, Role.AUDITOR)
_LONGEST_NAME, _LONGEST_MAIL = 150, 254


@dataclass(frozen=True)
class _Wanted:
    row: int
    username: str
    first_name: str
    last_name: str
    role: str
    email: str
    permissions: dict[str, Any]

    def fields(self, site_id: int) -> dict[str, Any]:
        """Return the columns of the new account."""
        names = [field.name for field in fields(self) if field.name not in {"row", "username"}]
        own = {name: getattr(self, name) for name in names}
        return own | {"site_ids": [site_id], "is_active": True}


def import_people(rows: Sequence[SheetRow], report: Report, *, site_id: int, actor: Actor, now: datetime) -> None:
    """Make the accounts that are not there; inside the transaction of the import.

    One that is there stays as it is, and is a fault if it is not as the file says: rights change on the person's page.
    """
    names = [row.cells["username"] for row in rows]
    present = {user.username: user for user in User.objects.filter(username__in=names)}
    seen: set[str] = set()
    for row in rows:
        wrong = list(_faults(row, seen))
        if wrong:
            report.faults += wrong
            continue
        wanted = _read(row)
        user = present.get(wanted.username)
        if user is not None:
            _compare(wanted, user, report, site_id=site_id, actor=actor)
        else:
            _make(wanted, report, site_id=site_id, actor=actor, now=now)


def _faults(row: SheetRow, seen: set[str]) -> Iterator[Fault]:
    """Yield what is wrong with a row, each with its column."""
    cells = row.cells
    role, permissions = cells["role"].upper(), _permissions(cells.get("permissions", ""))
    wrong = {
        ("username", FaultCode.USERNAME_INVALID): not _USERNAME.fullmatch(cells["username"]),
        ("username", FaultCode.TWICE): cells["username"].lower() in seen,
        ("name", FaultCode.NAME_INVALID): not _is_name(cells.get("name", "")),
        ("role", FaultCode.ROLE_UNKNOWN): role not in _ROLES,
        ("mail", FaultCode.MAIL_INVALID): not _is_mail(cells["mail"]),
        ("permissions", FaultCode.PERMISSION_UNKNOWN): permissions is None,
        ("permissions", FaultCode.PERMISSIONS_OF_STAFF): bool(permissions) and role in {Role.ADMIN, Role.AUDITOR},
    }
    seen.add(cells["username"].lower())
    for (column, code), is_wrong in wrong.items():
        if is_wrong:
            yield Fault(PEOPLE, row.number, column, code, found=cells.get(column, "")[:50])


def _read(row: SheetRow) -> _Wanted:
    """Return the person of a row without faults."""
    cells = row.cells
    first, _, last = cells.get("name", "").partition(" ")
    return _Wanted(
        row.number,
        cells["username"],
        first,
        last.strip(),
        cells["role"].upper(),
        User.objects.normalize_email(cells["mail"]),
        _permissions(cells.get("permissions", "")) or {},
    )


def _is_name(text: str) -> bool:
    return len(text) <= _LONGEST_NAME and text.isprintable()


def _is_mail(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= _LONGEST_MAIL


def _permissions(text: str) -> dict[str, Any] | None:
    """Return what a cell gives: nothing for the usual ones, else these and no others; None for an unknown one."""
    names = [name.strip().lower() for name in text.split(",") if name.strip()]
    if not names:
        return {}
    given: dict[str, Any] = {switch: switch in names for switch in SWITCHES}
    for name in names:
        limit = _REFUND.fullmatch(name)
        if limit:
            given["refund"] = {"each": Decimal(limit[1]), "per_day": Decimal(limit[2])}
        elif name not in SWITCHES:
            return None
    return given


def _compare(wanted: _Wanted, user: User, report: Report, *, site_id: int, actor: Actor) -> None:
    if not works_within(user, actor.sites):
        text = "This username is taken"
        error = InvalidInput({"username": [text]}, text, code="username_taken")
        report.faults.append(Fault(PEOPLE, wanted.row, "username", FaultCode.REFUSED, error=error))
    elif _is_as_wanted(wanted, user, site_id):
        report.outcomes.append(Outcome(PEOPLE, wanted.row, wanted.username, Action.KEEP))
    else:
        report.faults.append(Fault(PEOPLE, wanted.row, "username", FaultCode.PERSON_DIFFERS, found=wanted.username))


def _is_as_wanted(wanted: _Wanted, user: User, site_id: int) -> bool:
    texts = ("first_name", "last_name", "role", "email")
    same = all(getattr(user, name) == getattr(wanted, name) for name in texts)
    permissions = read_permissions(changed_permissions({}, wanted.permissions)) if wanted.permissions else Permissions()
    return same and site_id in user.site_ids and read_permissions(user.permissions) == permissions


def _make(wanted: _Wanted, report: Report, *, site_id: int, actor: Actor, now: datetime) -> None:
    # Nobody knows this password: the person sets one with the link of a mail.
    unusable = HashedPassword(make_password(None))
    try:
        with transaction.atomic():
            people.create_user(
                actor=actor, username=wanted.username, password=unusable, fields=wanted.fields(site_id), now=now
            )
    except DomainError as error:
        report.faults.append(Fault(PEOPLE, wanted.row, "username", FaultCode.REFUSED, error=error))
        return
    report.outcomes.append(Outcome(PEOPLE, wanted.row, wanted.username, Action.ADD))
