"""How the environment becomes the settings of mail."""

import runpy
from typing import Any

import pytest

from smart_parking import mail_settings

PRODUCTION = {"SMART_PARKING_ENV": "production", "SMART_PARKING_ALLOWED_HOSTS": ".parking.example,10.0.0.7"}


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The settings that an environment makes."""
    for name in (*PRODUCTION, "SMART_PARKING_BASE_URL", "EMAIL_HOST", "EMAIL_PORT", "EMAIL_USE_TLS", "EMAIL_USE_SSL"):
        monkeypatch.delenv(name, raising=False)

    def run(**environment: str) -> dict[str, Any]:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(mail_settings.__file__)

    return run


def test_development_keeps_mails_as_files(read: Any) -> None:
    values = read()
    assert values["EMAIL_BACKEND"] == "django.core.mail.backends.filebased.EmailBackend"
    assert values["EMAIL_FILE_PATH"].parts[-2:] == (".cache", "mails")
    assert values["BASE_URL"] == "http://127.0.0.1:8000"


def test_a_named_server_gets_them(read: Any) -> None:
    values = read(EMAIL_HOST="mail.example")
    assert values["EMAIL_BACKEND"] == "parking.notifications.channels.smtp.EmailBackend"
    assert (values["EMAIL_HOST"], values["EMAIL_PORT"]) == ("mail.example", 25)


@pytest.mark.parametrize(("switch", "port"), [("EMAIL_USE_TLS", 587), ("EMAIL_USE_SSL", 465)])
def test_the_port_follows_the_encryption(read: Any, switch: str, port: int) -> None:
    assert read(**{switch: "on"})["EMAIL_PORT"] == port
    assert read(**{switch: "on"}, EMAIL_PORT="2525")["EMAIL_PORT"] == 2525


def test_production_sends_and_writes_links_to_its_first_host(read: Any) -> None:
    values = read(**PRODUCTION)
    assert values["EMAIL_BACKEND"] == "parking.notifications.channels.smtp.EmailBackend"
    assert values["BASE_URL"] == "https://parking.example"
    assert values["mail_problems"]() == []


def test_production_writes_no_links_to_an_open_line(read: Any) -> None:
    values = read(**PRODUCTION, SMART_PARKING_BASE_URL="http://parking.example/")
    assert values["BASE_URL"] == "http://parking.example"
    assert values["mail_problems"]() == ["SMART_PARKING_BASE_URL does not begin with https://"]


def test_production_hands_no_mail_to_an_open_line(read: Any) -> None:
    values = read(**PRODUCTION, EMAIL_HOST="mail.example")
    assert values["mail_problems"]() == ["EMAIL_USE_TLS and EMAIL_USE_SSL are off"]
    assert read(EMAIL_HOST="127.0.0.1")["mail_problems"]() == []
    assert read(EMAIL_HOST="mail.example", EMAIL_USE_TLS="on")["mail_problems"]() == []
