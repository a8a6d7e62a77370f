"""The only writer of accounts: signing up and in, passwords, profiles, and what administrators change."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.http import HttpRequest

from parking.accounts import confirming, families, notices, tokens
from parking.accounts.credentials import authenticated, user_signing_in
from parking.accounts.events import (
    PasswordChanged,
    SignedIn,
    SignedOut,
    TokenRefreshed,
    UserChanged,
    UserCreated,
    UserRegistered,
)
from parking.accounts.mails import NEW_ADMINISTRATOR, NEW_PASSWORD
from parking.accounts.models import Role, User
from parking.accounts.passwords import HashedPassword, hash_new_password
from parking.accounts.permissions import changed_permissions, read_permissions
from parking.accounts.queries import user_not_found, user_within, works_within
from parking.accounts.tasks import mail_administrators
from parking.accounts.tokens import SpentToken, TokenPair
from parking.audit import services as audit
from parking.core.actor import Actor, user_actor
from parking.core.errors import Forbidden, InvalidInput, Refused, Unauthenticated

CONTACT_FIELDS = {"email", "phone"}


def actor_of(user: User) -> Actor:
    """Return the actor that an account acts as."""
    permissions = read_permissions(user.permissions)
    return user_actor(user.pk, user.role, site_ids=user.site_ids, permissions=permissions)


def _save(user: User, *, force_insert: bool = False) -> None:
    user.email = User.objects.normalize_email(user.email)
    try:
        user.save(force_insert=force_insert)
    except IntegrityError as error:
        # The transaction is lost with it: every caller lets this error end it.
        text = "This username is taken"
        raise InvalidInput({"username": [text]}, text, code="username_taken") from error


# --- Signing up ------------------------------------------------------------------------------------


def register(*, username: str, password: HashedPassword, profile: Mapping[str, str], now: datetime) -> User:
    """Sign up a driver. `profile`: email, phone (one of the two), first_name, last_name.

    Raises InvalidInput, with the code `username_taken` if another account differs in letter case at most.
    """
    user = User(username=username, password=password, role=Role.USER, date_joined=now, **profile)
    _need_contact(user, profile)
    with transaction.atomic():
        _save(user, force_insert=True)
        confirming.send_link(user)
        audit.record(actor_of(user), UserRegistered(user_id=user.pk), now)
    return user


def _need_contact(user: User, changes: Mapping[str, str]) -> None:
    """Raise InvalidInput if changes of contacts leave none."""
    wanted = {name: getattr(user, name) for name in CONTACT_FIELDS} | dict(changes)
    if CONTACT_FIELDS & set(changes) and not (wanted["email"] or wanted["phone"]):
        raise InvalidInput({"email": ["Give an e-mail address or a phone number"]})


# --- Signing in ------------------------------------------------------------------------------------


def login(request: HttpRequest, *, username: str, password: str, now: datetime) -> tuple[User, TokenPair]:
    """Sign in for a pair of tokens. Raises as `credentials.user_signing_in`."""
    user = user_signing_in(request, username=username, password=password, now=now)
    with transaction.atomic():
        # Makes axes forget the failures, and Django note the time.
        user_logged_in.send(sender=User, request=request, user=user)
        pair = tokens.issue(user, now=now)
        audit.record(actor_of(user), SignedIn(user_id=user.pk), now)
    return user, pair


def refresh(*, token: str, now: datetime) -> TokenPair:
    """Exchange a refresh token, which is used up, for a new pair. Raises Unauthenticated `token_not_valid`."""
    with _spent_tokens_recorded(now), transaction.atomic():
        spent = tokens.spend_refresh_token(token)
        pair = tokens.issue(spent.user, now=now, sign_in_id=spent.sign_in_id)
        audit.record(actor_of(spent.user), TokenRefreshed(user_id=spent.user.pk), now)
    return pair


def logout(*, token: str, caller: User | None, now: datetime) -> None:
    """End a refresh token with its sign-in, access tokens included.

    Raises Unauthenticated `token_not_valid`: dead already, or another's than the caller's.

    Without a caller the token speaks for itself: whoever holds it could use it up anyway.
    """
    with _spent_tokens_recorded(now), transaction.atomic():
        spent = tokens.spend_refresh_token(token)
        if caller is not None and caller.pk != spent.user.pk:
            raise tokens.not_valid()
        families.end(spent.sign_in_id, now=now)
        audit.record(actor_of(spent.user), SignedOut(user_id=spent.user.pk), now)


@contextmanager
def _spent_tokens_recorded(now: datetime) -> Iterator[None]:
    """Act on the second use of a token; outside of the transaction, which that use rolls back."""
    try:
        yield
    except SpentToken as error:
        families.end_after_theft(
            user_id=error.spent.user.pk,
            sign_in_id=error.spent.sign_in_id,
            spent_at=tokens.spent_at(error.outstanding_id) or now,
            now=now,
        )
        raise


# --- The own account -------------------------------------------------------------------------------


def change_password(
    request: HttpRequest, *, user: User, old_password: str, new_password: str, now: datetime
) -> TokenPair:
    """Set a new password and return a new pair of tokens; all earlier tokens and all sessions end.

    Wrong old passwords count as failed logins, or a stolen token could be used to guess. Raises Refused
    `password_wrong`, InvalidInput, also as `password_unchanged`, TooMany `too_many_attempts`.
    """
    known, hashed = check_password_change(
        request, user=user, old_password=old_password, new_password=new_password, now=now
    )
    with transaction.atomic():
        return tokens.issue(replace_password(known, hashed, now=now), now=now)


def check_password_change(
    request: HttpRequest, *, user: User, old_password: str, new_password: str, now: datetime
) -> tuple[User, HashedPassword]:
    """Return the user, whose old password was right, and the hash of the new one. Raises as `change_password`."""
    try:
        known = authenticated(request, username=user.username, password=old_password, now=now)
    except Unauthenticated as error:
        raise _password_wrong() from error
    if new_password == old_password:
        text = "This is the present password; choose another one"
        raise InvalidInput({"new_password": [text]}, text, code="password_unchanged")
    return known, hash_new_password(new_password, user=known, field="new_password")


def replace_password(known: User, hashed: HashedPassword, *, now: datetime) -> User:
    """Set, inside a transaction, the password of a user whom nobody changed meanwhile; tokens and sessions end."""
    locked = lock_user(known.pk)
    if locked.password != known.password:
        raise _password_wrong()  # somebody else changed it while we hashed
    set_password(locked, hashed)
    locked.save(update_fields=PASSWORD_FIELDS)
    notices.password_changed(locked)
    audit.record(actor_of(locked), PasswordChanged(user_id=locked.pk), now)
    if _is_active_admin(locked):
        mail_administrators.enqueue(NEW_PASSWORD, locked.pk, locked.pk, uuid4().hex)
    return locked


def _password_wrong() -> Refused:
    return Refused("password_wrong", "The old password is wrong")


# What `set_password` changes.
PASSWORD_FIELDS = ("password", "token_epoch", "password_must_change")


def set_password(user: User, password: HashedPassword, *, given: bool = False) -> None:
    """Put a new password on a locked account, without saving it; tokens and sessions die with the old epoch.

    One that was `given` by a manager must be changed at its first use.
    """
    user.password = password
    user.token_epoch += 1
    user.password_must_change = given and settings.GIVEN_PASSWORDS_CHANGE


def lock_user(user_id: int) -> User:
    """Lock and return the user. Raises NotFound `user_not_found`."""
    user = User.objects.select_for_update(no_key=True).filter(pk=user_id).first()
    if user is None:
        raise user_not_found()
    return user


def change_own_account(
    request: HttpRequest, *, user: User, changes: Mapping[str, str], password: str, now: datetime
) -> User:
    """Change the own email, phone, first_name, last_name, language.

    Another e-mail address or phone number needs the password, so that a stolen token does not become the account; a
    wrong one counts as a failed login. Raises Forbidden `password_needed`, Refused `password_wrong`, TooMany
    `too_many_attempts`, InvalidInput if no contact is left.
    """
    _need_contact(user, changes)
    if contact_changes(user, changes):
        if not password:
            raise Forbidden("password_needed", "Give your password to change your e-mail address or phone number")
        try:
            authenticated(request, username=user.username, password=password, now=now)
        except Unauthenticated as error:
            raise Refused("password_wrong", "The password is wrong") from error
    return update_profile(user_id=user.pk, changes=changes, now=now)


def contact_changes(user: User, changes: Mapping[str, Any]) -> set[str]:
    """Return which contacts of an account the changes would make others."""
    wanted = {name: str(changes[name]) for name in CONTACT_FIELDS & set(changes)}
    if "email" in wanted:
        wanted["email"] = User.objects.normalize_email(wanted["email"])
    return {name for name, value in wanted.items() if value != getattr(user, name)}


def update_profile(*, user_id: int, changes: Mapping[str, str], now: datetime) -> User:
    """Change the own account, whose owner has proved who they are as far as needed (`change_own_account`).

    Raises InvalidInput if no contact is left.
    """
    with transaction.atomic():
        user = lock_user(user_id)
        before = _assign(user, changes)
        _need_contact(user, changes)
        _save(user)
        _tell_of_contacts(user, before)
        _record_change(actor_of(user), user, set(changes), now)
    return user


def _tell_of_contacts(user: User, before: Mapping[str, Any]) -> None:
    """Mail to old and new address that contacts changed, and to the new one a link to confirm it."""
    changed = {name for name in CONTACT_FIELDS if name in before and before[name] != getattr(user, name)}
    notices.contacts_changed(user, changed, old_email=before.get("email", user.email))
    if "email" in changed:
        confirming.send_link(user)


def _assign(user: User, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Put values on an account and return those that they replace. Another e-mail address is not confirmed."""
    before = {name: getattr(user, name) for name in changes}
    if "email" in contact_changes(user, changes):
        user.email_confirmed_at = user.email_bounced_at = None
    for name, value in changes.items():
        setattr(user, name, changed_permissions(user.permissions, value) if name == "permissions" else value)
    return before


# --- For administrators ----------------------------------------------------------------------------


def create_user(
    *, actor: Actor, username: str, password: HashedPassword, fields: Mapping[str, Any], now: datetime
) -> User:
    """Make an account.

    `fields`: role, is_active, email, phone, first_name, last_name, language, site_ids, permissions, special_slots,
    disability_card. All ADMINs get a mail about a new one. Raises InvalidInput, also for an account that works
    elsewhere than the actor, and with the code `username_taken` if another account differs in letter case at most.
    """
    by_person = actor.user_id is not None
    user = User(username=username, password=password, date_joined=now)
    _assign(user, fields)
    _refuse_elsewhere(user, actor)
    _need_card(user)
    user.password_must_change = by_person and settings.GIVEN_PASSWORDS_CHANGE
    with transaction.atomic():
        _save(user, force_insert=True)
        if by_person:
            confirming.send_link(user)
        created = UserCreated(
            user_id=user.pk,
            role=user.role,
            is_active=user.is_active,
            sites=tuple(user.site_ids),
            has_email=bool(user.email),
        )
        audit.record(actor, created, now)
        if _is_active_admin(user):
            mail_administrators.enqueue(NEW_ADMINISTRATOR, user.pk, actor.user_id, uuid4().hex)
    return user


def update_user(*, actor: Actor, user_id: int, changes: Mapping[str, Any], password: str | None, now: datetime) -> User:
    """Change an account: `changes` as for `create_user`, also username. Role and suspension work at once.

    A new password and a suspension end all tokens for good; all ADMINs get a mail about a new one, and a new password
    of one. Raises NotFound, also for an account that works elsewhere than the actor; InvalidInput (also
    `username_taken`); Refused `last_admin`: nobody demotes or suspends the last active ADMIN of all sites,
    or gives them sites.
    """
    hashed = None if password is None else hash_new_password(password, user=user_within(user_id, sites=actor.sites))
    with transaction.atomic():
        user, other_admins = _lock_with_admins(user_id)
        if not works_within(user, actor.sites):
            raise user_not_found()
        was_active, was_admin = user.is_active, _is_active_admin(user)
        was_of_all_sites = _is_admin_of_all_sites(user)
        before = _assign(user, changes)
        _refuse_elsewhere(user, actor)
        _need_card(user)
        if was_of_all_sites and not _is_admin_of_all_sites(user) and not other_admins:
            raise Refused("last_admin", "The last active administrator must stay one")
        is_raised = _is_active_admin(user) and not was_admin
        if hashed is not None:
            set_password(user, hashed, given=actor.user_id != user.pk)
            notices.password_changed(user)
        if was_active and not user.is_active:
            user.token_epoch += 1
        _save(user)
        _tell_of_contacts(user, before)
        changed = {*changes, *(["password"] if hashed else [])}
        _record_change(actor, user, changed, now, administrator_lost=was_admin and not _is_active_admin(user))
        if is_raised:
            mail_administrators.enqueue(NEW_ADMINISTRATOR, user.pk, actor.user_id, uuid4().hex)
        if hashed is not None and _is_active_admin(user):
            mail_administrators.enqueue(NEW_PASSWORD, user.pk, actor.user_id, uuid4().hex)
    return user


def _refuse_elsewhere(user: User, actor: Actor) -> None:
    """Raise InvalidInput for an account that would work elsewhere than the administrator who makes or changes it."""
    if actor.sites is None:
        return
    if user.role == Role.USER:
        raise InvalidInput({"role": ["Only an administrator of all sites looks after drivers"]})
    if not works_within(user, actor.sites):
        raise InvalidInput({"sites": ["Name one or more of your own sites"]})


def _need_card(user: User) -> None:
    """Raise InvalidInput unless the card of somebody who books accessible slots was checked."""
    if "ACCESSIBLE" in user.special_slots and not user.disability_card:
        raise InvalidInput({"disability_card": ["Give the number of the card that you checked"]})


def _is_active_admin(user: User) -> bool:
    return user.is_active and user.role == Role.ADMIN


def _is_admin_of_all_sites(user: User) -> bool:
    return _is_active_admin(user) and not user.site_ids


def _lock_with_admins(user_id: int) -> tuple[User, int]:
    """Lock and return the user, with the number of other active administrators of all sites.

    All are locked, in the order of their ids: of two administrators who suspend each other one comes second, and sees
    what the first one did.
    """
    wanted = Q(pk=user_id) | Q(role=Role.ADMIN, is_active=True)
    locked = User.objects.select_for_update(no_key=True).filter(wanted).order_by("pk")
    users = {user.pk: user for user in locked}
    if user_id not in users:
        raise user_not_found()
    user = users.pop(user_id)
    return user, sum(_is_admin_of_all_sites(other) for other in users.values())


def _record_change(
    actor: Actor, user: User, changed: set[str], now: datetime, *, administrator_lost: bool = False
) -> None:
    audit.record(
        actor,
        UserChanged(
            user_id=user.pk,
            changed=tuple(sorted(changed)),
            role=user.role,
            is_active=user.is_active,
            sites=tuple(user.site_ids),
            administrator_lost=administrator_lost,
        ),
        now,
    )
