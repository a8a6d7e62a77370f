"""The lists whose filters can be kept as views, and the names that these filters have in the address."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from parking.core.errors import NotFound
from parking.web.office.money.money_filter import MoneyFilterForm
from parking.web.office.people.user_form import UserSearch
from parking.web.office.record.record_filter import RecordFilterForm
from parking.web.office.sessions.session_filter import SessionFilterForm

SITE = "site"
_NAMES_OF_DAYS = {"first": "from", "last": "to"}


@dataclass(frozen=True)
class SavedList:
    """A list: the name of its page, what it is called, and the names of its filter."""

    page: str
    label: Promise
    names: frozenset[str]


def _names(fields: Iterable[str]) -> frozenset[str]:
    return frozenset(_NAMES_OF_DAYS.get(name, name) for name in fields)


LISTS = {
    "sessions": SavedList("office_sessions", _("Sessions"), _names([*SessionFilterForm.base_fields, SITE])),
    "payments": SavedList("office_payments", _("Payments"), _names([*MoneyFilterForm.base_fields, SITE])),
    "record": SavedList("office_record", _("Record"), _names(RecordFilterForm.base_fields)),
    "users": SavedList("office_users", _("Users"), _names(UserSearch.base_fields)),
    "passes": SavedList("office_passes", _("Passes"), frozenset({"q", "charging", SITE})),
    "debts": SavedList("office_debts", _("Debts"), frozenset({"all", "waiting", "objections", SITE})),
}


def list_named(name: str) -> SavedList:
    """Return the list. Raises NotFound for a name that none has."""
    if name not in LISTS:
        raise NotFound("view_not_found", "There is no such list")
    return LISTS[name]
