"""The address in a mail that ends the mails of its kind: signed, without a session, for as long as the mail is kept."""

from datetime import datetime

from django.conf import settings
from django.core import signing
from django.db import transaction

from parking.accounts.models import User
from parking.audit import services as audit
from parking.core.actor import SYSTEM
from parking.core.errors import NotFound
from parking.notifications.events import MailUnsubscribed
from parking.notifications.kinds import Kind, known_kind
from parking.notifications.models import Channel, Preference

_SALT = "parking.notifications.unsubscribing"


def unsubscribe_address(person_id: int, kind: str) -> str:
    """Return the address for the mails of one kind to one person."""
    return f"{settings.BASE_URL}/unsubscribe/{signing.dumps([person_id, kind], salt=_SALT)}/"


def kind_to_end(token: str) -> tuple[int, Kind]:
    """Return whose mails of which kind an address ends. Raises NotFound `unsubscribe_link_invalid`."""
    try:
        person_id, code = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        raise _invalid() from None
    kind = known_kind(code)
    if kind is None or kind.urgent or not User.objects.filter(pk=person_id).exists():
        raise _invalid()
    return person_id, kind


def end_mails(*, token: str, now: datetime) -> Kind:
    """Send no more mails of the kind that an address names. Safe to repeat. Raises as `kind_to_end`."""
    person_id, kind = kind_to_end(token)
    with transaction.atomic():
        key = {"person_id": person_id, "kind": kind.code, "channel": Channel.MAIL}
        row, is_new = Preference.objects.select_for_update(no_key=True).get_or_create(**key, defaults={"is_on": False})
        if is_new or row.is_on:
            Preference.objects.filter(pk=row.pk).update(is_on=False)
            # Whoever has the mail did it: who that is, nobody knows.
            audit.record(SYSTEM, MailUnsubscribed(user_id=person_id, kind=kind.code), now)
    return kind


def _invalid() -> NotFound:
    return NotFound("unsubscribe_link_invalid", "This link ends no mails")
