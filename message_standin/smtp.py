"""A small mail server: it takes every mail and delivers none."""

import email
import email.policy
import socketserver
import time
from email.message import EmailMessage

from message_standin.box import LATE_SECONDS, Box, Message

LOOPBACK = "127.0.0.1"
_LONGEST_LINE = 10_000
_LARGEST = 30_000_000


class SmtpServer(socketserver.ThreadingTCPServer):
    """Speaks as much SMTP (RFC 5321) as a client needs to hand over a mail."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, port: int, box: Box) -> None:
        self.box = box
        super().__init__((LOOPBACK, port), _Conversation)

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Conversation(socketserver.StreamRequestHandler):
    timeout = 60

    def handle(self) -> None:
        self._to: list[str] = []
        self._say("220 stand-in ready")
        while line := self.rfile.readline(_LONGEST_LINE).decode("utf-8", "replace").strip():
            verb = line.split(" ")[0].upper()
            if verb == "QUIT":
                self._say("221 bye")
                return
            if not self._answer(verb, line):
                return

    def _answer(self, verb: str, line: str) -> bool:
        """Answer one command; answers whether the conversation goes on."""
        if verb == "RCPT":
            self._to.append(line.partition("<")[2].partition(">")[0])
        if verb == "DATA":
            return self._data()
        usual = {"EHLO": "250 stand-in", "HELO": "250 stand-in", "MAIL": "250 OK", "RCPT": "250 OK", "NOOP": "250 OK"}
        if verb == "RSET":
            self._to = []
        self._say(usual.get(verb, "250 OK" if verb == "RSET" else "502 not known here"))
        return True

    def _data(self) -> bool:
        self._say("354 go on")
        content, size = [], 0
        while (line := self.rfile.readline(_LONGEST_LINE)).rstrip(b"\r\n") != b".":
            size += len(line)
            if not line or size > _LARGEST:
                return False
            content.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        status = self._server().box.next_answer("MAIL")
        if status is not None and status > 0:
            self._say(f"{status} as asked for")
            return True
        for to in self._to:
            self._server().box.take(message_of(b"".join(content), to))
        self._to = []
        if status == 0:
            # Taken, but nobody is told: the sender cannot know.
            return False
        if status == -1:
            time.sleep(LATE_SECONDS)
        self._say("250 taken")
        return True

    def _server(self) -> SmtpServer:
        server = self.server
        if not isinstance(server, SmtpServer):
            raise TypeError("not our server")
        return server

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())
        self.wfile.flush()


def message_of(content: bytes, to: str) -> Message:
    """Return a mail as it is shown."""
    mail = email.message_from_bytes(content, policy=email.policy.default)
    if not isinstance(mail, EmailMessage):
        raise TypeError("not a mail")
    return Message(
        channel="MAIL",
        to=to,
        title=str(mail["Subject"] or ""),
        text=_part(mail, "plain"),
        html=_part(mail, "html"),
        # The same mail to two addresses is two mails.
        reference=f"{mail['Message-ID'] or ''} {to}",
        headers={name: str(value) for name, value in mail.items()},
        files=tuple(part.get_filename() or "" for part in mail.iter_attachments()),
    )


def _part(mail: EmailMessage, kind: str) -> str:
    """Return a part in words; of one in a charset that there is none of, what can be read."""
    part = mail.get_body(preferencelist=(kind,))
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except (LookupError, ValueError):
        content = part.get_payload(decode=True)
        return content.decode("utf-8", "replace") if isinstance(content, bytes) else ""
