"""axe-core on a page: no violation of WCAG 2.2 AA, light and dark."""

from functools import cache
from typing import Any, Literal

from playwright.sync_api import Page

from deploy import npm

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# The debugger's way in: the page's own Content-Security-Policy stays in force.
RUN = """async ({tags, scope}) => {
    const {violations} = await axe.run(scope ?? document, {
        runOnly: {type: "tag", values: tags}, resultTypes: ["violations"], preload: false,
    });
    return violations.map(({id, help, nodes}) => ({
        id, help, nodes: nodes.map(({target, html, failureSummary}) => ({target, html, failureSummary})),
    }));
}"""
# Colours are measured when they have arrived: pages change them on an event, some in a transition.
SETTLE = """async () => {
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const ending = document.getAnimations().filter((one) => one.effect?.getComputedTiming().endTime !== Infinity);
    await Promise.all(ending.map((one) => one.finished.catch(() => undefined)));
}"""

Scheme = Literal["light", "dark"]


def assert_accessible(page: Page, *, schemes: tuple[Scheme, ...] = ("light", "dark"), scope: str | None = None) -> None:
    """Fail with a readable list of what axe-core finds; `scope` is a CSS selector."""
    size = page.viewport_size
    found = [text for scheme in schemes for text in _violations(page, scheme, scope)]
    page.emulate_media(color_scheme="light")
    if size is not None:
        page.set_viewport_size(size)
    assert not found, f"{len(found)} violations of WCAG 2.2 AA on {page.url}\n" + "\n".join(found)


def _violations(page: Page, scheme: Scheme, scope: str | None) -> list[str]:
    page.emulate_media(color_scheme=scheme)
    # A page that was just clicked for may still be arriving: its height and its buttons are not its own yet.
    page.wait_for_load_state("load")
    _bring_whole_page_into_view(page)
    page.evaluate(SETTLE)
    # A script that waited for something may have made it higher meanwhile.
    if _bring_whole_page_into_view(page):
        page.evaluate(SETTLE)
    if not page.evaluate("'axe' in window"):
        page.evaluate(_source())
    return [_worded(scheme, one) for one in page.evaluate(RUN, {"tags": TAGS, "scope": scope})]


def _bring_whole_page_into_view(page: Page) -> bool:
    """Make the window as high as the page, and answer whether it was lower.

    What a bar at its edge covers just now is reached by scrolling.
    """
    size = page.viewport_size
    height = page.evaluate("document.documentElement.scrollHeight")
    if size is None or height <= size["height"]:
        return False
    page.set_viewport_size({"width": size["width"], "height": height})
    return True


@cache
def _source() -> str:
    return (npm.MODULES / "axe-core" / "axe.min.js").read_text()


def _worded(scheme: str, violation: dict[str, Any]) -> str:
    lines = [f"  {scheme}: {violation['id']}: {violation['help']}"]
    for node in violation["nodes"]:
        lines.append(f"    {' '.join(map(str, node['target']))}  {node['html'][:160]}")
        lines += [f"      {line}" for line in node["failureSummary"].splitlines()]
    return "\n".join(lines)
