"""The page of all components, in both themes and at both sizes."""

from playwright.sync_api import expect

from tests.browser.conftest import Axe, Device, NewPage


def test_every_component_can_be_used_by_everybody(monkeypatch, new_page: NewPage, axe: Axe) -> None:
    monkeypatch.setattr("parking.web.design.is_shown", lambda: True)
    sizes: list[tuple[Device, str]] = [("phone", "hi-IN"), ("desktop", "en-IN")]
    for device, locale in sizes:
        page = new_page(device, locale=locale)
        page.goto("/design/")
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.locator("[data-opens=sample-sheet]").click()
        expect(page.locator("#sample-sheet")).to_be_visible()
        page.locator("#sample-sheet [data-closes]").click()
        page.locator("[data-dismiss]").click()
        expect(page.locator("[data-toast]")).to_have_count(0)
