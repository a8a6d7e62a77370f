"""The description names refusals by their codes, with examples that fit; what waits for a second person has one too."""

from typing import Any

import jsonschema_rs
import pytest

from parking.edge.refusal_examples import add_examples, refusing
from parking.edge.wording import CATALOGUE
from tests.api.test_description import DESCRIPTION, JSON, NAMES, OPERATIONS

STATUS = {code: family.status for family, codes in CATALOGUE.items() for code in codes}
EXAMPLES: dict[str, Any] = DESCRIPTION["components"]["examples"]
# The calls of prices with the refusals that are their own.
OF_PRICES = {
    "POST /api/admin/zones/{zone_ref}/tariffs/": {
        "valid_from_past", "events_overlap", "bands_overlap", "waits_already", "zone_not_found",
    },
    "DELETE /api/admin/zones/{zone_ref}/tariffs/{tariff_id}/": {"tariff_begun", "tariff_not_found"},
    "PUT /api/admin/zones/{zone_ref}/demand/": {"waits_already"},
    "POST /api/admin/sites/{site_ref}/holidays/": {"holiday_exists", "waits_already"},
    "POST /api/admin/rate-cards/": {"rate_card_name_taken", "second_person_needed"},
    "POST /api/admin/rate-cards/{card_id}/versions/": {"events_overlap", "waits_already", "rate_card_not_found"},
    "POST /api/admin/replays/": {"bands_overlap", "too_many_replays"},
    "POST /api/admin/promo-codes/": {"promo_code_taken"},
    "POST /api/admin/shops/": {"shop_name_taken"},
    "GET /api/admin/shops/{shop_id}/statement/": {"month_not_over"},
    "POST /api/admin/plans/": {"plan_name_taken"},
    "PATCH /api/admin/passes/{number}/": {"pass_over", "asked_already", "refund_exceeds_payment"},
    "POST /api/admin/organisations/": {"organisation_name_taken"},
    "GET /api/public/zones/{zone_ref}/estimate/": {"code_unknown", "code_expired", "code_minimum", "zone_not_found"},
    "POST /api/shop/validate/": {"already_validated", "validation_limit", "not_found_inside", "several_match"},
    "DELETE /api/shop/validations/{validation_id}/": {"undo_over"},
    "POST /api/user/passes/": {"pass_overlap", "vehicle_invalid", "plan_not_found"},
    "PATCH /api/user/passes/{number}/": {"pass_not_cancellable", "pass_swaps_used"},
    "POST /api/user/passes/{number}/pay/": {"nothing_due", "gateway_unavailable"},
    "POST /api/staff/passes/": {"pass_overlap", "amount_too_small"},
    "POST /api/staff/pass-entry/": {"zone_full", "vehicle_not_on_pass", "pass_inside"},
    "POST /api/user/sessions/{session_ref}/points/": {"points_not_enough", "payment_under_way", "session_over"},
    "POST /api/user/sessions/{session_ref}/promo-code/": {"code_used_up", "code_not_here", "payment_under_way"},
    "POST /api/user/reservations/": {"window_full", "price_changed", "vehicle_already_parked"},
    "PATCH /api/user/reservations/{session_ref}/": {
        "late_used", "plate_changed_once", "session_over", "not_a_reservation", "window_full",
    },
    "POST /api/user/waiting-list/": {"zone_not_full", "already_waiting"},
    "POST /api/user/waiting-list/{entry_ref}/accept/": {"no_offer"},
    "POST /api/user/book-slot/": {"price_changed", "code_unknown", "points_not_enough"},
}  # fmt: skip


def _codes(operation: dict[str, Any], status: int) -> set[str]:
    return set(operation["responses"].get(str(status), {}).get("content", {}).get(JSON, {}).get("examples", {}))


def _operation(name: str) -> dict[str, Any]:
    operation: dict[str, Any] = OPERATIONS[NAMES.index(name)][2]
    return operation


@pytest.mark.parametrize("code", sorted(EXAMPLES))
def test_each_refusal_is_an_answer_of_the_contract(code: str) -> None:
    value, whole = (
        EXAMPLES[code]["value"],
        {"$ref": "#/components/schemas/Problem", "components": DESCRIPTION["components"]},
    )
    assert not list(jsonschema_rs.validator_for(whole).iter_errors(value))
    assert (value["success"], value["code"]) == (False, code)
    assert value["message"] == EXAMPLES[code]["summary"] != ""


@pytest.mark.parametrize("name", sorted(OF_PRICES))
def test_the_calls_of_prices_name_their_refusals(name: str) -> None:
    operation = _operation(name)
    for code in OF_PRICES[name]:
        assert code in _codes(operation, STATUS[code]), code


def test_no_key_of_ours_stays_in_the_description() -> None:
    assert [name for name in NAMES if "x-refusals" in _operation(name)] == []


def test_every_failure_has_an_example() -> None:
    bare = [
        (name, status)
        for name, (_, _, operation) in zip(NAMES, OPERATIONS, strict=True)
        for status, answer in operation["responses"].items()
        if int(status) >= 400 and "$ref" in answer.get("content", {}).get(JSON, {}).get("schema", {})
        and not _codes(operation, status)
    ]  # fmt: skip
    assert bare == []


def test_every_answer_that_waits_for_a_second_person_has_an_example() -> None:
    waiting = [name for name in NAMES if "202" in _operation(name)["responses"]]
    examples = {name: _operation(name)["responses"]["202"]["content"][JSON]["example"] for name in waiting}
    tariff = examples["POST /api/admin/zones/{zone_ref}/tariffs/"]
    assert tariff["data"] == {"approval_id": 4, "waits_for": "SECOND_PERSON"}
    for name in waiting:
        schema = _operation(name)["responses"]["202"]["content"][JSON]["schema"]
        whole = schema | {"components": DESCRIPTION["components"]}
        assert not list(jsonschema_rs.validator_for(whole).iter_errors(examples[name])), name


def test_a_code_whose_status_a_call_does_not_have_is_no_description() -> None:
    call = refusing({"responses": {200: {}, 400: {"content": {JSON: {}}}}}, "zone_not_found")
    with pytest.raises(ValueError, match="zone_not_found"):
        add_examples({"paths": {"/": {"get": call}}, "components": {}})
