"""Accounts on pages: found, made, changed; the effect is said before; nobody is locked out by mistake."""

import pytest

from parking.accounts.models import Role, User
from parking.audit.models import AuditEntry
from tests.build import make_user
from tests.web.office.forms import browser_of, fields_of, hidden_fields, text_of

USERS = "/office/users/"
PASSWORD = "blue-tractor-9"


@pytest.fixture
def office(admin):
    return browser_of(admin)


def address(user):
    return f"{USERS}{user.pk}/"


def shown(answer):
    return [user.username for user in answer.context["rows"]]


# --- Found ------------------------------------------------------------------------------------------------


def test_accounts_are_searched_and_narrowed(office, admin):
    ravi = make_user(Role.STAFF, "ravi")
    User.objects.filter(pk=ravi.pk).update(first_name="रवि", phone="+91 98765 43210", email="r@gate.example")
    make_user(Role.USER, "asha")
    User.objects.filter(username="asha").update(is_active=False)
    assert shown(office.get(USERS)) == [admin.username, "ravi", "asha"]
    for q in ("RAV", "रवि", "98765 43", "gate.example"):
        assert shown(office.get(USERS, {"q": q})) == ["ravi"]
    assert shown(office.get(USERS, {"role": "STAFF"})) == ["ravi"]
    assert shown(office.get(USERS, {"active": "no"})) == ["asha"]
    assert shown(office.get(USERS, {"active": "yes", "role": "USER"})) == []
    assert "No account fits this search." in text_of(office.get(USERS, {"q": "nobody"}))


@pytest.mark.parametrize("query", ["q=%00", "role=KING", "active=maybe", "page=-3", "page=x", "page=99999", "q=%ff"])
def test_a_search_that_makes_no_sense_finds_something_to_show(office, query):
    assert office.get(f"{USERS}?{query}").status_code == 200


def test_pages_keep_the_search(office):
    for number in range(30):
        make_user(Role.USER, f"driver-{number:02d}")
    first = office.get(USERS, {"role": "USER", "q": "driver"})
    assert len(shown(first)) == 25
    assert "?q=driver&amp;role=USER&amp;page=2" in text_of(first).replace(
        "role=USER&amp;q=driver", "q=driver&amp;role=USER"
    )
    assert shown(office.get(USERS, {"role": "USER", "q": "driver", "page": "2"})) == [
        f"driver-{number}" for number in range(25, 30)
    ]


@pytest.mark.parametrize("people", [1, 20])
def test_the_list_costs_the_same_however_long_it_is(office, people, django_assert_num_queries):
    for _ in range(people):
        make_user()
    office.get(USERS)  # the process keeps what it read of notices and what waits
    with django_assert_num_queries(6):  # session, account, count, rows, saved views, what waits
        office.get(USERS)


def test_the_own_row_is_marked(office, admin):
    make_user()
    page = text_of(office.get(USERS))
    assert page.count(">You<") == 1
    assert page.index(f">{admin.username}</a>") < page.index(">You<")


def test_a_password_is_never_shown(office, staff):
    staff.set_password(PASSWORD)
    staff.save()
    pages = [office.get(path) for path in (USERS, address(staff), f"{address(staff)}password/")]
    for answer in pages:
        assert "argon2" not in text_of(answer)
        assert staff.password not in text_of(answer)


# --- Made -------------------------------------------------------------------------------------------------


def new_fields(office):
    return fields_of(office.get(f"{USERS}new/")) | {"username": "ravi", "password": PASSWORD, "role": "STAFF"}


def test_an_account_is_made(office, admin):
    sent = new_fields(office) | {"first_name": "रवि", "last_name": "Müller", "phone": "+91 98765 43210"}
    answer = office.post(f"{USERS}new/", sent)
    user = User.objects.get(username="ravi")
    assert (answer.status_code, answer.headers["Location"]) == (302, address(user))
    assert (user.role, user.is_active, user.first_name, user.last_name) == ("STAFF", True, "रवि", "Müller")
    assert user.check_password(PASSWORD)
    assert AuditEntry.objects.get(action="user.created").actor_id == admin.pk


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"username": ""}, "username"),
        ({"username": "रवि"}, "username"),
        ({"username": "a b"}, "username"),
        ({"password": "short"}, "password"),
        ({"role": "KING"}, "role"),
        ({"email": "nobody"}, "email"),
        ({"phone": "call me"}, "phone"),
        ({"language": "fr"}, "language"),
        ({"first_name": "x" * 151}, "first_name"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(office, change, field):
    answer = office.post(f"{USERS}new/", new_fields(office) | change)
    assert answer.status_code == 200
    assert field in answer.context["form"].errors
    assert not User.objects.filter(role="STAFF").exists()
    assert PASSWORD not in text_of(answer)


def test_a_taken_username_is_said_at_the_username(office):
    make_user(Role.USER, "Ravi")
    answer = office.post(f"{USERS}new/", new_fields(office))
    assert answer.context["form"].errors["username"] == ["This username is taken."]


# --- Changed ----------------------------------------------------------------------------------------------


def test_names_and_contact_are_saved_without_a_question(office, staff):
    form = fields_of(office.get(address(staff)))
    answer = office.post(address(staff), form | {"first_name": "Ravi", "language": "hi"})
    assert (answer.status_code, answer.headers["Location"]) == (302, address(staff))
    staff.refresh_from_db()
    assert (staff.first_name, staff.language, staff.role) == ("Ravi", "hi", "STAFF")
    assert AuditEntry.objects.get(action="user.changed").facts["changed"] == ["first_name", "language"]


def test_a_new_role_is_asked_about(office, staff, admin):
    form = fields_of(office.get(address(staff))) | {"role": "ADMIN"}
    question = office.post(address(staff), form)
    assert [(line.before, line.after) for line in question.context["alterations"]] == [("Gate attendant", "Manager")]
    assert f"The new role of {staff.username} takes effect at once on every device." in text_of(question)
    staff.refresh_from_db()
    assert staff.role == "STAFF"
    office.post(address(staff), hidden_fields(question) | {"step": "go"})
    staff.refresh_from_db()
    assert staff.role == "ADMIN"
    assert AuditEntry.objects.get(action="user.changed").actor_id == admin.pk


def test_a_suspension_is_asked_about_and_works_at_once(office, staff):
    theirs = browser_of(staff)
    assert theirs.get("/gate/").status_code == 200
    form = fields_of(office.get(address(staff)))
    form.pop("is_active")
    question = office.post(address(staff), form)
    assert "is signed out everywhere at once" in text_of(question)
    assert theirs.get("/gate/").status_code == 200
    office.post(address(staff), hidden_fields(question) | {"step": "go"})
    assert theirs.get("/gate/").status_code == 302
    page = text_of(office.get(address(staff)))
    assert ">Suspended</span>" in page


def test_somebody_suspended_is_allowed_again_with_a_question(office, staff):
    User.objects.filter(pk=staff.pk).update(is_active=False)
    question = office.post(address(staff), fields_of(office.get(address(staff))) | {"is_active": "on"})
    assert "can sign in again" in text_of(question)
    office.post(address(staff), hidden_fields(question) | {"step": "go"})
    staff.refresh_from_db()
    assert staff.is_active


@pytest.mark.parametrize(("change", "field"), [({"role": "STAFF"}, "role"), ({"is_active": ""}, "is_active")])
def test_the_last_manager_stays_one(office, admin, change, field):
    question = office.post(address(admin), fields_of(office.get(address(admin))) | change)
    assert "This is your own account." in text_of(question)
    answer = office.post(address(admin), hidden_fields(question) | {"step": "go"})
    assert answer.context["form"].errors[field] == ["At least one active manager must remain."]
    admin.refresh_from_db()
    assert (admin.role, admin.is_active) == ("ADMIN", True)
    assert AuditEntry.objects.filter(action="refused.last_admin").count() == 1


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(office, staff):
    form = fields_of(office.get(address(staff)))
    User.objects.filter(pk=staff.pk).update(is_active=False)
    answer = office.post(address(staff), form | {"first_name": "Ravi", "step": "go"})
    assert "Someone else changed this" in text_of(answer)
    staff.refresh_from_db()
    assert (staff.is_active, staff.first_name) == (False, "")


def test_a_new_password_ends_what_was_signed_in(office, staff):
    theirs = browser_of(staff)
    page = text_of(office.get(f"{address(staff)}password/"))
    assert f"{staff.username} is signed out everywhere at once" in page
    answer = office.post(f"{address(staff)}password/", {"password": PASSWORD})
    assert (answer.status_code, answer.headers["Location"]) == (302, address(staff))
    staff.refresh_from_db()
    assert staff.check_password(PASSWORD)
    assert theirs.get("/gate/").status_code == 302
    assert "Password" in text_of(office.get(address(staff)))


def test_a_weak_password_is_refused_with_its_reason(office, staff, settings):
    settings.AUTH_PASSWORD_VALIDATORS = [{"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"}]
    new = office.post(f"{USERS}new/", new_fields(office) | {"password": "password"})
    assert new.context["form"].errors["password"] == ["This password is too common."]
    answer = office.post(f"{address(staff)}password/", {"password": "password"})
    assert answer.context["form"].errors["password"] == ["This password is too common."]
    staff.refresh_from_db()
    assert staff.password == "!"


def test_the_own_password_is_changed_on_the_profile(office, admin, staff):
    assert "password/" not in text_of(office.get(address(admin))).split("<main")[1].split("</main>")[0]
    assert f"{address(staff)}password/" in text_of(office.get(address(staff)))


@pytest.mark.parametrize("role", [Role.USER, Role.STAFF])
@pytest.mark.parametrize("part", ["", "password/"])
def test_nobody_but_a_manager_changes_an_account(admin, role, part):
    answer = browser_of(make_user(role)).post(f"{address(admin)}{part}", {"password": PASSWORD, "role": "USER"})
    assert answer.status_code == 403
    admin.refresh_from_db()
    assert (admin.role, admin.password) == ("ADMIN", "!")


def test_a_form_without_its_token_does_nothing(admin, staff):
    browser = browser_of(admin, enforce_csrf_checks=True)
    assert browser.post(f"{address(staff)}password/", {"password": PASSWORD}).status_code == 403
    staff.refresh_from_db()
    assert staff.password == "!"


def test_what_is_not_there_is_not_found(office):
    assert office.get(f"{USERS}99999/").status_code == 404
    assert office.get(f"{USERS}99999/password/").status_code == 404
