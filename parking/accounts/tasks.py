"""Background tasks for accounts. `wish` names what was asked for: run twice, it is mailed once."""

from django_tasks import task

from parking.accounts import mails
from parking.core import clock


@task()
def mail_administrators(what: str, user_id: int, by_id: int | None, wish: str = "") -> int:
    return mails.mail_administrators(what, user_id=user_id, by_id=by_id, now=clock.now(), wish=wish)


@task()
def mail_reset_links(user_ids: list[int], wish: str = "") -> int:
    return mails.mail_reset_links(user_ids, now=clock.now(), wish=wish)


@task()
def mail_confirmation_link(user_id: int, wish: str = "") -> bool:
    return mails.mail_confirmation_link(user_id, now=clock.now(), wish=wish)


@task()
def mail_notice(user_id: int, kind: str, address: str) -> bool:
    return mails.mail_notice(user_id, kind, address)
