"""Our process dies by `kill -9` at every step of a mandate: asked for, given, charged, told of, ended."""

import pytest

from parking.accounts.models import Role
from parking.passes.mandate_models import Mandate
from tests.build import make_user, make_zone
from tests.gateways.standin import Standin, standin, standin_process
from tests.killing import deaths_of

__all__ = ["standin", "standin_process"]  # fixtures that are made there

pytestmark = pytest.mark.django_db(transaction=True)


def test_killed_at_any_step_one_mandate_charges_once(transactional_db: None, standin: Standin) -> None:
    zone, driver = make_zone(slots=3), make_user(Role.USER)
    arguments = (standin.address, str(zone.pk), str(driver.pk))
    deaths = deaths_of("tests.passes.killed_mandate", *arguments, standin=standin.address)
    # The plan and the subscription that are made, and the one that is cancelled.
    assert deaths["before a call"] == deaths["after a call"] == 3
    assert deaths["before a commit"] == deaths["after a commit"] >= 20
    assert set(Mandate.objects.values_list("status", flat=True)) == {"ENDED"}
