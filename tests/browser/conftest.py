"""A Chromium for each process of the suite, pages in it, and the product behind them.

A test asks for `phone` or `desktop` (or `new_page`, for more than one of a kind), for `sign_in`, and goes:

    def test_something(phone: Page, sign_in: SignIn, driver: User) -> None:
        sign_in(phone, driver)
        phone.goto("/zones/")

Errors of the console and the like fail it by themselves; `watch.allow(...)` expects some.
"""

import asyncio
import math
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import pytest
from django.conf import settings as django_settings
from django.db import connections
from django.test import Client, override_settings
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright
from pytest_django import Settings

from deploy import assets, chromium, messages
from parking.accounts.models import User
from parking.core import clock
from parking.core.fresh import forget_all
from parking.core.heartbeats import beat
from parking.web import pace
from tests.browser import pictures
from tests.browser.axe import Scheme, assert_accessible
from tests.browser.camera import Camera, Picture
from tests.browser.server import Server
from tests.browser.watch import Watch
from tests.conftest import COLLECTED_FILES

Device = Literal["phone", "desktop"]
DEVICES: dict[str, dict[str, Any]] = {
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "device_scale_factor": 2,
        "is_mobile": True,
        "has_touch": True,
    },
    "desktop": {"viewport": {"width": 1280, "height": 800}},
}
FLAGS = [
    *("--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
    # No network but loopback, by a proxy that is not there. Routing requests through the test would turn
    # the browser's cache off.
    "--proxy-server=http://127.0.0.1:9",
]
ACTION_SECONDS = 10


class NewPage(Protocol):
    def __call__(self, device: Device = "phone", **options: Any) -> Page: ...


class SignIn(Protocol):
    def __call__(self, page: Page, user: User, password: str | None = None) -> None: ...


class TakePicture(Protocol):
    def __call__(self, page: Page, name: str, *, whole: bool = False) -> None: ...


class Axe(Protocol):
    def __call__(
        self, page: Page, *, schemes: tuple[Scheme, ...] = ("light", "dark"), scope: str | None = None
    ) -> None: ...


@dataclass(frozen=True)
class Scanner:
    """Pages whose camera sees what `show` gets: a picture (PNG), or the QR code of a text."""

    new_page: NewPage
    show: Callable[[Picture], None]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run only what takes pictures, with PICTURES set."""
    if not os.environ.get("PICTURES"):
        return
    taking = [item for item in items if "picture" in getattr(item, "fixturenames", ())]
    config.hook.pytest_deselected(items=[item for item in items if item not in taking])
    items[:] = taking


# --- Once for each process ---------------------------------------------------------------------------


@pytest.fixture(scope="session")
def _chromium() -> str:
    found = chromium.find()
    if found is None:
        (pytest.fail if chromium.is_required() else pytest.skip)(chromium.MISSING)
    return found


class Loop:
    """Playwright's event loop, put aside between tests.

    Playwright leaves its loop running in our thread. Django, and tests with a loop of their own, would take that for
    asynchronous code and refuse to run.
    """

    def __init__(self) -> None:
        self._loop = asyncio._get_running_loop()
        asyncio._set_running_loop(None)

    @contextmanager
    def running(self) -> Iterator[None]:
        asyncio._set_running_loop(self._loop)
        try:
            yield
        finally:
            asyncio._set_running_loop(None)


@pytest.fixture(scope="session")
def _playwright(_chromium: str) -> Iterator[tuple[Playwright, Loop]]:
    driver = sync_playwright().start()
    loop = Loop()
    yield driver, loop
    with loop.running():
        driver.stop()


@pytest.fixture(scope="session")
def _launch(_chromium: str, _playwright: tuple[Playwright, Loop]) -> Callable[..., Browser]:
    quick = chromium.find_quick()

    def launch(*flags: str, whole: bool = False) -> Browser:
        return _playwright[0].chromium.launch(
            executable_path=_chromium if whole else quick,
            args=[*FLAGS, *flags],
            chromium_sandbox=os.geteuid() != 0,  # as root it cannot have one
        )

    return launch


@pytest.fixture(scope="session")
def _browser(_launch: Callable[..., Browser], _playwright: tuple[Playwright, Loop]) -> Iterator[Browser]:
    yield from _running(_launch, _playwright[1])


@pytest.fixture(scope="session")
def _whole_browser(_launch: Callable[..., Browser], _playwright: tuple[Playwright, Loop]) -> Iterator[Browser]:
    yield from _running(_launch, _playwright[1], whole=True)


@pytest.fixture(scope="session")
def _camera(tmp_path_factory: pytest.TempPathFactory) -> Camera:
    return Camera(tmp_path_factory.mktemp("camera") / "picture.y4m")


@pytest.fixture(scope="session")
def _camera_browser(
    _launch: Callable[..., Browser], _playwright: tuple[Playwright, Loop], _camera: Camera
) -> Iterator[Browser]:
    yield from _running(
        _launch,
        _playwright[1],
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={_camera.file}",
    )


def _running(launch: Callable[..., Browser], loop: Loop, *flags: str, whole: bool = False) -> Iterator[Browser]:
    with loop.running():
        browser = launch(*flags, whole=whole)
    yield browser
    with loop.running():
        browser.close()


@pytest.fixture(scope="session")
def _files() -> dict[str, Any]:
    """Return settings that serve files as in production: collected, named by checksum, compressed."""
    messages.compile_(messages.Place(messages.ROOT))
    return COLLECTED_FILES | {"STATIC_ROOT": str(assets.prepare())}


@pytest.fixture(scope="session")
def _server(_files: dict[str, Any], django_db_setup: None) -> Iterator[Server]:
    with override_settings(**_files):
        server = Server()
    server.start()
    yield server
    server.stop()


# --- For each test -----------------------------------------------------------------------------------


@pytest.fixture
def server(
    _server: Server,
    _files: dict[str, Any],
    _playwright: tuple[Playwright, Loop],
    transactional_db: None,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Server]:
    """Return the product, running on the database of this test."""
    for name, value in _files.items():
        setattr(settings, name, value)
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    # Chromium and other tests hold up what is drawn here: that is no crowd before which live parts would step back.
    monkeypatch.setattr(pace, "AT_ONCE", math.inf)
    with _playwright[1].running():
        yield _server
        connections.close_all()  # inside of a loop Django takes other connections than outside
    _server.hang_up()


@pytest.fixture
def watch(server: Server) -> Iterator[Watch]:
    """Fail the test for whatever a browser would report, unless it was allowed."""
    with Watch() as watch:
        yield watch


def _pages(browser: Browser, server: Server, watch: Watch) -> Iterator[NewPage]:
    contexts = []

    def new_page(device: Device = "phone", **options: Any) -> Page:
        given = {"base_url": server.url, "locale": "en-IN", "timezone_id": "Asia/Kolkata", "reduced_motion": "reduce"}
        context = browser.new_context(**{**given, **DEVICES[device], **options})
        context.set_default_timeout(ACTION_SECONDS * 1000)
        expect.set_options(timeout=ACTION_SECONDS * 1000)
        contexts.append(context)
        watch.over(context)
        return context.new_page()

    yield new_page
    problems = watch.problems()
    for context in contexts:
        context.close()
    assert not problems, "\n".join(problems)


@pytest.fixture
def new_page(_browser: Browser, server: Server, watch: Watch) -> Iterator[NewPage]:
    """Make a page in a context (cookies, storage, worker) of its own; options as of `Browser.new_context`."""
    yield from _pages(_browser, server, watch)


@pytest.fixture
def whole_page(_whole_browser: Browser, server: Server, watch: Watch) -> Iterator[NewPage]:
    """Make pages as `new_page` does, in a Chromium that shows notifications too; that takes longer."""
    yield from _pages(_whole_browser, server, watch)


@pytest.fixture
def phone(new_page: NewPage) -> Page:
    return new_page("phone")


@pytest.fixture
def desktop(new_page: NewPage) -> Page:
    return new_page("desktop")


@pytest.fixture
def scanner(_camera_browser: Browser, _camera: Camera, server: Server, watch: Watch) -> Iterator[Scanner]:
    """Make pages with a camera: `scanner.show("...")`, `page = scanner.new_page("phone")`."""
    _camera.show(None)
    for new_page in _pages(_camera_browser, server, watch):
        yield Scanner(new_page, _camera.show)


@pytest.fixture
def sign_in(server: Server) -> SignIn:
    """Sign somebody in: by the form if a password is given, otherwise the quick way, by a session's cookie."""

    def sign_in(page: Page, user: User, password: str | None = None) -> None:
        if password is None:
            name = django_settings.SESSION_COOKIE_NAME
            page.context.add_cookies(
                [{"name": name, "value": _session_of(user), "url": server.url, "httpOnly": True, "sameSite": "Lax"}]
            )
            return
        page.goto("/sign-in/")
        page.locator("input[name=username]").fill(user.username)
        page.locator("input[name=password]").fill(password)
        page.locator("main button[type=submit]").click()

    return sign_in


def _session_of(user: User) -> str:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies[django_settings.SESSION_COOKIE_NAME].value


@pytest.fixture
def axe() -> Axe:
    """Check for violations of WCAG 2.2 AA, in light and dark: `axe(page)`."""
    return assert_accessible


@pytest.fixture
def picture(server: Server) -> TakePicture:
    """Take a picture: `picture(page, "driver-ticket")` writes `driver-ticket-phone.png` with `make pictures`.

    Then a worker is said to run: without one the office's pages say so, which no guide is about.
    """
    if os.environ.get("PICTURES"):
        beat(worker_id="picture", started_at=clock.now(), sweeps={}, now=clock.now())
        forget_all()

    def take(page: Page, name: str, *, whole: bool = False) -> None:
        pictures.take(page, name, whole=whole)

    return take
