"""Which new passwords are refused."""

import pytest
from django.core.exceptions import ValidationError

from parking.accounts.models import User
from parking.accounts.password_rules import ContextWordsValidator, consists_of
from smart_parking import environment


@pytest.mark.parametrize(
    "password",
    ["parking2026", "SmartParking!", "P@rk1ng-2026", "asha1990", "Asha.Rao1", "asha@example", "parkingasha", "$mart1"],
)
def test_own_data_and_words_of_the_trade_make_no_password(password: str) -> None:
    user = User(username="asha", first_name="Asha", last_name="Rao", email="asha.rao@example.org")
    with pytest.raises(ValidationError):
        ContextWordsValidator().validate(password, user)


@pytest.mark.parametrize("password", ["monsoon-2026", "asha-monsoon-99", "parking lots of bread", "9841-5520-1187"])
def test_other_words_beside_them_do(password: str) -> None:
    ContextWordsValidator().validate(password, User(username="asha", email="asha@example.org"))


def test_short_words_are_no_context() -> None:
    assert not consists_of("rao-1234", ["rao"])
    assert consists_of("park-1234", ["park"])


def test_production_asks_for_ten_characters_and_looks_into_the_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (environment.read().password_length, environment.read().password_lists) == (8, False)
    monkeypatch.setenv("SMART_PARKING_ENV", "production")
    assert (environment.read().password_length, environment.read().password_lists) == (10, True)
