"""Waiting for what a script of a page says, where no element shows it."""

import pytest
from playwright.sync_api import Page


def until(page: Page, script: str, argument: object = None) -> None:
    """Evaluate a script until it answers something true; fail after ten seconds.

    Not `wait_for_function`: it evaluates texts inside the page, which our content security policy refuses when the
    first answer is no, and to it a promise is true before it has answered.
    """
    for _ in range(100):
        if page.evaluate(script, argument):
            return
        page.wait_for_timeout(100)
    pytest.fail(f"Not so after ten seconds: {script}")
