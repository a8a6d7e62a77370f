"""The events of accounts."""

from dataclasses import dataclass

from parking.audit.events import Event


@dataclass(frozen=True, kw_only=True)
class UserEvent(Event):
    """The base of events about an account."""

    subject_kind = "user"

    user_id: int


@dataclass(frozen=True, kw_only=True)
class UserRegistered(UserEvent):
    """A driver signed up."""

    action = "user.registered"


@dataclass(frozen=True, kw_only=True)
class UserCreated(UserEvent):
    """An administrator created an account; `sites` are the ids of those it works at, none for all."""

    action = "user.created"

    role: str
    is_active: bool
    sites: tuple[int, ...] = ()
    has_email: bool = True


@dataclass(frozen=True, kw_only=True)
class DecidedAlone(UserEvent):
    """The only administrator made a change at once that waits for a second person where there is one.

    `kind` is that of the approval which it did not need.
    """

    action = "user.decided_alone"

    kind: str


@dataclass(frozen=True, kw_only=True)
class UserChanged(UserEvent):
    """Fields of an account were changed: `changed` are their names, role, state and sites are those after it.

    `administrator_lost`: it was an active ADMIN before, and is none any more.
    """

    action = "user.changed"

    changed: tuple[str, ...]
    role: str
    is_active: bool
    sites: tuple[int, ...] = ()
    administrator_lost: bool = False


@dataclass(frozen=True, kw_only=True)
class SignedIn(UserEvent):
    """A user signed in, for tokens or on a page."""

    action = "login"


@dataclass(frozen=True, kw_only=True)
class SignedOut(UserEvent):
    """A user ended a refresh token or a page session."""

    action = "logout"


@dataclass(frozen=True, kw_only=True)
class TokenRefreshed(UserEvent):
    """A refresh token was used up for a new pair."""

    action = "token.refreshed"


@dataclass(frozen=True, kw_only=True)
class SignInEnded(UserEvent):
    """A sign-in was ended with all its tokens, for the reason `reason`, by nobody who asked for it."""

    action = "sign_in.ended"

    reason: str


@dataclass(frozen=True, kw_only=True)
class EmailConfirmed(UserEvent):
    """A user opened the link that was mailed to the address of the account."""

    action = "email.confirmed"


@dataclass(frozen=True, kw_only=True)
class EmailBounced(UserEvent):
    """The mail provider said that mails to the address come back (`bounced`), or that its owner calls them spam."""

    action = "email.bounced"

    reason: str


@dataclass(frozen=True, kw_only=True)
class PasswordChanged(UserEvent):
    """A user who knew the old password set a new one."""

    action = "password.changed"


@dataclass(frozen=True, kw_only=True)
class PasswordResetMailed(UserEvent):
    """A mail with a link for a new password was asked for, and is on its way to the address of the account."""

    action = "password.reset_mailed"


@dataclass(frozen=True, kw_only=True)
class PasswordReset(UserEvent):
    """A new password was set through a mailed link."""

    action = "password.reset"


@dataclass(frozen=True, kw_only=True)
class ViewSaved(UserEvent):
    """A person keeps the filter of a list. Its name and what it looks for are theirs, and not on record."""

    action = "view.saved"

    view_id: int
    list_name: str


@dataclass(frozen=True, kw_only=True)
class ViewRenamed(UserEvent):
    """A saved view has another name."""

    action = "view.renamed"

    view_id: int
    list_name: str


@dataclass(frozen=True, kw_only=True)
class ViewDeleted(UserEvent):
    """A saved view was deleted."""

    action = "view.deleted"

    view_id: int
    list_name: str
