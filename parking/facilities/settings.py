"""The only writer of what managers set for the installation and for single sites."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from parking.audit import services as audit
from parking.core import site_settings
from parking.core.actor import Actor
from parking.core.errors import Forbidden, InvalidInput, NotFound, Refused
from parking.core.models import OPERATOR, SettingValue
from parking.core.pictures import keep_picture
from parking.core.site_settings import BRAND_LOGO, BY_NAME, EMERGENCY
from parking.facilities.events import SettingsChanged
from parking.facilities.models import ParkingSite


def change_settings(*, actor: Actor, site_id: int | None, values: Mapping[str, Any], now: datetime) -> None:
    """Set values of a site, or without `site_id` those of the operator; None returns to the default.

    All or nothing. Raises Refused `setting_unknown`; InvalidInput with a text for each wrong value; Forbidden
    `not_permitted` for the operator's values where the actor has sites; NotFound `site_not_found`.
    """
    check_site(actor, site_id, changes=True)
    _check(values, site_id)
    place = OPERATOR if site_id is None else site_id
    with transaction.atomic():
        _lock_sites(site_id)
        before = _stored(place, values)
        changes = {name: value for name, value in values.items() if value != before.get(name)}
        if not changes:
            return
        for name, value in changes.items():
            _write(name, place, value, actor, now)
        facts = {name: (_text(before.get(name)), _text(value)) for name, value in changes.items()}
        audit.record(actor, SettingsChanged(site_id=site_id, changes=facts), now)
    site_settings.stored.forget()


def set_logo(*, actor: Actor, content: bytes, now: datetime) -> None:
    """Make a picture the operator's logo. Raises Refused `picture_invalid`; Forbidden where the actor has sites."""
    check_site(actor, None, changes=True)
    with transaction.atomic():
        digest = keep_picture(content, now=now)
        change_settings(actor=actor, site_id=None, values={BRAND_LOGO.name: digest}, now=now)


def keep_emergency(*, site_id: int, emergency_id: int, ends_at: datetime | None, now: datetime) -> None:
    """Let all processes know of an emergency within a second; without `ends_at` that there is none any more.

    Inside the transaction that begins or ends it, under the lock of the site.
    """
    rows = SettingValue.objects.filter(name=EMERGENCY, site_id=site_id)
    if ends_at is None:
        rows.delete()
        return
    value = {"id": emergency_id, "ends_at": ends_at.isoformat()}
    SettingValue.objects.update_or_create(
        name=EMERGENCY, site_id=site_id, defaults={"value": value, "changed_by": None, "changed_at": now}
    )


def check_site(actor: Actor, site_id: int | None, *, changes: bool = False) -> None:
    """Raise NotFound `site_not_found` for a site that the actor does not work at.

    The operator's own values may be read by everybody, and changed by those who work at all sites: Forbidden.
    """
    if site_id is None:
        if changes and not actor.is_operator_wide:
            raise Forbidden("not_permitted", "Only a manager of all sites may change this")
        return
    if not actor.works_at(site_id) or not ParkingSite.objects.filter(pk=site_id).exists():
        raise NotFound("site_not_found", "Site not found")


def _check(values: Mapping[str, Any], site_id: int | None) -> None:
    known = {name for name, setting in BY_NAME.items() if site_id is None or not setting.for_all}
    unknown = sorted(set(values) - known)
    if unknown:
        raise Refused(
            "setting_unknown",
            f"There is no setting {unknown[0]}" + ("" if unknown[0] not in BY_NAME else " of a single site"),
        )
    problems = {
        name: [problem]
        for name, value in values.items()
        if value is not None and (problem := BY_NAME[name].problem_with(value)) is not None
    }
    if problems:
        raise InvalidInput(problems)


def _lock_sites(site_id: int | None) -> None:
    """Let one caller at a time change the values of a site, or the operator's, which count at all of them.

    The values themselves may have no rows yet that could be locked.
    """
    sites = ParkingSite.objects.select_for_update(no_key=True).order_by("pk")
    list((sites if site_id is None else sites.filter(pk=site_id)).values_list("pk"))


def _stored(place: int, values: Mapping[str, Any]) -> dict[str, Any]:
    return dict(SettingValue.objects.filter(site_id=place, name__in=values).values_list("name", "value"))


def _write(name: str, place: int, value: Any, actor: Actor, now: datetime) -> None:
    if value is None:
        SettingValue.objects.filter(name=name, site_id=place).delete()
        return
    SettingValue.objects.update_or_create(
        name=name, site_id=place, defaults={"value": value, "changed_by": actor.user_id, "changed_at": now}
    )


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
