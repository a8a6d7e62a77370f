"""What production does of itself with the settings, in a process of its own."""

import json
import os
import subprocess
import sys

import pytest

from deploy.run import ROOT

ENVIRONMENT = {
    "SMART_PARKING_ENV": "production",
    "SMART_PARKING_SECRET_KEY": "0123456789abcdef0123456789abcdef-not-a-secret",
    "SMART_PARKING_ALLOWED_HOSTS": "parking.example",
}
SHOW = "import json; from smart_parking import settings; print(json.dumps({n: getattr(settings, n) for n in %r}))"


def settings_of(*names: str, **more: str) -> dict[str, object]:
    done = _run(SHOW % (names,), more)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def _run(program: str, more: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SMART_PARKING", "EMAIL", "MAIL_PROVIDER"))
    }
    environment = kept | ENVIRONMENT | more
    return subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def test_cookies_are_of_this_host_alone_and_https_is_for_all_of_the_domain() -> None:
    found = settings_of(
        "SESSION_COOKIE_NAME",
        "CSRF_COOKIE_NAME",
        "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE",
        "SECURE_HSTS_SECONDS",
        "SECURE_HSTS_INCLUDE_SUBDOMAINS",
    )
    assert found == {
        "SESSION_COOKIE_NAME": "__Host-sessionid",
        "CSRF_COOKIE_NAME": "__Host-csrftoken",
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SECURE_HSTS_SECONDS": 31_536_000,
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
    }


@pytest.mark.parametrize("open_line", [{"EMAIL_HOST": "mail.example"}])
def test_it_does_not_start_with_mail_over_an_open_line(open_line: dict[str, str]) -> None:
    done = _run("import smart_parking.settings", open_line)
    assert "Production refuses to start: EMAIL_USE_TLS and EMAIL_USE_SSL are off." in done.stderr


def test_it_does_not_start_with_half_a_mail_provider() -> None:
    done = _run("import smart_parking.settings", {"MAIL_PROVIDER": "brevo"})
    assert "MAIL_PROVIDER is brevo: MAIL_PROVIDER_KEY is not set." in done.stderr
