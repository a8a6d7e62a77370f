"""The writer of what people choose: by which channels they are told what, and their quiet hours."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from parking.accounts.models import User
from parking.audit import services as audit
from parking.core.actor import Actor
from parking.core.errors import InvalidInput
from parking.notifications.events import PreferencesChanged
from parking.notifications.kinds import kinds_for
from parking.notifications.models import Channel, Preference, QuietHours
from parking.notifications.queries import chosen_by, quiet_hours_of
from parking.notifications.rules import Quiet

Choices = Mapping[str, Mapping[str, bool]]


def choose(*, actor: Actor, choices: Choices, quiet: Quiet | None = None, now: datetime) -> None:
    """Change choices of the caller: `choices` by kind and channel, `quiet` the hours, None leaves them.

    Raises InvalidInput for a kind or channel that there is none of for this person.
    """
    with transaction.atomic():
        person = User.objects.select_for_update(no_key=True).get(pk=actor.user_id or 0)
        wanted = _checked(person, choices)
        before = chosen_by([person.pk])
        changes = {key: on for key, on in wanted.items() if before.get((person.pk, *key)) is not on}
        rows = [
            Preference(person=person, kind=kind, channel=channel, is_on=on) for (kind, channel), on in changes.items()
        ]
        Preference.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["person", "kind", "channel"], update_fields=["is_on"]
        )
        is_new = quiet is not None and quiet_hours_of([person.pk]).get(person.pk, Quiet()) != quiet
        if quiet is not None and is_new:
            hours = {"begin": quiet.begin, "end": quiet.end}
            QuietHours.objects.update_or_create(person=person, defaults=hours)
        if changes or is_new:
            event = PreferencesChanged(
                user_id=person.pk,
                changes={f"{kind}.{channel}": on for (kind, channel), on in changes.items()},
                quiet=(quiet.begin, quiet.end) if quiet is not None and is_new else None,
            )
            audit.record(actor, event, now)


def _checked(person: User, choices: Choices) -> dict[tuple[str, str], bool]:
    known = {kind.code for kind in kinds_for(person.role)}
    if unknown := set(choices) - known:
        raise InvalidInput({"kinds": [f"There is no kind {sorted(unknown)[0]} to choose"]})
    channels = {channel for by_channel in choices.values() for channel in by_channel}
    if strange := channels - set(Channel.values):
        raise InvalidInput({"kinds": [f"There is no channel {sorted(strange)[0]}"]})
    return {(kind, channel): on for kind, by_channel in choices.items() for channel, on in by_channel.items()}
