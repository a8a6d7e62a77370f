"""An attendant lets cars in: by hand, by a scanner that types, by the camera; with and without an answer."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from parking.accounts.models import User
from parking.core import clock
from parking.core.actor import SYSTEM
from parking.core.plate_words import plate_text
from parking.facilities.gates import create_gate, update_gate
from parking.facilities.models import Gate, ParkingZone
from parking.stays.models import GateScan, ParkingSession, SessionStatus
from tests.browser.conftest import NewPage, Scanner, SignIn, TakePicture
from tests.browser.waiting import until
from tests.browser.watch import Watch
from tests.build import book, enter, plate, reloaded, take_ticket, terminate

OpenGate = Callable[..., Page]

TABLET = {"viewport": {"width": 820, "height": 1180}}


@pytest.fixture
def open_gate(new_page: NewPage, sign_in: SignIn, staff: User) -> OpenGate:
    """A page at the gate, its place chosen by clicking."""

    def opened(page: Page | None = None, way: str = "Both", device: str = "desktop", **options: object) -> Page:
        page = page or new_page(device, **options)  # type: ignore[arg-type]
        sign_in(page, staff)
        page.goto("/gate/")
        page.locator("[data-place-choice]").get_by_role("button", name=way).click()
        return page

    return opened


@pytest.fixture
def booked(driver: User, zone: ParkingZone) -> ParkingSession:
    return book(driver, zone, "DL-01-AB-1234")


def type_code(page: Page, code: str) -> None:
    page.get_by_label("Ticket code").fill(code)
    page.keyboard.press("Enter")


def ask_for_bill(page: Page, code: str) -> None:
    type_code(page, code)
    expect(page.locator("[data-verdict=quote]")).to_be_visible()


def verdict(page: Page, word: str) -> None:
    expect(page.locator("#answer-word")).to_have_text(word)


def test_a_gate_is_chosen_once_and_named_by_every_scan(
    new_page: NewPage, sign_in: SignIn, staff: User, booked: ParkingSession, axe: Callable[..., None]
) -> None:
    site = booked.zone.site
    for name, direction in (("North", "IN"), ("South", "OUT")):
        create_gate(actor=SYSTEM, site_id=site.pk, name=name, direction=direction, zone_ids=[], now=clock.now())
    page = new_page("phone")
    sign_in(page, staff)
    page.goto("/gate/")
    choice = page.locator("[data-place-choice]")
    axe(page)
    page.keyboard.press("Escape")
    type_code(page, booked.qr_code)
    choice.get_by_role("button", name="North").click()
    expect(page.locator("[data-place-name]")).to_have_text("North")
    type_code(page, booked.qr_code)
    verdict(page, "LET IN")
    north, south = Gate.objects.order_by("name")
    assert reloaded(booked).entry_gate_id == north.pk
    update_gate(actor=SYSTEM, gate_id=north.pk, changes={"retired": True}, now=clock.now())
    page.get_by_role("button", name="Next car").click()
    type_code(page, booked.qr_code)
    verdict(page, "WAIT")
    page.reload()
    choice.get_by_role("button", name="South").click()
    expect(page.get_by_role("heading", name="Ready to let out")).to_be_visible()
    assert page.evaluate("document.cookie").count(f"gate_id={south.pk}") == 1


# --- By hand -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{"device": "phone"}, {"device": "desktop"}, TABLET])
def test_a_typed_code_lets_in(
    open_gate: OpenGate, booked: ParkingSession, axe: Callable[..., None], picture: TakePicture, options
) -> None:
    session = booked
    page = open_gate(**options)
    axe(page)
    picture(page, f"gate-ready-{options.get('device', 'tablet')}")
    type_code(page, session.qr_code)
    verdict(page, "LET IN")
    shown = page.locator("[data-plate]")
    expect(shown).to_have_text("DL 01 AB 1234")
    size = shown.evaluate("(element) => parseFloat(getComputedStyle(element).fontSize)")
    assert size >= min(page.viewport_size.values()) / 10  # type: ignore[union-attr]
    assert page.evaluate("document.documentElement.scrollWidth") == page.viewport_size["width"]  # type: ignore[index]
    expect(page.locator("[data-spoken]")).to_contain_text("LET IN. The car may go in. DL 01 AB 1234. A-001")
    picture(page, f"gate-let-in-{options.get('device', 'tablet')}")
    assert reloaded(session).status == SessionStatus.ACTIVE


@pytest.fixture
def codes(driver: User, staff: User, zone: ParkingZone) -> dict[str, str]:
    """A code for each colour."""
    before = clock.now() - timedelta(hours=3)
    owing = plate()
    terminate(staff, enter(staff, take_ticket(zone, owing, before), before))
    return {
        "yes": book(driver, zone).qr_code,
        "wait": book(driver, zone, owing).qr_code,
        "no": "QR-000000000000",
    }


@pytest.mark.parametrize("way", ["yes", "no", "wait"])
def test_verdicts_are_accessible(
    open_gate: OpenGate, codes: dict[str, str], axe: Callable[..., None], picture: TakePicture, way
) -> None:
    page = open_gate(device="phone")
    type_code(page, codes[way])
    expect(page.locator(f'[data-verdict="{way}"]')).to_be_visible()
    axe(page)
    picture(page, f"gate-{way}")


def test_green_makes_way_by_itself_and_red_stays(
    open_gate: OpenGate, driver: User, zone: ParkingZone, settings
) -> None:
    settings.GATE_CLOSES_AFTER_SECONDS = 1
    session = book(driver, zone)
    page = open_gate()
    type_code(page, session.qr_code)
    verdict(page, "LET IN")
    expect(page.locator("[data-answer]")).to_be_hidden(timeout=3000)
    expect(page.get_by_label("Ticket code")).to_be_focused()
    type_code(page, "QR-000000000000")
    verdict(page, "STOP")
    page.wait_for_timeout(1300)
    verdict(page, "STOP")
    page.keyboard.press("Escape")
    expect(page.locator("[data-answer]")).to_be_hidden()


def test_place_is_chosen_once_and_turned_by_a_key(open_gate: OpenGate) -> None:
    page = open_gate(way="In")
    expect(page.get_by_text("Ready to let in")).to_be_visible()
    page.keyboard.press("F2")
    expect(page.get_by_text("Ready to let out")).to_be_visible()
    page.reload()
    expect(page.locator("[data-place-choice]")).to_be_hidden()
    expect(page.get_by_text("Ready to let out")).to_be_visible()
    page.locator(".ways").get_by_role("radio", name="Both").check()
    expect(page.get_by_text("Ready for both directions")).to_be_visible()


def test_another_plate_turns_red(
    open_gate: OpenGate, driver: User, zone: ParkingZone, axe: Callable[..., None]
) -> None:
    session = book(driver, zone, "DL-01-AB-1234")
    page = open_gate()
    type_code(page, session.qr_code)
    verdict(page, "LET IN")
    page.keyboard.press("o")
    axe(page)
    page.keyboard.type("DL 01 AB 9999")
    page.keyboard.press("Enter")
    verdict(page, "STOP")
    page.get_by_role("link", name="Open this session").click()
    expect(page.get_by_role("heading", name="DL 01 AB 1234")).to_be_visible()


def test_hindi(open_gate: OpenGate, driver: User, zone: ParkingZone, axe: Callable[..., None]) -> None:
    session = book(driver, zone)
    page = open_gate(device="phone")
    page.locator("[data-menu] summary").click()
    page.get_by_role("button", name="हिन्दी").click()
    expect(page.get_by_text("दोनों दिशाओं के लिए तैयार")).to_be_visible()
    axe(page)
    page.locator("[name=qr_code]").first.fill(session.qr_code)
    page.keyboard.press("Enter")
    verdict(page, "अंदर जाने दें")
    assert page.evaluate("document.documentElement.scrollWidth") == 390


# --- By a scanner that types -------------------------------------------------------------------------


def test_a_scanner_needs_no_click(open_gate: OpenGate, driver: User, zone: ParkingZone) -> None:
    sessions = [book(driver, zone) for _ in range(2)]
    page = open_gate()
    page.locator("body").focus()
    page.evaluate("document.activeElement.blur()")
    for session in sessions:  # the second one closes the verdict of the first
        page.keyboard.type(session.qr_code.lower())
        page.keyboard.press("Enter")
        expect(page.locator("[data-plate]")).to_have_text(plate_text(session.vehicle.vehicle_number))
        verdict(page, "LET IN")


def test_a_scanner_that_reads_twice_is_answered_once(open_gate: OpenGate, booked: ParkingSession) -> None:
    page = open_gate()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.context.route(re.compile("/gate/scan/"), hold)
    # Held requests reach the test only while it listens to the browser: the first one is waited for by name.
    with page.expect_request(re.compile("/gate/scan/")):
        type_code(page, booked.qr_code)
    expect(page.get_by_label("Ticket code")).to_have_value("")
    type_code(page, booked.qr_code)
    expect(page.get_by_label("Ticket code")).to_have_value("")
    while not held:
        page.wait_for_timeout(20)
    (route,) = held
    route.continue_()
    verdict(page, "LET IN")


def test_a_scan_into_another_field_leaves_that_field_alone(
    open_gate: OpenGate, staff: User, driver: User, zone: ParkingZone
) -> None:
    before = clock.now() - timedelta(minutes=150)
    first, second = (enter(staff, book(driver, zone, None, before), before) for _ in range(2))
    page = open_gate()
    ask_for_bill(page, first.qr_code)
    page.keyboard.press("1")
    expect(page.get_by_label("Cash received")).to_be_focused()
    page.keyboard.type(second.qr_code)
    page.keyboard.press("Enter")
    expect(page.locator("[data-plate]")).to_have_text(plate_text(second.vehicle.vehicle_number))
    assert {reloaded(first).status, reloaded(second).status} == {"ACTIVE"}


def test_setting_up_a_scanner_shows_what_arrives(open_gate: OpenGate, axe: Callable[..., None]) -> None:
    page = open_gate(device="phone")
    page.get_by_role("link", name="Set up your scanner").click()
    expect(page.get_by_label("Scan here")).to_be_focused()
    page.keyboard.type("]Q1QR-TEST00000000")
    page.keyboard.press("Tab")
    expect(page.get_by_text("The code was read correctly.")).to_be_visible()
    expect(page.get_by_text("AIM identifier")).to_be_visible()
    expect(page.get_by_text("Nothing ends the scan.")).to_be_hidden()
    expect(page.locator("[data-scanner-text]")).to_have_text("QR-TEST00000000")
    expect(page.locator("[data-scanner-end]")).to_have_text("Tab")
    assert page.locator("tbody tr").all_inner_texts()[2].split()[2:4] == ["1", "U+0031"]
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") == 390


# --- By the camera -----------------------------------------------------------------------------------


def test_the_camera_reads_a_code_once(
    scanner: Scanner, open_gate: OpenGate, booked: ParkingSession, axe: Callable[..., None], settings
) -> None:
    settings.GATE_CLOSES_AFTER_SECONDS = 1
    page = open_gate(scanner.new_page("phone"))
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.get_by_role("button", name="Camera").click()
    expect(page.get_by_text("Hold the code in front of the camera.")).to_be_visible()
    scanner.show(booked.qr_code)
    verdict(page, "LET IN")
    expect(page.locator("[data-answer]")).to_be_hidden(timeout=4000)
    page.wait_for_timeout(800)  # the code is still in the picture
    expect(page.locator("[data-answer]")).to_be_hidden()
    assert len(sent) == 1
    axe(page)
    page.get_by_role("button", name="Camera").click()
    expect(page.locator("video")).to_be_hidden()


def test_a_reader_that_fails_makes_way_and_a_camera_that_was_taken_away_comes_back(
    scanner: Scanner, open_gate: OpenGate, driver: User, zone: ParkingZone
) -> None:
    first, second = book(driver, zone), book(driver, zone)
    page = scanner.new_page("phone")
    page.add_init_script("""window.BarcodeDetector = class {
        static getSupportedFormats = async () => ["qr_code"];
        detect = () => Promise.reject(new DOMException("Barcode detection service unavailable.", "NotSupportedError"));
    }""")
    open_gate(page)
    page.get_by_role("button", name="Camera").click()
    scanner.show(first.qr_code)
    expect(page.locator("[data-plate]")).to_have_text(plate_text(first.vehicle.vehicle_number))
    page.keyboard.press("Escape")
    page.evaluate("""() => {
        const [track] = document.querySelector("video").srcObject.getTracks();
        track.stop();
        track.dispatchEvent(new Event("ended"));
    }""")
    scanner.show(second.qr_code)
    expect(page.locator("[data-plate]")).to_have_text(plate_text(second.vehicle.vehicle_number))


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("NotFoundError", "This device has no camera."),
        ("NotAllowedError", "The camera is not allowed."),
        ("NotReadableError", "Another program uses the camera."),
        ("AbortError", "The camera cannot be used. Type the code."),
    ],
)
def test_a_camera_that_does_not_work_says_why(open_gate: OpenGate, error, words) -> None:
    page = open_gate()
    page.evaluate(
        "(name) => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', name)) }", error
    )
    page.keyboard.press("F4")
    expect(page.get_by_text(words)).to_be_visible()


# --- Without an answer -------------------------------------------------------------------------------


def test_a_scan_without_answer_is_sent_again_and_counts_once(
    open_gate: OpenGate, driver: User, zone: ParkingZone, watch: Watch, axe: Callable[..., None]
) -> None:
    watch.allow("net::ERR_FAILED", "failed: POST")
    session = book(driver, zone)
    page = open_gate()
    lost: list[object] = []

    def lose_answers(route: Route) -> None:
        if len(lost) < 2:
            lost.append(route.fetch())  # it arrives, and its answer does not
            route.abort()
        else:
            route.continue_()

    page.context.route(re.compile("/gate/scan/"), lose_answers)
    type_code(page, session.qr_code)
    expect(page.locator("[data-unanswered]")).to_be_visible()
    verdict(page, "WAIT")
    axe(page, schemes=("light",))
    expect(page.locator("#answer-word")).to_have_text("LET IN", timeout=8000)
    assert GateScan.objects.filter(session=session).count() == 1


@pytest.mark.parametrize("minutes", [0, 60])
def test_a_scan_without_answer_survives_a_tab_that_was_killed(
    open_gate: OpenGate, booked: ParkingSession, watch: Watch, axe: Callable[..., None], minutes
) -> None:
    watch.allow("net::ERR_", "failed: POST")
    page = open_gate(device="phone")
    lost: list[object] = []

    def lose_answer(route: Route) -> None:
        if not lost:
            lost.append(route.fetch())  # it arrives, and its answer does not
        route.abort()

    page.context.route(re.compile("/gate/scan/"), lose_answer)
    type_code(page, booked.qr_code)
    expect(page.locator("[data-unanswered]")).to_be_visible()
    page.close(run_before_unload=False)
    page.context.unroute(re.compile("/gate/scan/"))
    again = page.context.new_page()
    again.clock.set_fixed_time(clock.now() + timedelta(minutes=minutes))
    again.goto("/gate/")
    if minutes:
        expect(again.get_by_text("This scan has had no answer yet.")).to_be_visible()
        expect(again.locator("[data-code]")).to_have_text(booked.qr_code)
        axe(again)
        again.keyboard.press("Enter")
    verdict(again, "LET IN")
    assert GateScan.objects.filter(session=booked).count() == 1
    again.keyboard.press("Escape")
    again.reload()
    expect(again.get_by_label("Ticket code")).to_be_focused()
    expect(again.locator("[data-answer]")).to_be_hidden()


def test_who_was_signed_out_is_sent_to_sign_in(open_gate: OpenGate, driver: User, zone: ParkingZone) -> None:
    session = book(driver, zone)
    page = open_gate()
    page.context.clear_cookies(name="sessionid")
    type_code(page, session.qr_code)
    page.wait_for_url(re.compile("/sign-in/"))


# --- Quick -------------------------------------------------------------------------------------------


def throttled(context: BrowserContext, page: Page) -> None:
    """A cheap phone on 3G, as Chromium's own tools have it."""
    tools = context.new_cdp_session(page)
    tools.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    slow = {"offline": False, "latency": 562.5, "downloadThroughput": 180_000, "uploadThroughput": 84_375}
    tools.send("Network.emulateNetworkConditions", slow)


def test_a_repeated_visit_paints_within_a_second_on_a_slow_phone(
    new_page: NewPage, sign_in: SignIn, staff: User
) -> None:
    page = new_page("phone")
    sign_in(page, staff)
    page.goto("/gate/")
    page.evaluate("navigator.serviceWorker.ready")
    until(page, "navigator.serviceWorker.controller !== null")
    page.reload()
    until(page, "caches.match(location.href).then(Boolean)")
    throttled(page.context, page)
    script = """() => new Promise((done) => {
        const told = () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime;
        const look = () => (told() ? done(told()) : setTimeout(look, 50));
        look();
    })"""
    # The best of three: the others show how busy this machine is.
    paints = []
    for _ in range(3):
        page.goto("/gate/")
        paints.append(page.evaluate(script))
    assert min(paints) < 1000


def test_a_car_that_is_inside_is_led_to_its_bill_at_the_gate_in(
    open_gate: OpenGate, staff: User, driver: User, zone: ParkingZone
) -> None:
    before = clock.now() - timedelta(minutes=150)
    session = enter(staff, book(driver, zone, None, before), before)
    page = open_gate(way="In")
    type_code(page, session.qr_code)
    verdict(page, "STOP")
    page.keyboard.press("b")
    expect(page.locator("[data-verdict=quote]")).to_be_visible()


def test_the_last_scans_and_the_numbers_of_the_gate_are_at_hand(
    open_gate: OpenGate, booked: ParkingSession, axe: Callable[..., None]
) -> None:
    page = open_gate()
    expect(page.locator("[data-expected]")).to_have_text("1")
    type_code(page, booked.qr_code)
    verdict(page, "LET IN")
    page.keyboard.press("Escape")
    expect(page.locator("[data-expected]")).to_have_text("0")
    expect(page.locator("[data-inside]")).to_have_text("1")
    type_code(page, "QR-000000000000")
    verdict(page, "STOP")
    page.keyboard.press("Escape")
    rows = page.locator("#recent .row")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text("STOP")
    expect(rows.nth(1)).to_contain_text("DL 01 AB 1234")
    axe(page)
