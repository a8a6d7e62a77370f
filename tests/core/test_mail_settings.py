"""How the environment becomes the settings of mail."""

import os
import runpy
from typing import Any

import pytest

from smart_parking import mail_settings
from smart_parking.environment import WrongEnvironment

PRODUCTION = {"SMART_PARKING_ENV": "production", "SMART_PARKING_ALLOWED_HOSTS": ".parking.example,10.0.0.7"}


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The settings that an environment makes."""
    mail = [name for name in os.environ if name.startswith(("EMAIL_", "MAIL_PROVIDER"))]
    for name in (*PRODUCTION, "SMART_PARKING_BASE_URL", *mail):
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


# --- A provider ----------------------------------------------------------------------------------------


def test_a_provider_takes_the_place_of_the_server(read: Any) -> None:
    values = read(MAIL_PROVIDER="postmark", MAIL_PROVIDER_KEY="a-key")
    assert values["EMAIL_BACKEND"] == "parking.notifications.channels.mail_provider.EmailBackend"
    assert values["ANYMAIL"] == {"POSTMARK_SERVER_TOKEN": "a-key"}
    assert values["mail_configuration_problems"]() == []


def test_its_keys_have_the_names_of_the_library(read: Any) -> None:
    values = read(
        MAIL_PROVIDER="mailjet",
        MAIL_PROVIDER_KEY="a-key",
        MAIL_PROVIDER_SECRET="a-secret",
        MAIL_PROVIDER_URL="https://api.example/v3.1/",
    )
    assert values["ANYMAIL"] == {
        "MAILJET_API_KEY": "a-key",
        "MAILJET_SECRET_KEY": "a-secret",
        "MAILJET_API_URL": "https://api.example/v3.1",
    }


def test_a_provider_that_nobody_knows_is_refused_by_name(read: Any) -> None:
    with pytest.raises(WrongEnvironment, match=r"MAIL_PROVIDER is 'pigeon': input should be 'brevo', .*'sparkpost'"):
        read(MAIL_PROVIDER="pigeon")


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"MAIL_PROVIDER": "brevo"}, "MAIL_PROVIDER is brevo: MAIL_PROVIDER_KEY is not set"),
        (
            {"MAIL_PROVIDER": "mailjet", "MAIL_PROVIDER_KEY": "k"},
            "MAIL_PROVIDER is mailjet: MAIL_PROVIDER_SECRET is not set",
        ),
        (
            {"MAIL_PROVIDER": "postal", "MAIL_PROVIDER_KEY": "k"},
            "MAIL_PROVIDER is postal: MAIL_PROVIDER_URL is not set",
        ),
        ({"MAIL_PROVIDER_KEY": "k"}, "MAIL_PROVIDER_KEY, _SECRET or _URL is set, but MAIL_PROVIDER is not"),
        (
            {"MAIL_PROVIDER": "brevo", "MAIL_PROVIDER_KEY": "k", "EMAIL_HOST": "mail.example"},
            "MAIL_PROVIDER and EMAIL_HOST are both set: mails go by one of them",
        ),
    ],
)
def test_half_a_provider_is_refused_in_words(read: Any, given: dict[str, str], problem: str) -> None:
    assert read(**given)["mail_configuration_problems"]() == [problem]


def test_production_needs_no_mail_server_beside_a_provider_and_an_encrypted_line_to_it(read: Any) -> None:
    provider = {"MAIL_PROVIDER": "mailgun", "MAIL_PROVIDER_KEY": "k"}
    assert read(**PRODUCTION, **provider)["mail_problems"]() == []
    values = read(**provider, MAIL_PROVIDER_URL="http://mailgun.example/v3")
    assert values["mail_problems"]() == ["MAIL_PROVIDER_URL does not begin with https://"]
