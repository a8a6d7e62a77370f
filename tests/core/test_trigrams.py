"""SQLite's index of the parts of texts: what goes by it, and that it stays in step with the rows."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import QuerySet
from django.test import TransactionTestCase

from parking.accounts.models import User
from parking.accounts.queries import find_users
from parking.core import clock, trigrams
from parking.core.index_building import add_trigrams
from parking.core.parts import HasPart
from parking.core.sites import ALL_SITES
from parking.facilities.models import ParkingZone
from parking.reports.finding import stays_found
from parking.stays.models import ParkingSession
from parking.vehicles.models import Vehicle
from tests.build import take_ticket
from tests.migrations.separate import separate_database

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has an index of its own"),
]
SEARCHED = {
    "accounts_user": ("username", "first_name", "last_name", "email", "phone"),
    "stays_parkingsession": ("owner_name",),
    "vehicles_vehicle": ("match_key",),
}
OF_USERS = trigrams.name_of("accounts_user", *SEARCHED["accounts_user"])
BEFORE = [("accounts", "0033_addresses_that_bounce")]
AFTER = [("accounts", "0034_search_on_sqlite")]


def add(username: str, name: str) -> User:
    return User.objects.create(username=username, first_name=name, password="!", date_joined=clock.now())


def found(text: str) -> list[str]:
    named = User.objects.filter(HasPart(text, *SEARCHED["accounts_user"])).order_by("pk")
    return list(named.values_list("username", flat=True))


def plan(rows: "QuerySet[ParkingSession] | QuerySet[Vehicle] | QuerySet[User]") -> str:
    return str(rows.explain())


def schema() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE name LIKE '%parts%'")
        return {name for (name,) in cursor.fetchall()}


# --- What goes by it -------------------------------------------------------------------------------


@pytest.mark.parametrize("common", [False, True])
@pytest.mark.parametrize("text", ["rao", "ra"])
def test_texts_of_two_signs_and_more_are_looked_up(text: str, common: bool) -> None:
    for rows in (
        User.objects.filter(HasPart(text, *SEARCHED["accounts_user"], common=common)),
        Vehicle.objects.filter(HasPart(text, "match_key", common=common)),
        ParkingSession.objects.filter(HasPart(text, "owner_name", common=common)),
        ParkingSession.objects.filter(HasPart(text, "vehicle__match_key", common=common)),
    ):
        explained = plan(rows)
        assert "VIRTUAL TABLE INDEX" in explained
        assert all(f"SCAN {table}\n" not in f"{explained}\n" for table in SEARCHED), explained


def test_one_sign_is_compared_row_by_row() -> None:
    assert "VIRTUAL TABLE" not in plan(User.objects.filter(HasPart("r", "username")))


def test_columns_without_an_index_are_compared_row_by_row() -> None:
    add("asha", "Asha")
    rows = User.objects.filter(HasPart("sha", "first_name"))
    assert "VIRTUAL TABLE" not in plan(rows)
    assert [user.username for user in rows] == ["asha"]


def test_a_sign_that_no_text_may_have_finds_nobody() -> None:
    add("asha", "Asha")
    assert found("as\0ha") == []


def test_a_beginning_that_many_parts_have_is_found_whole() -> None:
    """Two signs are looked up as all parts that begin with them."""
    signs = [chr(0x4E00 + number) for number in range(1500)]
    User.objects.bulk_create(
        User(username=f"u{number}", first_name=f"zq{sign}", password="!", date_joined=clock.now())
        for number, sign in enumerate(signs)
    )
    assert len(found("ZQ")) == 1500


# --- In step with the rows -------------------------------------------------------------------------


def test_each_searched_table_keeps_its_index_in_step() -> None:
    """A migration that made the table anew has lost the triggers, and ends with `add_trigrams`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'")
        triggers = set(cursor.fetchall())
    names = {table: trigrams.name_of(table, *columns) for table, columns in SEARCHED.items()}
    assert triggers == {
        (table, f"{name}_{event}") for table, name in names.items() for event in ("added", "changed", "deleted")
    }


def test_added_changed_and_deleted_rows() -> None:
    asha, ravi = add("asha", "Asha"), add("ravi", "Ravi")
    assert (found("asha"), found("av")) == (["asha"], ["ravi"])
    asha.first_name = "Meera"
    asha.save()
    User.objects.filter(pk=ravi.pk).update(username="mohan", last_name="Iyer")
    assert (found("meera"), found("iyer"), found("ravi")) == (["asha"], ["mohan"], ["mohan"])
    User.objects.filter(pk=ravi.pk).update(first_name="")
    assert found("ravi") == []
    User.objects.filter(pk=asha.pk).delete()
    assert (found("meera"), found("asha")) == ([], [])


def test_a_change_that_is_taken_back() -> None:
    asha = add("asha", "Asha")
    with transaction.atomic():
        User.objects.filter(pk=asha.pk).update(first_name="Meera")
        add("ravi", "Ravi")
        assert found("ravi") == ["ravi"]
        transaction.set_rollback(True)
    assert (found("meera"), found("ravi"), found("asha")) == ([], [], ["asha"])


def test_a_change_of_other_columns_leaves_the_index_alone() -> None:
    asha = add("asha", "Asha")
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*), max(id) FROM "{OF_USERS}_data"')
        before = cursor.fetchone()
        User.objects.filter(pk=asha.pk).update(first_name="Asha", language="hi")
        cursor.execute(f'SELECT count(*), max(id) FROM "{OF_USERS}_data"')
        assert cursor.fetchone() == before


def test_a_stay_is_found_by_its_new_owner(zone: ParkingZone) -> None:
    stay = take_ticket(zone)
    ParkingSession.objects.filter(pk=stay.pk).update(owner_name="Åse Ødegård")
    for text in ("åSE", "ØD", "degår"):
        assert [row.pk for row in ParkingSession.objects.filter(stays_found(text).listed)] == [stay.pk]


def test_rows_of_a_file_are_found(tmp_path: Path) -> None:
    add("asha", "Asha")
    file = tmp_path / "users.json"
    call_command("dumpdata", "accounts.user", output=str(file), verbosity=0)
    User.objects.all().delete()
    assert found("asha") == []
    file.write_text(json.dumps([row | {"pk": row["pk"] + 40} for row in json.loads(file.read_text())]))
    call_command("loaddata", str(file), verbosity=0)
    assert found("asha") == ["asha"]


@pytest.mark.django_db(transaction=True)
def test_an_emptied_database_has_no_names() -> None:
    asha = add("asha", "Asha")
    call_command("flush", interactive=False, verbosity=0)
    assert found("asha") == []
    add("ravi", "Ravi")
    TransactionTestCase._fixture_teardown(TransactionTestCase())  # type: ignore[attr-defined]
    User.objects.create(pk=asha.pk, username="meera", password="!", date_joined=clock.now())
    assert (found("ravi"), found("meera")) == ([], ["meera"])


# --- Migrations, on a database of their own ------------------------------------------------------------


@pytest.fixture
def of_before(tmp_path: Path, transactional_db: None) -> Iterator[None]:
    """An empty database as it was before the index of accounts."""
    with separate_database(tmp_path):
        MigrationExecutor(connection).migrate(BEFORE)
        yield


@pytest.mark.django_db(transaction=True)
def test_rows_that_exist_are_found_after_the_migration(of_before: None) -> None:
    add("asha", "Asha")
    assert OF_USERS not in schema()
    assert found("sha") == ["asha"]
    MigrationExecutor(connection).migrate(AFTER)
    assert OF_USERS in schema()
    assert found("sha") == ["asha"]
    MigrationExecutor(connection).migrate(BEFORE)
    assert schema() == set()
    assert found("sha") == ["asha"]


@pytest.mark.django_db(transaction=True)
def test_a_sqlite_without_it_compares_row_by_row(of_before: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trigrams, "is_possible", lambda _connection: False)
    MigrationExecutor(connection).migrate(AFTER)
    assert schema() == set()
    add("asha", "Asha")
    assert [user.username for user in find_users(sites=ALL_SITES, q="sha")] == ["asha"]
    MigrationExecutor(connection).migrate(BEFORE)


@pytest.mark.django_db(transaction=True)
def test_an_index_that_lost_its_triggers_is_built_anew(of_before: None) -> None:
    MigrationExecutor(connection).migrate(AFTER)
    with connection.cursor() as cursor:
        cursor.execute(f'DROP TRIGGER "{OF_USERS}_added"')
    add("asha", "Asha")
    assert found("asha") == []
    with connection.schema_editor() as editor:
        add_trigrams("accounts_user", *SEARCHED["accounts_user"]).database_forwards("accounts", editor, None, None)
    assert found("asha") == ["asha"]


@pytest.mark.parametrize(("version", "possible"), [((3, 34, 0), True), ((3, 33, 0), False)])
def test_an_older_sqlite_has_no_parts_of_three_signs(
    monkeypatch: pytest.MonkeyPatch, version: tuple[int, int, int], possible: bool
) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", version)
    assert trigrams.is_possible(connection) is possible
