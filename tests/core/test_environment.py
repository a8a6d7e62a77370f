"""How environment variables become settings, and that the operators' list of them is complete."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from smart_parking import environment
from smart_parking.database import database
from smart_parking.environment import WrongEnvironment, read

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "settings.md"
POSTGRESQL = "postgresql://asha:s3cret@db.example:5433/parking"


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in environment.fields_by_variable():
        monkeypatch.delenv(name, raising=False)


def given(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Any:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return read()


# --- Values ----------------------------------------------------------------------------------------


def test_values_have_their_types(monkeypatch: pytest.MonkeyPatch) -> None:
    env = given(
        monkeypatch,
        SMART_PARKING_HOLD_MINUTES="12",
        SMART_PARKING_BOOKING_FEE="25.50",
        SMART_PARKING_GATEWAYS="PHONEPE, RAZORPAY,",
        SMART_PARKING_LOCK_SECONDS="0.5",
        PHONEPE_ENV="production",
    )
    assert (env.hold_minutes, env.booking_fee, env.lock_seconds) == (12, Decimal("25.50"), 0.5)
    assert (env.gateways, env.phonepe_env) == (["PHONEPE", "RAZORPAY"], "PRODUCTION")


def test_an_empty_variable_is_not_set_and_an_empty_list_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    env = given(monkeypatch, SMART_PARKING_HOLD_MINUTES="", SMART_PARKING_DEBUG="", SMART_PARKING_GATEWAYS="")
    assert (env.hold_minutes, env.debug, env.gateways) == (10, False, [])


def test_production_has_defaults_of_its_own_which_a_variable_overrides(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (read().gateways, read().lockout_seconds, read().open_legacy) == (["SIMULATED"], 60, True)
    env = given(monkeypatch, SMART_PARKING_ENV="production", SMART_PARKING_LOCKOUT_SECONDS="5")
    assert (env.gateways, env.lockout_seconds, env.open_legacy, env.hsts_seconds) == ([], 5, False, 31_536_000)


def test_production_is_said_with_white_space_around_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    env = given(monkeypatch, SMART_PARKING_ENV="production \r")
    assert (env.in_production, env.hsts_seconds, env.phonepe_simulation_mode) == (True, 31_536_000, False)


@pytest.mark.parametrize(("word", "level"), [("warn", "WARNING"), ("FATAL", "CRITICAL"), ("NOTSET", "DEBUG")])
def test_levels_have_the_other_names_that_logging_takes(monkeypatch: pytest.MonkeyPatch, word: str, level: str) -> None:
    assert given(monkeypatch, SMART_PARKING_LOG_LEVEL=word).log_level == level


@pytest.mark.parametrize(
    ("word", "meant"), [("1", True), (" Yes ", True), ("on", True), ("0", False), ("FALSE", False)]
)
def test_a_switch(monkeypatch: pytest.MonkeyPatch, word: str, meant: bool) -> None:
    assert given(monkeypatch, SMART_PARKING_DEBUG=word).debug is meant


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SMART_PARKING_HOLD_MINUTES", "ten"),
        ("SMART_PARKING_HOLD_MINUTES", "-1"),
        ("SMART_PARKING_DEBUG", "maybe"),
        ("SMART_PARKING_BOOKING_FEE", "fifty"),
        ("SMART_PARKING_TIME_ZONE", "Asia/Atlantis"),
        ("SMART_PARKING_LANGUAGES", "/nowhere/languages"),
        ("SMART_PARKING_VEHICLE_KINDS", "/nowhere/kinds.toml"),
        ("SMART_PARKING_SIMULATED_OUTCOME", "PERHAPS"),
        ("SMART_PARKING_LOG_LEVEL", "LOUD"),
        ("SMART_PARKING_LOCK_SECONDS", "inf"),
        ("EMAIL_PORT", "smtp"),
        ("PORT", "70000"),
        ("WEB_THREADS", "0"),
    ],
)
def test_a_wrong_value_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    with pytest.raises(WrongEnvironment, match=f"^{name} is '{value}': "):
        given(monkeypatch, **{name: value})


def test_every_wrong_value_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(WrongEnvironment) as wrong:
        given(monkeypatch, SMART_PARKING_HOLD_MINUTES="ten", SMART_PARKING_DEBUG="maybe")
    assert "SMART_PARKING_HOLD_MINUTES is 'ten'" in str(wrong.value)
    assert "SMART_PARKING_DEBUG is 'maybe'" in str(wrong.value)


# --- The database ------------------------------------------------------------------------------------


def opened(monkeypatch: pytest.MonkeyPatch, program: str = "granian", **variables: str) -> dict[str, Any]:
    return database(given(monkeypatch, **variables), Path("/srv"), [program])


def test_postgresql_gets_the_limits_when_a_connection_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    config = opened(monkeypatch, DATABASE_URL=POSTGRESQL, SMART_PARKING_LOCK_SECONDS="0.25")
    assert config["OPTIONS"]["options"] == (
        "-c lock_timeout=250 -c statement_timeout=20000 -c idle_in_transaction_session_timeout=30000"
        " -c max_parallel_workers_per_gather=0"
    )
    assert config["CONN_HEALTH_CHECKS"] is True


def test_commands_wait_longer_and_their_statements_have_no_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    config = opened(monkeypatch, "/srv/manage.py", DATABASE_URL=POSTGRESQL)
    assert config["OPTIONS"]["options"] == "-c lock_timeout=60000 -c idle_in_transaction_session_timeout=30000"


def test_the_address_can_have_options_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = {f"SMART_PARKING_{name}_SECONDS": "0" for name in ("LOCK", "STATEMENT", "IDLE_TRANSACTION")}
    url = f"{POSTGRESQL}?options=-c%20lock_timeout%3D500"
    alone = "-c max_parallel_workers_per_gather=0"
    assert opened(monkeypatch, DATABASE_URL=url, **limits)["OPTIONS"]["options"] == f"{alone} -c lock_timeout=500"
    monkeypatch.delenv("SMART_PARKING_LOCK_SECONDS")
    assert opened(monkeypatch, DATABASE_URL=url)["OPTIONS"]["options"].endswith(f"=3000 {alone} -c lock_timeout=500")
    assert opened(monkeypatch, DATABASE_URL=POSTGRESQL, SMART_PARKING_LOCK_SECONDS="0")["OPTIONS"]["options"] == alone
    command = opened(monkeypatch, "/srv/manage.py", DATABASE_URL=POSTGRESQL, SMART_PARKING_COMMAND_LOCK_SECONDS="0")
    assert "options" not in command["OPTIONS"]


def test_sqlite_waits_one_second_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    assert opened(monkeypatch)["OPTIONS"]["timeout"] == 4
    assert opened(monkeypatch, "manage.py")["OPTIONS"]["timeout"] == 61
    assert opened(monkeypatch, SMART_PARKING_LOCK_SECONDS="0")["OPTIONS"]["timeout"] == 86_400


def test_an_address_of_no_database_is_refused_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(WrongEnvironment, match="DATABASE_URL is not the address of a database") as wrong:
        opened(monkeypatch, DATABASE_URL="mongo://asha:s3cret@db.example/parking")
    assert "s3cret" not in str(wrong.value)


# --- The operators' list -------------------------------------------------------------------------------


def _rows() -> list[tuple[list[str], str]]:
    """The names in the first cell of each row that describes variables, and the row's second cell."""
    text = DOCUMENT.read_text().split("## What production refuses")[0]
    cells = [line.split("|") for line in text.splitlines() if line.startswith("| `")]
    return [(re.findall(r"`(\w+)`", cell[1]), cell[2].strip()) for cell in cells]


def test_the_document_lists_exactly_the_variables() -> None:
    listed = [name for names, _ in _rows() for name in names]
    assert sorted(listed) == sorted(environment.fields_by_variable())


def test_the_document_says_the_defaults() -> None:
    fields = environment.fields_by_variable()
    for names, default in _rows():
        for name in names:
            assert _stated(fields[name].default) in default, name
            assert _stated(_more(fields[name]).get("production", "")) in default, name


def _more(field: Any) -> dict[str, Any]:
    return dict(field.json_schema_extra)


def _stated(value: Any) -> str:
    """A default as the document writes it; nothing for one that is empty or derived from others."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, list):
        return f"`{','.join(value)}`" if value else "none"
    return f"`{value:g}`" if isinstance(value, float) else f"`{value}`" if value not in {"", None} else ""
