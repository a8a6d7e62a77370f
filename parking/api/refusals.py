"""Codes of refusals that several calls have in common, for the description."""

# What a promo code is refused for where it is given.
PROMO_CODE = ("code_unknown", "code_expired", "code_not_here", "code_used_up")
# Why a vehicle gets no place in a zone.
PLACE = (
    "zone_inactive",
    "zone_closed",
    "kind_not_allowed",
    "pass_needed",
    "vehicle_invalid",
    "vehicle_already_parked",
    "vehicle_unavailable",
    "zone_not_found",
)
BOOKING = (
    *PLACE,
    *PROMO_CODE,
    "points_not_enough",
    "price_changed",
    "booking_limit",
    "gateway_invalid",
    "payment_failed",
)
# What a new version of a tariff is refused for.
VERSION = ("valid_from_past", "events_overlap", "bands_overlap", "waits_already")
PASS_CHANGE = (
    "pass_over",
    "pass_not_cancellable",
    "pass_overlap",
    "pass_swaps_used",
    "vehicle_invalid",
    "pass_not_found",
)
# What the sale of a pass for money at hand is refused for.
PASS_SALE = (
    "payment_method_invalid",
    "amount_too_small",
    "upi_reference_invalid",
    "upi_reference_used",
    "card_invalid",
    "vehicle_invalid",
    "pass_overlap",
    "no_slot_to_keep",
    "organisation_without_contact",
    "plan_not_found",
    "user_not_found",
    "organisation_not_found",
)
PASS_ENTRY = (
    "pass_not_valid",
    "vehicle_not_on_pass",
    "pass_inside",
    "pass_not_here",
    "zone_full",
    "vehicle_unavailable",
    "gate_invalid",
    "pass_not_found",
    "zone_not_found",
)
