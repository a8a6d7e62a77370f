"""What all pages share: escaping, the layout, small forms. No script anywhere."""

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from html import escape

from gateway_standin.wire.messages import HTML_TYPE, Answer

INDIA = timezone(timedelta(hours=5, minutes=30), "IST")
POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"
MENU = (("/", "Orders and refunds"), ("/faults", "Faults and settings"), ("/webhooks", "Webhooks"))


def page(title: str, body: str, *, here: str = "", status: int = 200) -> Answer:
    """Return a page of the bank, with the menu. `here` is its own address."""
    links = "".join(_menu_link(address, text, here) for address, text in MENU)
    banner = f'<header><p class="name">Stand-in gateway</p><nav aria-label="Pages"><ul>{links}</ul></nav></header>'
    return frame(title, f"{banner}<main><h1>{escape(title)}</h1>{body}</main>", status=status)


def frame(title: str, body: str, *, status: int = 200) -> Answer:
    """Return a page without the menu. `body` is HTML already."""
    text = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(title)} - stand-in gateway</title><link rel="stylesheet" href="/style.css"></head>'
        f"<body>{body}</body></html>"
    )
    return Answer(status, text.encode("utf-8", "replace"), HTML_TYPE, {"Content-Security-Policy": POLICY})


def button(address: str, text: str, about: str, *, kind: str = "", fields: Mapping[str, str] | None = None) -> str:
    """Return a form of one button. `about` completes its text for screen readers."""
    inputs = "".join(hidden(name, value) for name, value in (fields or {}).items())
    unseen = f' <span class="unseen">{escape(about)}</span>' if about else ""
    return (
        f'<form method="post" action="{escape(address)}">{inputs}'
        f'<button class="{escape(kind)}">{escape(text)}{unseen}</button></form>'
    )


def hidden(name: str, value: str) -> str:
    return f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'


def table(caption: str, heads: tuple[str, ...], rows: list[str], nothing: str) -> str:
    """Return a table; `rows` are HTML. Without rows return the text `nothing`."""
    if not rows:
        return f'<h2>{escape(caption)}</h2><p class="nothing">{escape(nothing)}</p>'
    columns = "".join(_head(head) for head in heads)
    return (
        f'<div class="scroll" role="region" aria-label="{escape(caption)}" tabindex="0"><table>'
        f"<caption>{escape(caption)}</caption><thead><tr>{columns}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _head(text: str) -> str:
    numbers = ' class="amount"' if text == "Amount" else ""
    return f'<th scope="col"{numbers}>{escape(text)}</th>'


def rupees(paise: int) -> str:
    return f"₹{paise // 100:,}.{paise % 100:02d}"


def clock(at: float) -> str:
    return datetime.fromtimestamp(at, INDIA).strftime("%d %b, %H:%M:%S")


def _menu_link(address: str, text: str, here: str) -> str:
    current = ' aria-current="page"' if address == here else ""
    return f'<li><a href="{address}"{current}>{text}</a></li>'
