"""Idempotency keys: claimed once, with one final answer, kept for a day."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from parking.core import idempotency
from parking.core.errors import KeyReused
from parking.core.idempotency import RepeatedRequest, RequestKey
from parking.core.models import IdempotencyKey

pytestmark = pytest.mark.django_db

START = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)
KEY = RequestKey(caller="user:1", path="/api/test/", key="k-1", fingerprint="f")


def _claim(key: RequestKey = KEY) -> None:
    with transaction.atomic():
        idempotency.claim(key, subject="s", now=START)


def test_a_key_is_claimed_once() -> None:
    _claim()
    with pytest.raises(RepeatedRequest):
        _claim()
    for other in (replace(KEY, key="k-2"), replace(KEY, caller="user:2"), replace(KEY, path="/api/other/")):
        _claim(other)
    assert IdempotencyKey.objects.count() == 4


def test_without_a_key_nothing_is_claimed() -> None:
    idempotency.claim(None, subject="s", now=START)
    assert not IdempotencyKey.objects.exists()


def test_of_two_answers_the_first_stands_and_is_given_to_the_other() -> None:
    _claim()
    assert idempotency.keep_answer(KEY, status=201, answer="first", now=START) is None
    standing = idempotency.keep_answer(KEY, status=400, answer="second", now=START)
    assert standing is not None
    assert (standing.status, standing.answer) == (201, "first")
    row = IdempotencyKey.objects.get()
    assert (row.status, row.answer, row.subject) == (201, "first", "s")


def test_a_refusal_is_kept_though_its_claim_was_undone() -> None:
    idempotency.keep_answer(KEY, status=400, answer="refused", now=START)
    row = idempotency.find(KEY, now=START)
    assert row is not None
    assert (row.status, row.answer, row.subject) == (400, "refused", "")


def test_another_body_is_found_out() -> None:
    _claim()
    with pytest.raises(KeyReused) as refusal:
        idempotency.find(replace(KEY, fingerprint="g"), now=START)
    assert refusal.value.code == "idempotency_key_reused"


def test_after_a_day_a_key_is_forgotten_whatever_its_body() -> None:
    _claim()
    day = timedelta(hours=24)
    assert idempotency.find(KEY, now=START + day - timedelta(microseconds=1)) is not None
    assert idempotency.find(replace(KEY, fingerprint="g"), now=START + day) is None
    assert not IdempotencyKey.objects.exists()
