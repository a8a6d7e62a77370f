"""The own account on its page: name, contact, language; saved vehicles."""

import pytest
from django.test import Client
from django_tasks_db.models import DBTaskResult

from parking.accounts.confirmation_tokens import new_confirmation_token
from parking.accounts.models import User
from parking.core import clock
from parking.core.plate_words import plate_words
from parking.vehicles.models import SavedVehicle
from parking.vehicles.saving import MOST_SAVED, save_vehicle
from tests.build import actor, book, make_user, plate
from tests.web.account.conftest import PASSWORD

pytestmark = pytest.mark.django_db

MINE = {"first_name": "Asha", "last_name": "राव", "email": "asha@example.org", "phone": "", "language": "en"}
CAR = {"plate": "dl 01 ab 1234", "vehicle_kind": "EV", "owner_name": "आशा राव", "label": "Blue one"}


@pytest.mark.parametrize("who", ["driver", "staff", "admin"])
def test_everybody_changes_the_own_account(request, browser_of, who):
    user = request.getfixturevalue(who)
    user.set_password(PASSWORD)
    user.save()
    browser = browser_of(user)
    answer = browser.post(
        "/profile/", MINE | {"password": PASSWORD} | {"role": "ADMIN", "username": "else"}, follow=True
    )
    assert answer.redirect_chain == [("/profile/", 302)]
    page = answer.content.decode()
    assert 'value="राव"' in page
    assert "Saved." in page
    kept = User.objects.get()
    assert (kept.first_name, kept.email, kept.role, kept.username) == ("Asha", MINE["email"], user.role, user.username)


def test_another_address_or_number_needs_the_password(browser_of, asha):
    browser = browser_of(asha)
    for typed, sentence in (
        ("", "Enter your password to change your e-mail address or phone number."),
        ("wrong", "The password is wrong."),
    ):
        answer = browser.post("/profile/", MINE | {"password": typed})
        assert (answer.status_code, sentence in answer.content.decode()) == (200, True)
    asha.refresh_from_db()
    assert asha.email == "someone@example.org"
    assert browser.post("/profile/", MINE | {"email": asha.email}).status_code == 302


def test_an_address_that_is_not_confirmed_says_so_until_its_link_is_used(browser_of, browser, asha):
    owner = browser_of(asha)
    assert "E-mail address not confirmed" in owner.get("/profile/").content.decode()
    address = f"/email/confirm/{new_confirmation_token(asha, now=clock.now())}/"

    assert browser.get(address).status_code == 200
    asha.refresh_from_db()
    assert asha.email_confirmed_at is None
    assert browser.post(address).headers["Location"] == "/sign-in/"

    assert "E-mail address not confirmed" not in owner.get("/profile/").content.decode()
    forged = browser.post("/email/confirm/forged/")
    assert (forged.status_code, "too old" in forged.content.decode()) == (400, True)


def test_the_link_is_sent_again(browser_of, asha):
    answer = browser_of(asha).post("/email/confirmation/")
    assert answer.headers["Location"] == "/profile/"
    asked, _wish = DBTaskResult.objects.get().args_kwargs["args"]
    assert asked == asha.pk


def test_attendants_have_no_vehicles_and_no_history(browser_of, staff):
    browser = browser_of(staff)
    page = browser.get("/profile/").content.decode()
    assert "/profile/vehicles/" not in page
    assert "/history/" not in page
    assert "/password/change/" in page
    assert [browser.get(path).status_code for path in ("/profile/vehicles/", "/history/")] == [403, 403]


def test_a_contact_must_remain(browser_of, asha):
    answer = browser_of(asha).post("/profile/", MINE | {"email": ""})
    assert (answer.status_code, "Enter an e-mail address or a phone number." in answer.content.decode()) == (200, True)
    asha.refresh_from_db()
    assert (asha.first_name, asha.email) == ("", "someone@example.org")


def test_the_chosen_language_is_spoken_at_once(browser_of, asha):
    answer = browser_of(asha).post("/profile/", MINE | {"language": "hi", "password": PASSWORD}, follow=True)
    assert '<html lang="hi">' in answer.content.decode()
    asha.refresh_from_db()
    assert asha.language == "hi"


def test_nothing_of_the_account_is_for_others(browser):
    for path in ("/profile/", "/profile/vehicles/", "/password/change/", "/history/", "/history/history.csv"):
        assert browser.get(path).headers["Location"] == f"/sign-in/?next={path.replace('/', '%2F')}"


# --- Vehicles ------------------------------------------------------------------------------------------


def test_a_vehicle_is_saved_and_forgotten(browser_of, asha):
    browser = browser_of(asha)
    answer = browser.post("/profile/vehicles/", CAR, follow=True)
    page = answer.content.decode()
    assert f"{plate_words('DL-01-AB-1234')} is saved." in page
    assert "Electric car · आशा राव · Blue one" in " ".join(page.split())
    saved = SavedVehicle.objects.get()
    assert saved.driver == asha
    answer = browser.post(f"/profile/vehicles/{saved.pk}/forget/", follow=True)
    assert "No vehicle is saved yet." in answer.content.decode()
    assert not SavedVehicle.objects.exists()


def test_somebody_elses_vehicle_is_not_there(browser_of, asha):
    theirs = save_vehicle(actor=actor(make_user()), plate=plate(), owner_name="Ravi", now=clock.now())
    browser = browser_of(asha)
    assert plate_words(theirs.vehicle.vehicle_number) not in browser.get("/profile/vehicles/").content.decode()
    assert browser.post(f"/profile/vehicles/{theirs.pk}/forget/").status_code == 404
    assert browser.get(f"/profile/vehicles/{theirs.pk}/forget/").status_code == 405
    assert SavedVehicle.objects.count() == 1


def test_forgetting_needs_the_will(asha, browser_of):
    saved = save_vehicle(actor=actor(asha), plate=plate(), owner_name="Asha", now=clock.now())
    browser = browser_of(asha)
    browser.handler.enforce_csrf_checks = True
    assert browser.post(f"/profile/vehicles/{saved.pk}/forget/").status_code == 403
    assert SavedVehicle.objects.count() == 1


def test_a_plate_that_is_none_is_said_at_its_field(browser_of, asha):
    answer = browser_of(asha).post("/profile/vehicles/", CAR | {"plate": "HELLO"})
    page = answer.content.decode()
    assert (answer.status_code, 'id="id_plate_error"' in page) == (200, True)
    assert "4 to 15 letters and digits, as on the plate." in page
    assert 'value="HELLO"' in page
    assert not SavedVehicle.objects.exists()


def test_more_than_twenty_vehicles_are_refused(browser_of, asha):
    for _ in range(MOST_SAVED):
        save_vehicle(actor=actor(asha), plate=plate(), owner_name="Asha", now=clock.now())
    answer = browser_of(asha).post("/profile/vehicles/", CAR)
    assert "You can save 20 vehicles at most." in answer.content.decode()
    assert SavedVehicle.objects.count() == MOST_SAVED


def test_an_open_booking_is_linked(browser_of, asha, zone):
    session = book(asha, zone, "DL-01-AB-1234")
    browser = browser_of(asha)
    browser.post("/profile/vehicles/", CAR)
    assert f'href="/tickets/{session.pk}/"' in browser.get("/profile/vehicles/").content.decode()


def test_names_are_shown_as_text(browser_of, asha):
    browser = browser_of(asha)
    browser.post("/profile/vehicles/", CAR | {"owner_name": "<script>alert(1)</script>"})
    page = browser.get("/profile/vehicles/").content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page


def test_the_page_is_kept_by_nobody(browser_of, asha):
    assert browser_of(asha).get("/profile/").headers["Cache-Control"] == "private, no-store"


def test_signing_out_closes_the_pages(browser_of, asha):
    browser = browser_of(asha)
    browser.post("/sign-out/")
    assert browser.get("/profile/").status_code == 302
    assert isinstance(browser, Client)


def test_kinds_of_vehicles_are_worded_for_each_reader(browser_of, asha, monkeypatch):
    monkeypatch.setattr("parking.web.templatetags.parking.word", lambda kind: f"{kind} in another language")
    page = browser_of(asha).get("/profile/vehicles/").content.decode()
    assert ">CAR in another language</option>" in page
