"""The page of everything sent, and a mail as its reader sees it. No script anywhere."""

from collections.abc import Sequence
from html import escape

from gateway_standin.pages.html import POLICY, clock
from gateway_standin.wire.messages import HTML_TYPE, Answer, json_answer
from message_standin.box import Message

_STYLE = """
body { margin: 0 auto; max-width: 60rem; padding: 1rem; font: 1rem/1.5 system-ui, sans-serif }
:root { color-scheme: light dark }
article { border: 1px solid #8886; border-radius: .5rem; padding: .75rem 1rem; margin: 1rem 0 }
article { overflow-wrap: anywhere }
h2 { margin: 0; font-size: 1.1rem }
pre { white-space: pre-wrap; font: inherit }
.about { opacity: .75; margin: .25rem 0 }
"""


# A page that browsers still open.
_MOST_SHOWN = 500


def everything(shown: Sequence[tuple[Message, int]]) -> Answer:
    """Return the page of all messages, newest first."""
    rows = "".join(_row(message, times) for message, times in shown[:_MOST_SHOWN])
    if len(shown) > _MOST_SHOWN:
        rows += f"<p>And {len(shown) - _MOST_SHOWN} older ones.</p>"
    body = rows or "<p>Nothing was sent yet. Book a slot, and its mail is here.</p>"
    text = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<title>Messages - stand-in</title><link rel="stylesheet" href="/style.css"></head>'
        f"<body><h1>Messages</h1><p>Nothing leaves this machine.</p>{body}</body></html>"
    )
    return Answer(200, text.encode("utf-8", "replace"), HTML_TYPE, {"Content-Security-Policy": POLICY})


def _row(message: Message, times: int) -> str:
    again = f" · came {times} times" if times > 1 else ""
    files = f'<p class="about">Attached: {escape(", ".join(message.files))}</p>' if message.files else ""
    link = f'<p><a href="/mail/{escape(mail_key(message))}">As the reader sees it</a></p>' if message.html else ""
    return (
        f"<article><h2>{escape(message.title or message.channel)}</h2>"
        f'<p class="about">{escape(message.channel)} to {escape(message.to)} · {clock(message.at)}{again}</p>'
        f"<pre>{escape(message.text)}</pre>{files}{link}</article>"
    )


def mail_key(message: Message) -> str:
    """Return the part of an address that names a mail."""
    return message.reference.partition("@")[0].strip("<> ")


def mail(arrived: Sequence[Message], key: str) -> Answer:
    """Return a mail's HTML, without scripts and with its own styles alone."""
    for message in reversed(arrived):
        if message.channel == "MAIL" and mail_key(message) == key:
            policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"
            return Answer(200, message.html.encode(), HTML_TYPE, {"Content-Security-Policy": policy})
    return json_answer({"error": "no such mail"}, 404)


def style() -> Answer:
    return Answer(200, _STYLE.encode(), "text/css; charset=utf-8")
