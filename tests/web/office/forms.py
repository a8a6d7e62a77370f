"""Filling in the office's forms as a browser would."""

from datetime import time
from html.parser import HTMLParser

from django.test import Client


def browser_of(user, **options):
    browser = Client(**options)
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return browser


def text_of(answer):
    return answer.content.decode()


def fields_of(answer):
    """What the page's form would send if nobody touched it."""
    sent = {}
    for field in answer.context["form"]:
        value = field.value()
        if value is True:
            sent[field.name] = "on"
        elif value not in (None, False):
            sent[field.name] = f"{value:%H:%M}" if isinstance(value, time) else value
    return sent


class _Hidden(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = {}
        self.inside = False

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag == "form":
            self.inside = not values.get("action")
        if self.inside and tag == "input" and values.get("type") == "hidden":
            self.found.setdefault(values["name"], []).append(values.get("value", ""))


def hidden_fields(answer):
    """What the question before a change carries on, read from the page itself."""
    reader = _Hidden()
    reader.feed(text_of(answer))
    return {name: values for name, values in reader.found.items() if name != "csrfmiddlewaretoken"}
