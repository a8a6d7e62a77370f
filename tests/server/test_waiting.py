"""A web server that loads the project while the start is prepared, and serves when it is."""

import os
import signal
import subprocess
import sys
import time
from io import StringIO
from pathlib import Path

import pytest
from pytest_django import Settings

from deploy import assets, processes, web
from deploy.run import ROOT, go_on, web_command
from tests.payments.world import environment_for
from tests.server.running import HOST, Answer, RunningServer, free_port

# A whole start, on a machine that has other work too.
PATIENCE = 90


def answer_of(server: RunningServer) -> Answer | None:
    """What it answers; None while nobody listens."""
    try:
        return server.get("/api/public/nowhere/")
    except ConnectionRefusedError:
        return None


def test_one_that_waits_serves_after_the_line() -> None:
    port = free_port()
    process = subprocess.Popen(
        web_command(HOST, port, is_waiting=True),
        cwd=ROOT,
        env=os.environ | environment_for("http://127.0.0.1:9"),
        stdin=subprocess.PIPE,
        preexec_fn=processes.end_with_parent(signal.SIGTERM),  # noqa: PLW1509 - it only calls prctl
    )
    server, deadline = RunningServer(port), time.monotonic() + PATIENCE
    try:
        assert answer_of(server) is None
        go_on(process)
        while (answer := answer_of(server)) is None and time.monotonic() < deadline:
            time.sleep(0.05)
        assert answer is not None
        assert answer.status == 404
    finally:
        processes.stop([process], signal.SIGTERM, seconds=10)


def test_it_ends_with_a_sentence_when_who_prepares_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["web", web.AFTER_LINE, "smart_parking.rsgi:application"])
    monkeypatch.setattr(sys, "stdin", StringIO())
    with pytest.raises(SystemExit, match="Whoever prepares the start has ended"):
        web.main()


def test_it_serves_the_files_that_were_collected_while_it_waited(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path
) -> None:
    """Else the first start after an update serves old style sheets, and fails on pages with a new one."""
    before, after = tmp_path / "before", tmp_path / "after"
    before.mkdir()
    after.mkdir()
    monkeypatch.setattr(assets, "HOME", tmp_path)
    monkeypatch.setattr(assets, "CURRENT", tmp_path / "current")
    assets.CURRENT.symlink_to(after)
    settings.STATIC_ROOT = str(before)
    monkeypatch.setattr(sys, "argv", ["web", web.AFTER_LINE, "smart_parking.rsgi:application"])
    monkeypatch.setattr(sys, "stdin", StringIO("go on\n"))
    monkeypatch.setattr(os, "register_at_fork", lambda **_: None)
    served: list[str] = []
    monkeypatch.setattr(web, "entrypoint", lambda: served.append(settings.STATIC_ROOT))
    web.main()
    assert served == [str(after)]
