"""Saved views: whose they are, how many, and what is on record."""

from functools import partial

import pytest

from parking.accounts.models import Role, SavedView
from parking.accounts.saved_views import MOST_VIEWS, delete_view, rename_view, save_view, view_of, views_of
from parking.audit.models import AuditEntry
from parking.core import clock
from tests.build import actor, make_user
from tests.concurrency.together import at_once, tally
from tests.invariants import nothing_changes, refused

pytestmark = pytest.mark.django_db


def save(person, name="Unpaid", list_name="sessions", **query):
    return save_view(
        actor=actor(person), list_name=list_name, name=name, query=query or {"unpaid": "on"}, now=clock.now()
    )


def test_views_are_their_persons_and_their_lists():
    asha, ravi = make_user(Role.ADMIN), make_user(Role.ADMIN)
    unpaid, long = save(asha), save(asha, "Long", long="on")
    save(asha, list_name="payments")
    save(ravi)
    assert views_of(asha.pk, "sessions") == [long, unpaid]
    assert view_of(asha.pk, long.pk).query == {"long": "on"}
    for call in (partial(rename_view, name="Mine"), delete_view):
        with refused("view_not_found"):
            call(actor=actor(ravi), view_id=unpaid.pk, now=clock.now())
    with refused("view_not_found"):
        view_of(ravi.pk, unpaid.pk)


def test_each_change_is_on_record_without_the_name():
    asha = make_user(Role.ADMIN)
    view = save(asha, "Car of Mr Rao")
    rename_view(actor=actor(asha), view_id=view.pk, name="Rao", now=clock.now())
    with nothing_changes():  # the same once more
        save(asha, "Rao")
        rename_view(actor=actor(asha), view_id=view.pk, name="Rao", now=clock.now())
    delete_view(actor=actor(asha), view_id=view.pk, now=clock.now())
    assert not SavedView.objects.exists()
    lines = AuditEntry.objects.filter(action__startswith="view.").order_by("pk")
    assert [(line.action, line.subject_id, line.actor_id) for line in lines] == [
        (action, asha.pk, asha.pk) for action in ("view.saved", "view.renamed", "view.deleted")
    ]
    assert [line.facts for line in lines] == [{"view_id": view.pk, "list_name": "sessions"}] * 3


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Unpaid \t at  Vasant Kunj ", "Unpaid at Vasant Kunj"),
        ("\u202eRao\u2066", "Rao"),
        ("क्" * 20, "क्" * 20),
        ("र\u094d\u200dयाली", "र\u094d\u200dयाली"),  # a joiner is part of the letter
    ],
)
def test_a_name_is_kept_as_it_is_read(typed, kept):
    assert save(make_user(Role.ADMIN), typed).name == kept


@pytest.mark.parametrize("typed", ["", " \u200f ", "\u200d", "x" * 41, "a\0b", "a\x1bb"])
def test_a_name_that_cannot_be_read_is_refused(typed):
    asha = make_user(Role.ADMIN)
    view = save(asha)
    with refused("validation_error"):
        save(asha, typed)
    with refused("validation_error"):
        rename_view(actor=actor(asha), view_id=view.pk, name=typed, now=clock.now())


def test_names_are_single_and_filters_short():
    asha = make_user(Role.ADMIN)
    save(asha)
    other = save(asha, "Other")
    with refused("view_name_taken"):
        save(asha, long="on")
    with refused("view_name_taken"):
        rename_view(actor=actor(asha), view_id=other.pk, name="Unpaid", now=clock.now())
    for text in ("x" * 1_000, "a\0b"):
        with refused("validation_error"):
            save(asha, "Long", q=text)


@pytest.mark.django_db(transaction=True)
def test_a_list_has_twenty_views_also_where_two_come_at_once():
    asha = make_user(Role.ADMIN)
    for number in range(MOST_VIEWS - 1):
        save(asha, f"View {number}")
    answers = at_once([partial(save, asha, f"At once {number}") for number in range(4)])
    assert tally(answers) == {"ok": 1, "too_many_views": 3}
    assert len(views_of(asha.pk, "sessions")) == MOST_VIEWS == 20
    save(asha, list_name="payments")
