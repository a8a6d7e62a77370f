"""The demonstration accounts: created by the command `demo`, never in production."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password

from parking.accounts.models import Role, User
from parking.accounts.passwords import HashedPassword
from parking.accounts.queries import id_of_username
from parking.accounts.services import create_user
from parking.core.actor import SYSTEM
from parking.core.production import UnsafeProductionError


@dataclass(frozen=True)
class DemonstrationAccount:
    username: str
    password: str
    role: Role
    first_name: str
    last_name: str
    at_airport: bool = False

    @property
    def email(self) -> str:
        return f"{self.username}@example.org"


# Names and passwords are published, in the README.
DEMONSTRATION_ACCOUNTS = (
    DemonstrationAccount("admin", "password123", Role.ADMIN, "Meera", "Nair"),
    DemonstrationAccount("superadmin", "password123", Role.ADMIN, "Vikram", "Singh"),
    DemonstrationAccount("staff1", "staffpass", Role.STAFF, "Ravi", "Kumar"),
    DemonstrationAccount("user123", "userpass", Role.USER, "Asha", "Rao"),
    DemonstrationAccount("staff2", "staffpass", Role.STAFF, "Sunita", "Devi", at_airport=True),
    DemonstrationAccount("auditor1", "auditpass", Role.AUDITOR, "Imran", "Shaikh"),
    # Works for the shop at Connaught Place.
    DemonstrationAccount("shop1", "shoppass", Role.USER, "Kavita", "Mehta"),
)


def create_demonstration_accounts(*, airport_id: int, now: datetime) -> list[User]:
    """Make those demonstration accounts that are missing; answers them. Raises UnsafeProductionError in production.

    `airport_id` is the site at which one of the attendants works; the others work at all.
    """
    if settings.IN_PRODUCTION:
        raise UnsafeProductionError("Demonstration accounts are not made in production.")
    missing = [account for account in DEMONSTRATION_ACCOUNTS if id_of_username(account.username) is None]
    return [_create(account, [airport_id] if account.at_airport else [], now) for account in missing]


def _create(account: DemonstrationAccount, site_ids: list[int], now: datetime) -> User:
    fields = {
        "role": account.role,
        "email": account.email,
        "first_name": account.first_name,
        "last_name": account.last_name,
        "site_ids": site_ids,
    }
    user = create_user(
        actor=SYSTEM,
        username=account.username,
        # Everybody knows it: no rule makes it better.
        password=HashedPassword(make_password(account.password)),
        fields=fields,
        now=now,
    )
    # Their mails are looked at in the stand-in of messages; nobody reads example.org.
    User.objects.filter(pk=user.pk).update(email_confirmed_at=now)
    return user


def refuse_demonstration_accounts() -> None:
    """Raise UnsafeProductionError, naming them, if demonstration accounts still have their published passwords."""
    found = [account.username for account in DEMONSTRATION_ACCOUNTS if _opens(account)]
    if found:
        raise UnsafeProductionError(
            f"Production refuses to start: demonstration passwords still open {', '.join(found)}."
        )


def _opens(account: DemonstrationAccount) -> bool:
    user_id = id_of_username(account.username)
    return user_id is not None and check_password(
        account.password, User.objects.values_list("password", flat=True).get(pk=user_id)
    )
