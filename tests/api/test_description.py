"""The OpenAPI description and the answers agree: whatever it allows is answered as it says, by nobody with a 5xx."""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings
from pydantic import BaseModel
from pytest_django import Settings
from schemathesis.checks import CHECKS
from schemathesis.config import CoveragePhaseConfig, PhasesConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig
from schemathesis.generation.feedback import FeedbackSources
from schemathesis.pytest._test_builder import build_operation_test
from schemathesis.schemas import BaseSchema

from parking.accounts.models import Role
from parking.core import clock
from smart_parking.wsgi import application
from tests.build import book, enter, leave, make_user, make_zone, take_ticket
from tests.client import ApiClient, description_of_calls

pytestmark = pytest.mark.django_db

# A rule that says no (zone full, plate booked already) refuses what the schema allows: that is no disagreement.
CHECKED: Any = [check for check in CHECKS.get_all() if check.__name__ != "positive_data_acceptance"]
QUICKLY = ProjectsConfig(default=ProjectConfig(phases=PhasesConfig(coverage=CoveragePhaseConfig(enabled=False))))

DESCRIPTION = description_of_calls()
METHODS = {"get", "post", "put", "patch", "delete"}
OPERATIONS = [
    (method.upper(), path, operation)
    for path, operations in DESCRIPTION["paths"].items()
    for method, operation in operations.items()
    if method in METHODS
]
NAMES = [f"{method} {path}" for method, path, _ in OPERATIONS]
JSON = "application/json"


@pytest.fixture(scope="session")
def thoroughly() -> BaseSchema:
    """Return the description; each constraint of it is kept and broken on purpose."""
    return _of_the_server()


@pytest.fixture(scope="session")
def quickly() -> BaseSchema:
    return _of_the_server(config=SchemathesisConfig(projects=QUICKLY))


def _of_the_server(**options: Any) -> BaseSchema:
    schema = schemathesis.openapi.from_dict(DESCRIPTION, **options)
    schema.app = application
    return schema


@pytest.fixture
def _stays_in_the_transaction() -> Iterator[None]:
    """A server closes connections between requests; here they are the test's own."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def _a_car_park_at_work(db: None, settings: Settings) -> None:
    """Something to find: a car inside, a booking, a walk-in, a stay that is over."""
    settings.REGISTRATIONS_PER_MINUTE = settings.LOGINS_PER_MINUTE = 100_000
    zone, driver, staff = make_zone("Zone A"), make_user(), make_user(Role.STAFF)
    start = clock.now() - timedelta(hours=2)
    leave(staff, enter(staff, book(driver, zone, now=start), start))
    enter(staff, book(driver, zone, now=start), start)
    book(driver, zone)
    take_ticket(zone)


def limits(examples: int) -> settings:
    return settings(
        max_examples=examples,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


def _play(schema: BaseSchema, name: str, play: Callable[[schemathesis.Case], None]) -> None:
    """Try a call with made-up values. What is tried is made here: collecting it takes half a minute each time."""
    method, path = name.split()
    build_operation_test(
        config=schema.config,
        operation=schema[path][method],
        test_func=play,
        given_kwargs={},
        feedback=FeedbackSources(),
    )()


@pytest.mark.usefixtures("_stays_in_the_transaction", "_a_car_park_at_work")
@pytest.mark.parametrize("name", NAMES)
def test_a_manager_is_answered_as_described(thoroughly: BaseSchema, name: str) -> None:
    @limits(3)
    def play(case: schemathesis.Case) -> None:
        case.call_and_validate(headers=_headers(Role.ADMIN), checks=CHECKED)

    _play(thoroughly, name, play)


@pytest.mark.usefixtures("_stays_in_the_transaction")
@pytest.mark.parametrize("name", NAMES)
def test_everybody_else_is_answered_as_described(quickly: BaseSchema, name: str) -> None:
    @limits(2)
    def play(case: schemathesis.Case) -> None:
        for role in (Role.USER, Role.STAFF, None):
            case.call_and_validate(headers=_headers(role), checks=CHECKED)

    _play(quickly, name, play)


def _headers(role: Role | None) -> dict[str, str]:
    """Sign somebody new in: an Idempotency-Key made up twice would be refused to the same person."""
    return ApiClient(make_user(role)).headers if role else {}


# --- Examples ------------------------------------------------------------------------------------------


def _assert_fits(example: object, schema: dict[str, Any]) -> None:
    whole = schema | {"components": DESCRIPTION["components"]}
    errors = list(jsonschema_rs.validator_for(whole).iter_errors(example))
    assert not errors, [f"{list(error.instance_path)}: {error.message}" for error in errors]


def _success(operation: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(answer for status, answer in operation["responses"].items() if status.startswith("2"))
    return found


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=NAMES)
def test_each_body_has_an_example_that_fits(method: str, path: str, operation: dict[str, Any]) -> None:
    body = operation.get("requestBody", {"content": {}})
    assert body["content"] or method not in {"PUT", "PATCH"}
    for media, content in body["content"].items():
        assert "example" in content, f"{media} has no example"
        # A gateway's call is taken as it comes: there is no schema to hold it to.
        _assert_fits(content["example"], content.get("schema", {}))


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=NAMES)
def test_each_answer_has_an_example_that_fits(method: str, path: str, operation: dict[str, Any]) -> None:
    content = _success(operation).get("content", {})
    assert content, "what it answers is not described"
    if JSON in content:
        assert "example" in content[JSON]
        _assert_fits(content[JSON]["example"], content[JSON]["schema"])


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=NAMES)
def test_each_operation_says_what_it_is_and_what_can_go_wrong(
    method: str, path: str, operation: dict[str, Any]
) -> None:
    assert operation["summary"]
    assert operation["description"]
    problems = {status for status in operation["responses"] if status[0] in "45"}
    if JSON in _success(operation).get("content", {}):
        assert "503" in problems
    if method == "POST" and operation.get("security"):
        assert {"400", "401", "413", "415"} <= problems


def test_no_two_shapes_share_a_name() -> None:
    """In the description the second would silently take the place of the first."""
    modules = [module for name, module in sys.modules.items() if name.startswith("parking.api.")]
    shapes = {value for module in modules for value in vars(module).values() if isinstance(value, type)}
    own = [shape for shape in shapes if issubclass(shape, BaseModel) and shape.__module__.startswith("parking.api.")]
    names = Counter(shape.__name__ for shape in own if "[" not in shape.__name__)
    assert [name for name, count in names.items() if count > 1] == []


def test_ids_of_operations_are_unique() -> None:
    ids = [operation["operationId"] for _, _, operation in OPERATIONS]
    assert len(set(ids)) == len(ids)


def test_every_address_of_the_contract_is_described() -> None:
    contract = {
        "POST /api/auth/register/", "POST /api/auth/login/", "POST /api/auth/refresh/", "POST /api/auth/logout/",
        "GET /api/auth/me/", "PATCH /api/auth/me/", "POST /api/auth/password/change/", "GET /api/public/zones/",
        "GET /api/public/health/", "GET /api/user/zones/", "POST /api/user/book-slot/",
        "GET /api/user/current-session/",
        "GET /api/user/history/", "POST /api/user/cancel-booking/", "POST /api/staff/entry/",
        "POST /api/staff/exit/quote/", "POST /api/staff/exit/", "GET /api/staff/active-sessions/",
        "GET /api/staff/slot-status/", "GET /api/admin/dashboard/", "GET /api/admin/payments/",
        "GET /api/admin/revenue-report/", "GET /api/admin/all-sessions/", "GET /api/admin/zones/",
        "POST /api/admin/zones/", "GET /api/admin/users/", "POST /api/admin/users/", "POST /parking/entry/",
        "POST /parking/entry-qr-scan/", "POST /parking/exit-qr-scan/", "POST /parking/cancel-booking/",
        "POST /api/parking/book/", "POST /api/parking/scan-entry/", "POST /api/parking/scan-exit/",
    }  # fmt: skip
    assert contract <= set(NAMES)
