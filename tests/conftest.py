"""Fixtures that the tests of every app use."""

import gc
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.db import connection
from django.utils import translation
from hypothesis import settings as hypothesis_settings
from pytest_django import DjangoDbBlocker

from deploy import chromium
from parking.accounts import repeated
from parking.accounts.limits import counts
from parking.accounts.models import Role, User
from parking.core import fresh
from parking.facilities.models import ParkingZone
from parking.payments.gateways import registry
from tests import emptying
from tests.build import make_user, make_zone
from tests.client import ApiClient
from tests.gateway import FakeGateway

# An example may wait for the processor: how long things take is for the benchmark.
hypothesis_settings.register_profile("suite", deadline=None)
hypothesis_settings.load_profile("suite")

# Outside of the browser's tests files keep their names and are served from where they lie: nothing is collected. They
# are looked for when they are asked for: each test's client makes its own middlewares, and a list of all files took a
# quarter of a page's test.
PLAIN_FILES = {
    "STATIC_ROOT": None,
    "STORAGES": settings.STORAGES
    | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}},
    "WHITENOISE_USE_FINDERS": True,
    "WHITENOISE_AUTOREFRESH": True,
}
COLLECTED_FILES = {name: getattr(settings, name) for name in PLAIN_FILES}


# Objects made before a look at the newest, and looks before the next older ones are looked at too. A request of a test
# makes thousands of objects, nearly all freed by their count; what is old is seldom garbage.
GARBAGE_THRESHOLDS = (1_000, 20, 100)


def pytest_configure() -> None:
    gc.disable()  # nothing of what collecting makes is garbage
    emptying.install()
    for name, value in PLAIN_FILES.items():
        setattr(settings, name, value)


ROOT = Path(__file__).parent.parent

# Pages, calls of the edge, and tables of who may do what and what is refused: the same code on both databases, and
# little SQL. They run on PostgreSQL alone, as production does. What they call runs on both.
ON_POSTGRESQL_FOLDERS = {
    "web", "browser", "roles", "accounts", "api", "api_admin", "invoices", "notifications",
    "server",  # how a server reads heads and bodies
}  # fmt: skip
ON_POSTGRESQL_FILES = {
    "tests/legacy/test_bad_input.py",
    "tests/legacy/test_callers.py",
    "tests/core/test_commands.py",
    "tests/audit/test_events.py",
    # The calls of one app.
    "tests/passes/test_api.py",
    "tests/passes/test_mandates_in_office.py",
    "tests/passes/test_organisation_api.py",
    "tests/payments/test_api.py",
    "tests/reservations/test_api.py",
    # What gateways and the line to them may do. The services that settle, follow and pay back run on both.
    "tests/passes/test_consents.py",
    "tests/passes/test_mandates.py",
    "tests/payments/test_faults.py",
    "tests/payments/test_money_beside.py",
    # How a file is written; what is in it, the reports' questions, runs on both.
    "tests/reports/test_sheets.py",
    # Real deaths of processes, which take long; those of passes, orders and reservations die on both.
    "tests/passes/test_mandates_killed.py",
}
# Of these folders, what depends on the database: races, statements counted, whole journeys.
ON_BOTH_FILES = {
    "test_at_once.py",
    "test_debt_race.py",
    "test_documents.py",
    "test_driver.py",
    "test_export.py",
    "test_idempotency.py",
    "test_import.py",
    "test_lost_ticket.py",
    "test_pay_later.py",
    "test_race.py",
    "test_repeated.py",
    "test_staff.py",
    "test_staff_gate.py",
    "test_statements.py",
    "test_statements_of_offers.py",
    "test_tokens.py",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what `make test` runs on one database only: pages on PostgreSQL, what needs no database on SQLite."""
    for item in items:
        if _runs_on_postgresql_alone(item.path):
            item.add_marker("pages")
        if item.get_closest_marker("django_db") or {"db", "transactional_db"} & set(_fixtures_of(item)):
            item.add_marker("sql")
        if _counts_statements(item):
            item.fixturenames.insert(0, "values_last")  # type: ignore[attr-defined]
    _begin_long_ones_in_time(items)


def _begin_long_ones_in_time(items: list[pytest.Item]) -> None:
    """Move what takes many seconds out of the last part of the random order, where one process would work alone."""
    end = len(items) * 3 // 4
    late = [item for item in items[end:] if _is_long(item.path)]
    items[:] = [*late, *items[:end], *(item for item in items[end:] if not _is_long(item.path))]


def _is_long(path: Path) -> bool:
    return "machine" in path.stem or "killed" in path.stem or "migrations" in path.parts


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out, unread, the files of which the part on SQLite would deselect every test."""
    on_sqlite = config.getoption("markexpr") == "not pages"
    return (
        True if on_sqlite and collection_path.suffix == ".py" and _runs_on_postgresql_alone(collection_path) else None
    )


def _runs_on_postgresql_alone(path: Path) -> bool:
    inside = path.relative_to(ROOT)  # whatever the folders above the repository are called
    if inside.as_posix() in ON_POSTGRESQL_FILES:
        return True
    return bool(ON_POSTGRESQL_FOLDERS & set(inside.parts)) and path.name not in ON_BOTH_FILES


def _counts_statements(item: pytest.Item) -> bool:
    counters = {"django_assert_num_queries", "django_assert_max_num_queries"}
    return bool(counters & set(_fixtures_of(item))) or hasattr(getattr(item, "module", None), "CaptureQueriesContext")


def _fixtures_of(item: pytest.Item) -> Sequence[str]:
    return getattr(item, "fixturenames", ())


def pytest_collection_finish() -> None:
    """Leave what lives as long as the process out of every look for garbage."""
    gc.set_threshold(*GARBAGE_THRESHOLDS)
    gc.freeze()
    gc.enable()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say it loudly if nobody has clicked."""
    skipped = terminalreporter.stats.get("skipped", [])
    count = sum(chromium.MISSING in str(report.longrepr) for report in skipped)
    if count:
        terminalreporter.write_sep("*", f"{count} BROWSER TESTS WERE NOT RUN", red=True, bold=True)
        terminalreporter.write_line(chromium.MISSING, red=True)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Let the numbers of sites begin again: PostgreSQL counts on over all tests, and a default prefix ends at 1295."""
    with django_db_blocker.unblock():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("ALTER SEQUENCE facilities_parkingsite_id_seq MAXVALUE 1295 CYCLE")
    gc.collect()  # the many models of the states between the migrations
    gc.freeze()


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    """Empty the caches of the process, which last for a second; each test has a database of its own."""
    fresh.forget_all()
    counts.forget()
    repeated.counts.forget()
    yield
    fresh.forget_all()


@pytest.fixture
def values_last(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no kept value grow old: a slow machine would read it again in the midst of a count of statements."""
    monkeypatch.setattr(fresh, "time", SimpleNamespace(monotonic=lambda: 0.0))


@pytest.fixture(autouse=True)
def _no_language_kept() -> None:
    """Begin in the usual language: a request leaves that of its page to the thread."""
    translation.deactivate()


@pytest.fixture
def zone(db: None) -> ParkingZone:
    """Return Zone A: ten slots for cars at ₹50 an hour, booking fee ₹50."""
    return make_zone("Zone A")


@pytest.fixture
def driver(db: None) -> User:
    return make_user(Role.USER)


@pytest.fixture
def staff(db: None) -> User:
    return make_user(Role.STAFF)


@pytest.fixture
def admin(db: None) -> User:
    return make_user(Role.ADMIN)


@pytest.fixture
def anybody(db: None) -> ApiClient:
    return ApiClient()


@pytest.fixture
def as_driver(driver: User) -> ApiClient:
    return ApiClient(driver)


@pytest.fixture
def as_staff(staff: User) -> ApiClient:
    return ApiClient(staff)


@pytest.fixture
def as_admin(admin: User) -> ApiClient:
    return ApiClient(admin)


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> FakeGateway:
    """Return a gateway in place of the simulated one, which the test can make fail, wait or vanish."""
    fake = FakeGateway()
    monkeypatch.setitem(registry._GATEWAYS, fake.code, lambda: fake)
    return fake
