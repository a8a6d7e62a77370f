"""The page with all switches and settings."""

from dataclasses import asdict
from html import escape
from itertools import groupby

from gateway_standin.books import Brand
from gateway_standin.pages.home import NAMES
from gateway_standin.pages.html import page
from gateway_standin.settings import HookMode, changed
from gateway_standin.standin import Standin
from gateway_standin.switches import ALWAYS, SWITCHES, Position, Switch
from gateway_standin.wire.messages import Answer

CHOICES = {0: "off", 1: "next time", 2: "next 2 times", 5: "next 5 times", ALWAYS: "always"}
LABELS = {
    "phonepe_webhook_url": "PhonePe's webhooks go to",
    "razorpay_webhook_url": "Razorpay's webhooks go to",
    "phonepe_webhook_mode": "PhonePe signs webhooks by",
    "webhook_delay_seconds": "A late webhook is late by (seconds)",
    "webhook_hold_seconds": "A reordered webhook waits for the next at most (seconds)",
    "webhook_retry_seconds": "First pause before a webhook is sent again, then doubled (seconds)",
    "webhook_tries": "A webhook is sent at most (times)",
    "late_success_seconds": "A late success comes after (seconds)",
    "lost_answer_seconds": "A lost answer keeps the line open for (seconds)",
    "slow_refund_seconds": "A slow refund takes (seconds)",
}


def faults(it: Standin) -> Answer:
    return page("Faults and settings", _switches(it) + _settings(it), here="/faults")


def save_switches(it: Standin, form: dict[str, str]) -> None:
    """Set only the switches that differ from their present position, so that one meant for one call stays so."""
    for field, value in form.items():
        brand, _, name = field.partition(".")
        if name and int(value) != it.switches.position(Brand(brand), name).times:
            it.switches.set(Brand(brand), name, int(value))


def save_settings(it: Standin, form: dict[str, str]) -> None:
    it.settings = changed(it.settings, dict(form))


def _switches(it: Standin) -> str:
    columns = "".join(f'<th scope="col">{NAMES[brand]}</th>' for brand in Brand)
    groups = "".join(_group(it, name, list(members)) for name, members in groupby(SWITCHES, lambda one: one.group))
    return (
        '<form method="post" action="/switches"><input type="hidden" name="back" value="/faults">'
        '<div class="scroll" role="region" aria-label="Faults" tabindex="0"><table><caption>Faults</caption>'
        f'<thead><tr><th scope="col">While this is on,</th>{columns}</tr></thead>{groups}</table></div>'
        '<button class="yes">Save the faults</button></form>'
    )


def _group(it: Standin, name: str, members: list[Switch]) -> str:
    rows = "".join(_row(it, switch) for switch in members)
    return f'<tbody><tr><th colspan="3" scope="rowgroup">{escape(name)}</th></tr>{rows}</tbody>'


def _row(it: Standin, switch: Switch) -> str:
    cells = "".join(f"<td>{_select(it, switch, brand)}</td>" for brand in Brand)
    return f'<tr><th scope="row">{escape(switch.text)}</th>{cells}</tr>'


def _select(it: Standin, switch: Switch, brand: Brand) -> str:
    if brand not in switch.brands:
        return '<span class="nothing">not here</span>'
    position = it.switches.position(brand, switch.name)
    label = escape(f"{NAMES[brand]}: {switch.text}")
    only = f"<br><small>only {escape(position.only)}</small>" if position.only else ""
    return f'<select name="{brand}.{switch.name}" aria-label="{label}">{_options(position)}</select>{only}'


def _options(position: Position) -> str:
    choices = dict(CHOICES)
    choices.setdefault(position.times, f"next {position.times} times")
    return "".join(_option(str(times), text, times == position.times) for times, text in choices.items())


def _settings(it: Standin) -> str:
    fields = "".join(_field(name, value) for name, value in asdict(it.settings).items())
    return (
        f'<h2>Settings</h2><form method="post" action="/settings" class="settings">{fields}'
        '<button class="yes">Save the settings</button></form>'
    )


def _field(name: str, value: object) -> str:
    label = f'<label for="{name}">{escape(LABELS[name])}</label>'
    if name == "phonepe_webhook_mode":
        options = "".join(_option(mode, mode, mode == value) for mode in HookMode)
        return f'<div>{label}<select id="{name}" name="{name}">{options}</select></div>'
    if isinstance(value, str):
        return f'<div>{label}<input type="url" id="{name}" name="{name}" value="{escape(value)}"></div>'
    number = f'type="number" min="0" max="3600" step="any" value="{value:g}"' if isinstance(value, int | float) else ""
    return f'<div>{label}<input {number} id="{name}" name="{name}" required></div>'


def _option(value: str, text: str, chosen: bool) -> str:
    return f'<option value="{escape(value)}"{" selected" if chosen else ""}>{escape(text)}</option>'
