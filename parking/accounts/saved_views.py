"""The only writer of saved views: filters of the office's lists under a name, each for one person alone."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from parking.accounts.events import ViewDeleted, ViewRenamed, ViewSaved
from parking.accounts.models import SavedView
from parking.accounts.services import lock_user
from parking.audit import services as audit
from parking.core.actor import Actor
from parking.core.errors import InvalidInput, NotFound, Refused
from parking.core.texts import is_readable, without_direction

MOST_VIEWS = 20
NAME_LENGTH = 40
# All names and values of a filter together; the longest form of a list has half of it.
_QUERY_LENGTH = 1_000


def views_of(user_id: int, list_name: str) -> list[SavedView]:
    """Return a person's views of a list, by name."""
    return list(SavedView.objects.filter(person_id=user_id, list_name=list_name).order_by("name"))


def view_of(user_id: int, view_id: int) -> SavedView:
    """Return a view of this person. Raises NotFound `view_not_found`, also for somebody else's."""
    view = SavedView.objects.filter(person_id=user_id, pk=view_id).first()
    if view is None:
        raise _not_found()
    return view


def save_view(*, actor: Actor, list_name: str, name: str, query: Mapping[str, str], now: datetime) -> SavedView:
    """Keep a filter under a name; the same once more changes nothing.

    Raises InvalidInput for a name or filter that cannot be kept, Refused `view_name_taken`, `too_many_views`.
    """
    name = _checked_name(name)
    # The NUL is the one character that no database keeps.
    if sum(len(key) + len(value) for key, value in query.items()) > _QUERY_LENGTH or "\0" in "".join(query.values()):
        raise InvalidInput({"query": ["This filter cannot be kept"]})
    with transaction.atomic():
        person = lock_user(actor.user_id or 0)  # who saves twice at once shall not have one more than the most
        views = views_of(person.pk, list_name)
        known = next((view for view in views if view.name == name), None)
        if known is not None:
            if known.query == dict(query):
                return known
            raise _name_taken()
        if len(views) >= MOST_VIEWS:
            raise Refused("too_many_views", f"A list has {MOST_VIEWS} saved views at most")
        view = SavedView.objects.create(person=person, list_name=list_name, name=name, query=dict(query), saved_at=now)
        audit.record(actor, ViewSaved(user_id=person.pk, view_id=view.pk, list_name=list_name), now)
    return view


def rename_view(*, actor: Actor, view_id: int, name: str, now: datetime) -> SavedView:
    """Give a view of the caller another name. Raises NotFound `view_not_found`, InvalidInput, Refused."""
    name = _checked_name(name)
    with transaction.atomic():
        person = lock_user(actor.user_id or 0)
        view = view_of(person.pk, view_id)
        if view.name == name:
            return view
        if SavedView.objects.filter(person=person, list_name=view.list_name, name=name).exists():
            raise _name_taken()
        view.name = name
        view.save(update_fields=["name"])
        audit.record(actor, ViewRenamed(user_id=person.pk, view_id=view.pk, list_name=view.list_name), now)
    return view


def delete_view(*, actor: Actor, view_id: int, now: datetime) -> SavedView:
    """Delete a view of the caller, and return what it was. Raises NotFound `view_not_found`."""
    with transaction.atomic():
        person = lock_user(actor.user_id or 0)
        view = view_of(person.pk, view_id)
        event = ViewDeleted(user_id=person.pk, view_id=view.pk, list_name=view.list_name)
        view.delete()
        audit.record(actor, event, now)
    return view


def _checked_name(name: str) -> str:
    name = " ".join(without_direction(name).split())
    if len(name) > NAME_LENGTH or not is_readable(name):
        raise InvalidInput({"name": [f"Give a name of at most {NAME_LENGTH} characters"]})
    return name


def _name_taken() -> Refused:
    return Refused("view_name_taken", "Another view of this list has this name")


def _not_found() -> NotFound:
    return NotFound("view_not_found", "There is no such view")
