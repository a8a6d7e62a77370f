"""Searches that no keyboard types, on PostgreSQL, which fails at a null character."""

import pytest

from parking.accounts.models import User
from tests.web.office.forms import browser_of

pytestmark = pytest.mark.django_db

SEARCHES = ["/office/passes/?q=%00", "/office/passes/?q=a%00b&charging=FAILED", "/office/tax/new/?site=%00"]


@pytest.mark.parametrize("address", SEARCHES)
def test_a_page_of_the_office_answers_them(admin: User, address: str) -> None:
    assert browser_of(admin).get(address).status_code == 200


@pytest.mark.parametrize("address", ["/gate/debts/?q=%00", "/gate/inside/?q=a%00b"])
def test_so_does_the_gate(staff: User, address: str) -> None:
    assert browser_of(staff).get(address).status_code == 200
