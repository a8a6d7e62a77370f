"""Django's usual commands, as an operator types them."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test.utils import get_runner

from parking.accounts.models import User
from parking.facilities.models import ParkingSlot


def dumped_rows(file: Path) -> list[dict[str, Any]]:
    """Read a dump; what a row is joined with has no order of its own, a database gives it as it likes."""
    rows: list[dict[str, Any]] = json.loads(file.read_text())
    for row in rows:
        for field in apps.get_model(row["model"])._meta.many_to_many:
            row["fields"][field.name].sort()
    return rows


@pytest.mark.django_db(transaction=True)
def test_a_demonstration_database_is_dumped_and_loaded_whole(tmp_path: Path) -> None:
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    call_command("demo")
    call_command("dumpdata", output=str(first))
    call_command("flush", interactive=False, verbosity=0)
    assert not User.objects.exists()
    call_command("loaddata", str(first), verbosity=0)
    call_command("dumpdata", output=str(second))
    assert dumped_rows(second) == dumped_rows(first)
    assert (User.objects.count(), ParkingSlot.objects.count()) == (7, 78)
    # The numbers of new rows go on behind those that were loaded.
    call_command("createsuperuser", username="boss", email="boss@example.org", interactive=False, verbosity=0)
    assert User.objects.get(username="boss").role == "ADMIN"


@pytest.mark.django_db
def test_a_superuser_is_an_administrator_with_the_password_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "blue-tractor-9")
    out = StringIO()
    call_command("createsuperuser", username="boss", email="boss@example.org", interactive=False, stdout=out)
    boss = User.objects.get(username="boss")
    assert (boss.role, boss.email, boss.check_password("blue-tractor-9")) == ("ADMIN", "boss@example.org", True)
    with pytest.raises(CommandError, match="already taken"):
        call_command("createsuperuser", username="boss", email="x@example.org", interactive=False)


def test_manage_test_runs_the_tests_of_its_labels(capfd: pytest.CaptureFixture[str]) -> None:
    run = get_runner(settings)(verbosity=1, failfast=True, keyword="clock")
    assert run.run_tests(["core/test_clock.py"]) == 0
    assert " passed" in capfd.readouterr().out
    assert run.run_tests(["parking.vehicles"]) == 5  # nothing of that name
    assert run.run_tests(["tests.core.test_clock"]) == 0
    assert " passed" in capfd.readouterr().out
