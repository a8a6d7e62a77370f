"""Which tokens are accepted, and which are not."""

from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
import time_machine
from django.conf import settings
from ninja_jwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from parking.accounts import services
from parking.accounts.models import Role, User
from parking.accounts.tokens import SpentToken, TokenPair, forget_expired_tokens, issue
from parking.core import clock
from tests.accounts.people import audit_lines, body_of, failure
from tests.client import ApiClient

ME = "/api/auth/me/"
REFRESH = "/api/auth/refresh/"
LOGOUT = "/api/auth/logout/"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DEAD = (401, "token_not_valid")


@pytest.fixture
def pair(asha: User) -> TokenPair:
    return issue(asha, now=clock.now())


def with_token(token: str) -> ApiClient:
    client = ApiClient()
    client.headers = {"Authorization": f"Bearer {token}"}
    return client


def claims_of(token: str) -> dict[str, Any]:
    return jwt.decode(token, options={"verify_signature": False})


def signed(claims: dict[str, Any], key: str = settings.SECRET_KEY, algorithm: str = "HS256") -> str:
    return jwt.encode(claims, key, algorithm=algorithm)


def forged(genuine: str) -> dict[str, str]:
    """Every way of spoiling a token, by name."""
    claims = claims_of(genuine)
    head, payload, signature = genuine.split(".")
    other_kind = {"access": "refresh", "refresh": "access", "none": "sliding"}
    past = int(clock.now().timestamp()) - 1
    return {
        "alg none": signed(claims, key="", algorithm="none"),
        "alg none, signature kept": f"{signed(claims, key='', algorithm='none')}{signature}",
        "another algorithm": signed(claims, algorithm="HS384"),
        "another key": signed(claims, key="k" * 50),
        "no signature": f"{head}.{payload}.",
        "payload of another": f"{head}.{signed(claims | {'user_id': 2**31}, key='k' * 50).split('.')[1]}.{signature}",
        "expired": signed(claims | {"exp": past}),
        "never expires": signed({name: value for name, value in claims.items() if name != "exp"}),
        "of another kind": signed(claims | {"token_type": other_kind[claims["token_type"]]}),
        "of no kind": signed({name: value for name, value in claims.items() if name != "token_type"}),
        "earlier epoch": signed(claims | {"epoch": -1}),
        "without epoch": signed({name: value for name, value in claims.items() if name != "epoch"}),
        "unknown user": signed(claims | {"user_id": 2**62}),
        "user of another type": signed(claims | {"user_id": "one"}),
        "without user": signed({name: value for name, value in claims.items() if name != "user_id"}),
        "expires after all calendars": signed(claims | {"exp": 10**30}),
        "of a sign-in that is not there": signed(claims | {"sign_in": claims["sign_in"] + 1}),
        "of no number's sign-in": signed(claims | {"sign_in": "1"}),
        "without id": signed({name: value for name, value in claims.items() if name != "jti"}),
        "no token": "nonsense",
        "dots": "...",
        "deep": f"{'W1tb' * 500}.e30.AA",
        "not ASCII": "é.é.é",
    }


WAYS = [
    "alg none",
    "alg none, signature kept",
    "another algorithm",
    "another key",
    "no signature",
    "payload of another",
    "expired",
    "never expires",
    "of another kind",
    "of no kind",
    "earlier epoch",
    "without epoch",
    "unknown user",
    "user of another type",
    "without user",
    "expires after all calendars",
    "of a sign-in that is not there",
    "of no number's sign-in",
    "without id",
    "no token",
    "dots",
    "deep",
    "not ASCII",
]


# --- Access ----------------------------------------------------------------------------------------


def test_an_access_token_opens_the_own_account(pair: TokenPair, asha: User):
    response = with_token(pair.access).get(ME)

    assert response.status_code == 200
    assert body_of(response)["data"]["id"] == asha.pk


@pytest.mark.parametrize("way", WAYS)
def test_a_spoiled_access_token_is_dead(pair: TokenPair, way: str):
    tokens = forged(pair.access)
    assert list(tokens) == WAYS

    response = with_token(tokens[way]).get(ME)

    assert failure(response) == DEAD
    assert response.headers["WWW-Authenticate"] == "Bearer"


def test_a_refresh_token_is_no_access_token(pair: TokenPair):
    assert failure(with_token(pair.refresh).get(ME)) == DEAD


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic YTpi", "Token x"])
def test_no_token_is_no_entry(db: None, header: str | None):
    client = ApiClient()
    client.headers = {} if header is None else {"Authorization": header}

    assert failure(client.get(ME)) in [(401, "not_authenticated"), DEAD]


def test_an_access_token_lives_24_hours(asha: User):
    with time_machine.travel(NOON, tick=False) as moment:
        access = with_token(issue(asha, now=clock.now()).access)
        moment.shift(timedelta(hours=24, seconds=-1))
        assert access.get(ME).status_code == 200
        moment.shift(1)
        assert failure(access.get(ME)) == DEAD


def test_suspension_ends_the_access_at_once(pair: TokenPair, asha: User):
    User.objects.filter(pk=asha.pk).update(is_active=False)

    assert failure(with_token(pair.access).get(ME)) == DEAD


def test_the_role_is_the_present_one_whatever_the_token_says(pair: TokenPair, asha: User):
    claims = claims_of(pair.access) | {"role": "ADMIN"}
    assert failure(with_token(signed(claims)).get("/api/admin/users/")) == (403, "forbidden")

    User.objects.filter(pk=asha.pk).update(role=Role.ADMIN)

    assert with_token(pair.access).get("/api/admin/users/").status_code == 200


# --- Refresh ---------------------------------------------------------------------------------------


def test_refreshing_gives_a_new_pair_and_kills_the_old_token(anybody: ApiClient, pair: TokenPair, asha: User):
    response = anybody.post(REFRESH, {"refresh": pair.refresh})

    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    new = body_of(response)
    assert sorted(new) == ["access", "refresh"]
    assert with_token(new["access"]).get(ME).status_code == 200
    assert anybody.post(REFRESH, {"refresh": new["refresh"]}).status_code == 200
    assert failure(anybody.post(REFRESH, {"refresh": pair.refresh})) == DEAD


def test_a_spent_refresh_token_that_comes_again_ends_its_sign_in(anybody: ApiClient, pair: TokenPair, asha: User):
    other = issue(asha, now=clock.now())
    new = body_of(anybody.post(REFRESH, {"refresh": pair.refresh}))
    assert with_token(new["access"]).get(ME).status_code == 200

    assert failure(anybody.post(REFRESH, {"refresh": pair.refresh})) == DEAD

    for access in (pair.access, new["access"]):
        assert failure(with_token(access).get(ME)) == DEAD
    assert failure(anybody.post(REFRESH, {"refresh": new["refresh"]})) == DEAD
    assert with_token(other.access).get(ME).status_code == 200
    assert anybody.post(REFRESH, {"refresh": other.refresh}).status_code == 200
    assert audit_lines() == [
        ("token.refreshed", asha.pk, asha.pk, False),
        ("refused.token_spent", None, asha.pk, True),
        ("sign_in.ended", None, asha.pk, False),
        # The tokens of the sign-in that ended.
        ("refused.token_not_valid", None, None, True),
        ("token.refreshed", asha.pk, asha.pk, False),
    ]


def test_a_call_that_was_under_way_when_its_token_was_spent_ends_nothing(anybody: ApiClient, pair: TokenPair):
    earlier = clock.now()
    new = body_of(anybody.post(REFRESH, {"refresh": pair.refresh}))

    with pytest.raises(SpentToken):
        services.refresh(token=pair.refresh, now=earlier)

    assert with_token(new["access"]).get(ME).status_code == 200


@pytest.mark.parametrize("way", WAYS)
def test_a_spoiled_refresh_token_is_dead_and_changes_nothing(anybody: ApiClient, pair: TokenPair, way: str):
    response = anybody.post(REFRESH, {"refresh": forged(pair.refresh)[way]})

    assert failure(response) == DEAD
    assert not BlacklistedToken.objects.exists()
    assert OutstandingToken.objects.count() == 1


def test_an_access_token_is_no_refresh_token(anybody: ApiClient, pair: TokenPair):
    assert failure(anybody.post(REFRESH, {"refresh": pair.access})) == DEAD


def test_a_refresh_token_lives_seven_days(anybody: ApiClient, asha: User):
    with time_machine.travel(NOON, tick=False) as moment:
        pair, later = issue(asha, now=clock.now()), issue(asha, now=clock.now())
        moment.shift(timedelta(days=7, seconds=-1))
        assert anybody.post(REFRESH, {"refresh": pair.refresh}).status_code == 200
        moment.shift(1)
        assert failure(anybody.post(REFRESH, {"refresh": later.refresh})) == DEAD


def test_suspension_ends_the_refresh_token(anybody: ApiClient, pair: TokenPair):
    User.objects.update(is_active=False)

    assert failure(anybody.post(REFRESH, {"refresh": pair.refresh})) == DEAD


def test_a_refresh_token_that_is_not_on_record_is_dead(anybody: ApiClient, pair: TokenPair):
    OutstandingToken.objects.all().delete()

    assert failure(anybody.post(REFRESH, {"refresh": pair.refresh})) == DEAD


@pytest.mark.parametrize("value", [None, "", 7, ["x"], "x" * 4001])
def test_bad_input_is_refused(anybody: ApiClient, pair: TokenPair, value: object):
    assert failure(anybody.post(REFRESH, {"refresh": value})) == (400, "validation_error")


def test_the_database_holds_no_token_to_sign_in_with(pair: TokenPair):
    assert OutstandingToken.objects.get().token == ""


def test_records_of_expired_tokens_are_forgotten(asha: User):
    with time_machine.travel(NOON, tick=False) as moment:
        issue(asha, now=clock.now())
        moment.shift(timedelta(days=1))
        issue(asha, now=clock.now())
        moment.shift(timedelta(days=6))

        assert forget_expired_tokens(now=clock.now()) == 1
        assert OutstandingToken.objects.get().expires_at == NOON + timedelta(days=8)


# --- Logout ----------------------------------------------------------------------------------------


def test_signing_out_kills_the_refresh_token(asha: User, pair: TokenPair):
    client = with_token(pair.access)

    response = client.post(LOGOUT, {"refresh": pair.refresh})

    assert (response.status_code, body_of(response)["success"]) == (200, True)
    assert failure(client.post(REFRESH, {"refresh": pair.refresh})) == DEAD
    assert failure(client.post(LOGOUT, {"refresh": pair.refresh})) == DEAD
    assert audit_lines()[0] == ("logout", asha.pk, asha.pk, False)


def test_signing_out_ends_the_access_tokens_of_this_sign_in_and_no_other(asha: User, pair: TokenPair):
    other = issue(asha, now=clock.now())
    client = with_token(pair.access)

    assert client.post(LOGOUT, {"refresh": pair.refresh}).status_code == 200

    assert failure(client.get(ME)) == DEAD
    assert with_token(other.access).get(ME).status_code == 200


def test_a_token_of_an_earlier_version_names_no_sign_in_and_works(anybody: ApiClient, pair: TokenPair):
    def older(token: str) -> str:
        return signed({name: value for name, value in claims_of(token).items() if name != "sign_in"})

    assert with_token(older(pair.access)).get(ME).status_code == 200
    assert anybody.post(REFRESH, {"refresh": older(pair.refresh)}).status_code == 200


def test_the_user_and_the_sign_in_are_read_in_one_statement(pair: TokenPair, django_assert_num_queries):
    client = with_token(pair.access)
    with django_assert_num_queries(1):
        assert client.get(ME).status_code == 200


def test_signing_out_works_after_the_access_token_ran_out(anybody: ApiClient, pair: TokenPair):
    assert anybody.post(LOGOUT, {"refresh": pair.refresh}).status_code == 200
    assert failure(anybody.post(REFRESH, {"refresh": pair.refresh})) == DEAD


def test_nobody_signs_somebody_else_out(anybody: ApiClient, as_staff: ApiClient, pair: TokenPair):
    assert failure(as_staff.post(LOGOUT, {"refresh": pair.refresh})) == DEAD
    assert anybody.post(REFRESH, {"refresh": pair.refresh}).status_code == 200


def test_signing_out_with_a_bad_access_token_is_refused(pair: TokenPair):
    assert failure(with_token("nonsense").post(LOGOUT, {"refresh": pair.refresh})) == DEAD
