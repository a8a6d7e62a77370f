"""The page with the webhooks: what was sent, what came back, and a button to send it again."""

import json
from collections.abc import Iterable
from html import escape
from itertools import islice

from gateway_standin.courier import Webhook
from gateway_standin.pages.home import NAMES
from gateway_standin.pages.html import button, page, table
from gateway_standin.standin import Standin
from gateway_standin.wire.messages import Answer

SHOWN = 50
HEADS = ("No.", "Gateway", "Event", "State", "Sent", "What it says", "Again")
STATES = {"NO_ADDRESS": "no address is set", "HELD": "waits for the next one"}


def webhooks(it: Standin) -> Answer:
    newest: Iterable[Webhook] = islice(reversed(it.courier.webhooks), SHOWN)
    rows = [_row(webhook) for webhook in newest]
    intro = f'<p>The newest {SHOWN}. Where they go is a <a href="/faults">setting</a>.</p>'
    return page("Webhooks", intro + table("Webhooks", HEADS, rows, "There was no event yet."), here="/webhooks")


def find_webhook(it: Standin, number: str) -> Webhook | None:
    return next((row for row in it.courier.webhooks if str(row.number) == number), None)


def _row(it: Webhook) -> str:
    again = button(f"/webhooks/{it.number}/resend", "Send again", f"webhook {it.number}")
    state = STATES.get(it.state, it.state.lower())
    tries = f"{it.tries} times, last: {escape(it.last)}" if it.tries else "not yet"
    return (
        f"<tr><td>{it.number}</td><td>{NAMES[it.brand]}</td><td>{escape(it.event)}</td>"
        f'<td><span class="state {escape(it.state.lower())}">{escape(state)}</span></td><td>{tries}</td>'
        f'<td>{_content(it)}</td><td class="actions">{again}</td></tr>'
    )


def _content(it: Webhook) -> str:
    headers = "\n".join(f"{name}: {value}" for name, value in it.headers.items())
    body = json.dumps(json.loads(it.body), indent=2, ensure_ascii=False)
    return f"<details><summary>{len(it.body)} bytes</summary><pre>{escape(headers)}\n\n{escape(body)}</pre></details>"
