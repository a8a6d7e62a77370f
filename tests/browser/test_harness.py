"""What the other tests of this folder rely on: that a page's troubles are noticed, and files served as deployed."""

from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.templatetags.static import static
from playwright.sync_api import Page, Response, expect

from parking.accounts.models import User
from parking.core import clock
from tests.browser.conftest import NewPage, Scanner, SignIn
from tests.browser.watch import Watch

PAGE = "/parking/exit-qr-scan/"
SCAN = """async ({module, wasm, wanted}) => {
    const {BarcodeDetector, prepareZXingModule} = await import(module);
    prepareZXingModule({overrides: {locateFile: () => wasm}});
    const stream = await navigator.mediaDevices.getUserMedia({video: true});
    const video = document.createElement("video");
    video.srcObject = stream;
    await video.play();
    const detector = new BarcodeDetector({formats: ["qr_code"]});
    for (let tries = 0; tries < 50; tries++) {
        const [code] = await detector.detect(video);
        if (code?.rawValue === wanted) return code.rawValue;
        await new Promise((done) => setTimeout(done, 50));
    }
}"""


@pytest.mark.parametrize(
    ("script", "problem"),
    [
        ("console.error('Oh no')", "console: Oh no"),
        ("setTimeout(() => { throw new Error('Oh dear') })", "script: Error: Oh dear"),
        ("fetch('https://example.org/').catch(() => undefined)", "Content Security Policy"),
        ("fetch('/static/nothing.js')", "console: Failed to load resource: the server responded with a status of 404"),
    ],
)
def test_troubles_of_a_page_are_noticed(phone: Page, watch: Watch, script, problem):
    phone.goto(PAGE)
    phone.evaluate(f"() => {{ {script} }}")
    problems: list[str] = []
    for _ in range(50):
        phone.wait_for_timeout(100)
        problems = watch.problems()
        if any(problem in text for text in problems):
            break
    assert any(problem in text for text in problems), problems
    watch.allow(".")
    assert watch.problems() == []


def test_a_fault_of_the_server_is_noticed(phone: Page, watch: Watch, monkeypatch):
    def fail(*_args, **_options):
        raise RuntimeError("out of order")

    monkeypatch.setattr("smart_parking.handler.Handler.resolve_request", fail)
    phone.goto(PAGE)
    problems = watch.problems()
    assert any(text.startswith("server: ") and "out of order" in text for text in problems)
    assert any(text.startswith("500: GET") for text in problems)
    watch.allow(".")


def test_nothing_outside_of_this_machine_can_be_reached(new_page: NewPage, watch: Watch):
    page = new_page(bypass_csp=True)
    watch.allow("another host", "failed", "net::ERR_PROXY_CONNECTION_FAILED")
    page.goto(PAGE)
    for address in ("http://example.org/", "http://192.0.2.1/"):
        assert page.evaluate("(address) => fetch(address).catch((error) => error.name)", address) == "TypeError"


def loaded(page: Page, name: str) -> Response:
    with page.expect_response(lambda response: name in response.url) as found:
        page.goto(PAGE)
    return found.value


def test_files_are_named_by_checksum_compressed_and_kept(phone: Page):
    headers = loaded(phone, "/static/legacy/pages").headers
    assert headers["content-type"].startswith("text/javascript") or headers["content-type"].startswith("text/css")
    assert headers["content-encoding"] == "br"
    assert headers["cache-control"] == "max-age=315360000, public, immutable"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("vendor/barcode-detector/zxing_reader.wasm", "application/wasm"),
        ("vendor/htmx.js", "text/javascript"),
        ("vendor/icons.svg", "image/svg+xml"),
    ],
)
def test_kinds_of_files(phone: Page, name, kind):
    answer = phone.request.get(static(name))
    assert answer.ok
    assert answer.headers["content-type"].split(";")[0] == kind


def test_libraries_are_modules(phone: Page):
    phone.goto(PAGE)
    exports = "async (address) => Object.keys(await import(address)).sort().slice(0, 3)"
    assert phone.evaluate(exports, static("vendor/htmx.js")) == ["default"]
    assert phone.evaluate(exports, static("vendor/idiomorph.js")) == ["Idiomorph"]
    assert phone.evaluate(exports, static("vendor/leaflet/leaflet.js")) == ["default"]
    assert "init" in phone.evaluate(
        "async (address) => Object.keys(await import(address))", static("vendor/echarts.js")
    )


def test_the_camera_sees_one_code_after_the_other(scanner: Scanner):
    addresses = {
        "module": static("vendor/barcode-detector/ponyfill.js"),
        "wasm": static("vendor/barcode-detector/zxing_reader.wasm"),
    }
    page = scanner.new_page("phone", bypass_csp=True)
    page.goto(PAGE)
    scanner.show("TICKET-1")
    assert page.evaluate(SCAN, addresses | {"wanted": "TICKET-1"}) == "TICKET-1"
    scanner.show("टिकट 2")
    assert page.evaluate(SCAN, addresses | {"wanted": "टिकट 2"}) == "टिकट 2"


def test_two_people_at_once(phone: Page, desktop: Page, sign_in: SignIn, driver: User, staff: User):
    staff.set_password("long enough")
    staff.save()
    sign_in(phone, driver)
    sign_in(desktop, staff, "long enough")
    for page in (phone, desktop):
        page.goto(PAGE)
        expect(page.locator("body[data-signed-in]")).to_be_attached()
    names = [
        [cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "sessionid"]
        for page in (phone, desktop)
    ]
    assert [Session.objects.get(session_key=name).get_decoded()["_auth_user_id"] for (name,) in names] == [
        str(driver.pk),
        str(staff.pk),
    ]


def test_the_clock_moves_for_the_server_too(phone: Page):
    then = clock.now() + timedelta(days=400)
    with time_machine.travel(then):
        answer = phone.request.get(PAGE)
    assert abs(parsedate_to_datetime(answer.headers["date"]) - then) < timedelta(minutes=1)
