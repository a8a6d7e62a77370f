"""What is there before the product serves, where two starts come at once."""

from threading import Thread
from time import sleep

import pytest

from deploy import assets, messages, prepare


def test_of_two_starts_at_once_one_makes_the_tables_and_then_the_other_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    def migrate() -> None:
        done.append("begins")
        sleep(0.2)

    monkeypatch.setattr(assets, "prepare", lambda: None)
    monkeypatch.setattr(messages, "main", lambda _arguments: 0)
    monkeypatch.setattr(prepare, "_migrate", migrate)
    monkeypatch.setattr(prepare, "call_command", lambda *_names, **_options: done.append("ends"))
    starts = [Thread(target=prepare.prepare) for _ in range(2)]
    for start in starts:
        start.start()
    for start in starts:
        start.join()
    assert done == ["begins", "ends"] * 2
