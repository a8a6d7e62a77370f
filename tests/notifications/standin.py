"""The stand-in of messages as a process of its own, and a small client for its controls."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from deploy.processes import end_with_parent

ROOT = Path(__file__).parents[2]


@dataclass
class MessageStandin:
    """A running stand-in."""

    address: str
    smtp_port: int

    def control(self, path: str, /, **body: Any) -> dict[str, Any]:
        answer = httpx.post(f"{self.address}/_control/{path}", json=body, timeout=20)
        assert answer.is_success, answer.text
        return dict(answer.json())

    def arrived(self, channel: str = "MAIL") -> list[dict[str, Any]]:
        """Return what came by a channel, repeats too."""
        messages = self.control("messages")["arrived"]
        return [message for message in messages if message["channel"] == channel]

    def answers(self, channel: str, *statuses: int) -> None:
        """Let the next calls be answered by these statuses; 0: not at all, -1: late."""
        self.control("answers", channel=channel, statuses=list(statuses))

    def settings(self) -> dict[str, Any]:
        """Return the settings that point at it."""
        return {
            "EMAIL_BACKEND": "parking.notifications.channels.smtp.EmailBackend",
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": self.smtp_port,
            "PUSH_HOSTS": [self.address.removeprefix("http://")],
            "SMS_URL": f"{self.address}/sms",
            "SMS_TEMPLATE_IDS": {"booked.en": "1107", "left.en": "1108"},
            "WHATSAPP_SENDER": "1",
            "WHATSAPP_URL": f"{self.address}/whatsapp",
        }


@contextmanager
def running_standin() -> Iterator[MessageStandin]:
    """Start the program on free ports, and stop it at the end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "message_standin", "--port", "0", "--smtp-port", "0"],
        cwd=ROOT,
        env=dict(os.environ),
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=end_with_parent(signal.SIGTERM),  # noqa: PLW1509 - it only calls prctl
    )
    assert process.stdout
    line = process.stdout.readline()
    assert line.startswith("Stand-in of messages listening on "), line
    web, smtp = line.split()[-2:]
    try:
        yield MessageStandin(web, int(smtp.rpartition(":")[2]))
    finally:
        process.terminate()
        process.stdout.close()
        process.wait(10)
