"""The operator's name and colour, wherever people see them."""

from io import BytesIO

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from parking.accounts.mails import mail_reset_links
from parking.core import clock
from parking.core.errors import InvalidInput, Refused
from parking.core.site_settings import BRAND_COLOUR, BRAND_LOGO, BRAND_NAME
from parking.facilities.settings import change_settings, set_logo
from parking.notifications.delivering import deliver
from parking.notifications.models import Channel
from tests.build import actor
from tests.web.office.forms import browser_of, fields_of, text_of

pytestmark = pytest.mark.django_db
SETTINGS = "/office/settings/"


@pytest.fixture
def branded(admin):
    values = {"brand_name": "Mahanagar Parking", "brand_colour": "#7a1f5c"}
    change_settings(actor=actor(admin), site_id=None, values=values, now=clock.now())


def test_pages_have_the_name_and_the_colours(branded):
    page = Client().get("/sign-in/").content.decode()
    assert "· Mahanagar Parking</title>" in page
    assert "</span> Mahanagar Parking</a>" in " ".join(page.split())
    assert "/brand.css?v=7a1f5c" in page
    sheet = Client().get("/brand.css").content.decode()
    assert "--brand: #7a1f5c;" in sheet
    assert '[data-bs-theme="dark"]' in sheet


def test_the_usual_colour_needs_no_sheet_of_its_own():
    page = Client().get("/sign-in/").content.decode()
    assert "Smart Parking" in page
    assert "brand.css" not in page


def test_the_application_is_installed_under_the_name(branded):
    found = Client().get("/app.webmanifest").json()
    assert (found["name"], found["theme_color"]) == ("Mahanagar Parking", "#7a1f5c")
    assert [(icon["sizes"], icon["purpose"], icon["type"]) for icon in found["icons"]] == [
        ("192x192", "any", "image/png"),
        ("512x512", "any", "image/png"),
        ("512x512", "maskable", "image/png"),
    ]


@pytest.mark.parametrize(("name", "side"), [("192", 192), ("512", 512), ("maskable", 512), ("apple-touch", 180)])
def test_icons_have_their_size_and_the_colour(branded, name, side):
    answer = Client().get(f"/icons/{name}.png")
    assert answer.headers["Content-Type"] == "image/png"
    picture = Image.open(BytesIO(answer.content))
    assert picture.size == (side, side)
    assert picture.getpixel((side // 2, side // 12)) == (0x7A, 0x1F, 0x5C, 255)


def test_another_icon_is_not_there():
    assert Client().get("/icons/64.png").status_code == 404


def test_mails_have_the_name(branded, driver):
    type(driver).objects.filter(pk=driver.pk).update(email="asha@example.org")
    mail_reset_links([driver.pk], now=clock.now())
    deliver(now=clock.now(), channel=Channel.MAIL)
    assert mail.outbox[0].subject == "Your new password for Mahanagar Parking"
    assert mail.outbox[0].body.endswith("\n\nMahanagar Parking\n")


def test_a_colour_that_cannot_be_read_is_refused_at_its_field(admin):
    browser = browser_of(admin)
    answer = browser.post(SETTINGS, fields_of(browser.get(SETTINGS)) | {"brand_colour": "#ffcc00"})
    assert list(answer.context["form"].errors) == ["brand_colour"]
    assert "White text on this colour has a contrast of 1.5 to 1" in text_of(answer)
    assert BRAND_COLOUR.at(None) == "#1652c4"


def test_a_site_has_no_brand_of_its_own(admin, zone):
    browser = browser_of(admin)
    assert "brand_name" not in fields_of(browser.get(f"{SETTINGS}?site={zone.site_id}"))
    assert BRAND_NAME.at(zone.site_id) == "Smart Parking"


def logo(colour="#00aa44", size=(300, 100), kind="PNG"):
    """Return a picture of one colour as a file of this kind."""
    written = BytesIO()
    Image.new("RGB", size, colour).save(written, kind)
    return written.getvalue()


@pytest.fixture
def with_logo(admin):
    set_logo(actor=actor(admin), content=logo(), now=clock.now())


def upload(admin, content, name="logo.png"):
    browser = browser_of(admin)
    return browser.post(f"{SETTINGS}logo/", {"file": SimpleUploadedFile(name, content), "step": "save"}, follow=True)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_logo_is_uploaded_and_stands_on_pages(admin, kind):
    assert "Saved." in text_of(upload(admin, logo(kind=kind)))
    page = Client().get("/sign-in/").content.decode()
    address = f"/brand/logo.png?v={BRAND_LOGO.at(None)}"
    assert f'src="{address}"' in page
    shown = Client().get(address)
    assert shown.headers["Content-Type"] == "image/png"
    assert Image.open(BytesIO(shown.content)).size == (300, 100)


def test_a_large_logo_is_made_smaller(admin):
    set_logo(actor=actor(admin), content=logo(size=(2000, 1000)), now=clock.now())
    assert Image.open(BytesIO(Client().get("/brand/logo.png").content)).size == (512, 256)


def test_icons_have_the_logo_in_the_middle_on_white(with_logo):
    picture = Image.open(BytesIO(Client().get("/icons/512.png").content))
    assert picture.getpixel((256, 256)) == (0, 0xAA, 0x44, 255)
    assert picture.getpixel((256, 60)) == (255, 255, 255, 255)


@pytest.mark.parametrize(
    "content", [b"<svg onload=alert(1)></svg>", b"GIF89a" + bytes(20), logo()[:60], bytes(1_000_001)]
)
def test_what_is_no_picture_is_refused_and_changes_nothing(admin, content):
    assert "Choose a PNG, JPEG or WebP picture of at most 1 MB." in text_of(upload(admin, content))
    assert BRAND_LOGO.at(None) == ""


def test_a_picture_that_unpacks_to_too_much_is_refused(admin):
    with pytest.raises(Refused) as refused:
        set_logo(actor=actor(admin), content=logo(size=(6000, 5000)), now=clock.now())
    assert refused.value.code == "picture_invalid"


def test_the_logo_is_taken_away_again(admin, with_logo):
    browser_of(admin).post(f"{SETTINGS}logo/", {"step": "remove"})
    assert "brand-logo" not in Client().get("/sign-in/").content.decode()
    assert Client().get("/brand/logo.png").status_code == 404


def test_a_digest_of_no_picture_is_refused(admin):
    with pytest.raises(InvalidInput):
        change_settings(actor=actor(admin), site_id=None, values={"brand_logo": "0" * 16}, now=clock.now())
