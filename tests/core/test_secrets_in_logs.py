"""A link that opens an account is in no log and in no record."""

import logging

import pytest
from django.test import Client

from parking.audit.models import AuditEntry
from parking.core.logs import _cut_secrets
from parking.core.requests import without_secrets

LINK = "/password/reset/42/cxk3p1-0f3a9b7c5d1e2f4a/"


def test_a_line_keeps_the_address_and_not_the_link() -> None:
    assert without_secrets(f"Internal Server Error: {LINK}") == "Internal Server Error: /password/reset/[cut]"
    line = _cut_secrets(None, "", {"event": f"failed at {LINK}?a=1", "path": LINK, "status": 500})
    assert line == {"event": "failed at /password/reset/[cut]", "path": "/password/reset/[cut]", "status": 500}


def test_the_log_has_it_so(capsys: pytest.CaptureFixture[str]) -> None:
    logger = logging.getLogger("django.request")
    (handler,) = logging.getLogger().handlers[:1]
    record = logger.makeRecord(logger.name, logging.ERROR, "", 0, "Failed: %s", (LINK,), None)
    assert "cxk3p1" not in handler.format(record)


@pytest.mark.django_db
def test_the_record_of_a_refusal_has_it_so() -> None:
    Client().post(LINK, {"new_password": "a-good-password-1", "repeated": "a-good-password-1"})
    assert [line for line in AuditEntry.objects.values_list("facts", flat=True) if "cxk3p1" in str(line)] == []
