"""The sentences of refusals, for people, in their language. The API's own texts are a contract and stay English."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from parking.core.errors import (
    DomainError,
    Forbidden,
    InvalidInput,
    KeyReused,
    NotFound,
    Refused,
    TooMany,
    Unauthenticated,
    Unavailable,
)
from parking.invoices.gstin import Fault, FaultKind

# Every code of a refusal by its family, which gives the status, with its sentence.
CATALOGUE: dict[type[DomainError], dict[str, Promise]] = {
    Refused: {
        "already_entered": _("This ticket was already scanned at the entry. The car is inside."),
        "already_exited": _("This ticket was already used to leave."),
        "already_refunded": _("This payment was already refunded in full."),
        "amount_invalid": _("The amount must be more than zero."),
        "amount_mismatch": _("This is not the amount due. Please check again."),
        "amount_below_gateway_minimum": _("Amounts under ₹1 cannot be paid online. Please pay at the counter."),
        "amount_too_small": _("The cash received is less than the amount due."),
        "booking_limit": _(
            "You have too many bookings that are open, unpaid or were cancelled. "
            "Use or pay for one, or try again in an hour."
        ),
        "booking_cancelled": _("This booking was cancelled."),
        "booking_expired": _("Booking expired, please rebook."),
        "confirmation_link_invalid": _("This link is too old, or the address was changed. Please ask for a new one."),
        "currency_invalid": _("Only Indian rupees are taken."),
        "import_too_large": _("This is more than can be imported at once: 1,000 slots, 100 people, 2 MB."),
        "import_unreadable": _("This is not an XLSX file that can be read."),
        "import_without_sheets": _("The file has no sheet of the name Slots or People."),
        "special_slot_not_allowed": _("The office has not allowed you slots of this kind. Please ask there."),
        "confirm_mismatch": _("That is neither the owner's name nor the end of the phone number."),
        "phone_incomplete": _("Type all ten digits of the phone number."),
        "phone_unknown": _("No phone number of the driver is known."),
        "debts_need_counter": _("Debts are paid here in cash or by UPI. The driver can pay them online."),
        "objection_exists": _("You already objected to this debt. The reply will appear beside it."),
        "objection_not_waiting": _("This objection was answered already."),
        "decided_already": _("This was decided already."),
        "asked_already": _("This was asked for already, and waits for another manager."),
        "debt_closed": _("This debt is settled already."),
        "delivery_not_failed": _("This message was sent, or is being sent again already."),
        "push_keys_invalid": _("This browser did not give the keys that push messages need."),
        "push_service_unknown": _("Push messages of this browser are not supported."),
        "document_issued": _("The invoice was issued already. What stands on it cannot be changed."),
        "entry_not_scanned": _("The car has not come in yet."),
        "export_too_large": _("Too many rows for one XLSX file: take CSV, or choose fewer days."),
        "gate_invalid": _("There is no such gate here. Please choose your gate."),
        "gate_name_taken": _("There is already a gate with this name."),
        "kind_not_allowed": _("This zone does not take this vehicle type."),
        "already_exempt": _("This session is exempt already."),
        "exempt_class_exists": _("This car park has such a class already."),
        "kind_fixed": _("After the entry only a manager changes the vehicle type, with a photo."),
        "not_exempt": _("This session is not exempt."),
        "too_many_photos": _("This session has as many photos as it can have."),
        "photo_invalid": _("A JPEG, PNG, HEIC or WebP photo of at most 12 MB is needed."),
        "photo_needed": _("A photo is needed."),
        "quote_given": _("The bill was shown at the exit already."),
        "payment_at_entry": _("This car pays at the entry, before it goes in."),
        "no_slot_to_keep": _("No slot can be kept for this pass now. Choose another plan, or ask the car park."),
        "pass_inside": _("This car is inside already. Ask a supervisor to end that session first."),
        "pass_needed": _("This zone is for vehicles with a pass."),
        "pass_needs_plate": _("This pass is for several vehicles. Which plate is at the gate?"),
        "pass_not_cancellable": _(
            "A pass can be cancelled within 24 hours of its payment, if it was never used. "
            "You can switch off its renewal."
        ),
        "pass_not_here": _("This pass does not hold here."),
        "pass_not_valid": _("This pass does not hold at that time."),
        "pass_over": _("This pass is over."),
        "pass_overlap": _("One of these vehicles has a pass here for that time already."),
        "pass_swaps_used": _("The vehicles of a pass can be exchanged twice a month. Please try again next month."),
        "plan_not_on_sale": _("This plan is not sold any more."),
        "plan_name_taken": _("There is already a plan with this name."),
        "amount_exceeds_due": _("This is more than is due on the invoice."),
        "bank_reference_used": _("This transfer was entered for this invoice already."),
        "list_too_large": _("This is more than can be uploaded at once: 2,000 vehicles, 500 kB."),
        "tds_not_refundable": _("Tax that the customer deducted cannot be given back here."),
        "list_unreadable": _("This is not a CSV file that can be read."),
        "organisation_name_taken": _("There is already an organisation with this name."),
        "invoice_not_overdue": _("An invoice is written off once it is overdue."),
        "organisation_over": _("The agreement with this organisation is over."),
        "organisation_without_contact": _("This organisation has no contact who could hold the pass."),
        "use_pass_entry": _("This is the code of a pass. Let the car in with its plate."),
        "too_early": _("This reservation has not begun yet. The car can come in shortly before its start."),
        "no_place_yet": _("No place is free yet. We keep looking until the reservation starts."),
        "vehicle_elsewhere": _("This vehicle has not left its other place yet."),
        "window_full": _("All places of this time are reserved. Choose another time or zone."),
        "zone_not_full": _("A place is free now. You can book it."),
        "already_waiting": _("This vehicle is in line for this zone already."),
        "no_offer": _("There is no offer to accept, or it is over."),
        "not_a_reservation": _("This was booked for now. Only reservations have a start and an end."),
        "late_used": _("You asked for more time once already."),
        "plate_changed_once": _("The plate of a booking can be changed once."),
        "too_late_to_change": _("The plate can be changed up to two hours before the start."),
        "vehicle_not_on_pass": _("This plate is not on the pass."),
        "places_in_use": _("More places than that are booked or occupied."),
        "site_code_taken": _("There is already a car park with this code."),
        "site_in_use": _("Retire the zones of this car park first."),
        "site_name_taken": _("There is already a car park with this name."),
        "zone_closed": _("This zone is closed at this time."),
        "bands_overlap": _("Two bands of this tariff hold at the same time."),
        "events_overlap": _("Another event of this zone holds at that time."),
        "valid_from_past": _("A tariff cannot begin in the past."),
        "tariff_begun": _("This tariff has begun. Let another one follow it, or end an event early."),
        "tariff_has_bands": _("The rate of this zone follows its tariff. Please change the tariff."),
        "not_an_event": _("Only an event has an end. Let another tariff follow this one."),
        "rate_card_name_taken": _("There is already a rate card with this name."),
        "rate_card_elsewhere": _("This rate card is also laid at car parks that are not yours."),
        "code_unknown": _("There is no such promo code."),
        "code_expired": _("This promo code has expired."),
        "has_entry_record": _("This plate has an entry record: let it out without a code. There is no fee."),
        "similar_plates_inside": _("Cars with similar plates are inside. Is it one of them?"),
        "receipt_doubted": _("Someone told us already that another sum was paid."),
        "pay_later_limit": _("Paying later is used up for this plate or for you. Call the supervisor."),
        "plate_has_booking": _("This plate has a booking here. Ask the driver for the code, or let it in without one."),
        "plate_is_inside": _("This plate is inside already."),
        "month_not_over": _("This month is not over yet."),
        "nothing_to_invoice": _("This shop owes nothing for this month."),
        "several_match": _("Several cars inside match. Scan the code, or type more of the plate."),
        "already_validated": _("Your shop has validated this session already."),
        "validation_limit": _("Your shop has validated as often as it may for now."),
        "undo_over": _("The time to take it back is over."),
        "shop_name_taken": _("There is already a shop with this name here."),
        "price_changed": _("The price has changed. Please check it and book again."),
        "points_not_enough": _("You do not have so many points."),
        "code_used_up": _("This promo code is used up."),
        "code_not_here": _("This promo code does not hold for this booking."),
        "code_minimum": _("Your bill is too small for this promo code."),
        "payment_under_way": _("A payment is under way. Please finish it first."),
        "session_over": _("This parking session is over."),
        "too_many_replays": _("Several replays are waiting already. Please wait until one is done."),
        "promo_code_taken": _("There is already a promo code with this name."),
        "promo_code_elsewhere": _("This promo code also holds at car parks that are not yours."),
        "holiday_exists": _("This day is already a holiday."),
        "zone_is_marked": _("The slots of this zone have numbers: add them one by one."),
        "zone_is_unmarked": _("The places of this zone have no numbers: set how many there are."),
        "gateway_invalid": _("This payment method is not available."),
        "last_admin": _("At least one active manager must remain."),
        "mail_address_missing": _("There is no e-mail address to send it to. Add one to the profile."),
        "not_active": _("Only the session of a car that is inside can be ended."),
        "not_cancellable": _("This booking cannot be cancelled any more."),
        "lookup_invalid": _("This list cannot be searched in this way."),
        "nothing_due": _("Nothing is due now."),
        "charged_by_mandate": _("This renewal is charged automatically. Stop that first to pay it yourself."),
        "mandates_off": _("Automatic charges are not offered here."),
        "mandate_not_possible": _("Automatic charges are not possible for this pass, or its end is too near."),
        "mandate_ending": _("The last automatic charge is being stopped. Please try again in a minute."),
        "mandate_refused": _("The payment provider does not take automatic charges now."),
        "order_not_in_review": _("This payment does not need a review."),
        "paper_block_exists": _("This car park has a block of this name already."),
        "paper_cash_invalid": _("Cash belongs to a slip with a time out, and is at most what was due."),
        "paper_number_invalid": _("This block has no slip of this number."),
        "paper_slip_used": _("This slip was entered before, with other values."),
        "paper_time_invalid": _("In comes before out, not in the future, and at most 7 days ago."),
        "display_code_unknown": _("No display shows this code. Check the six digits."),
        "gate_needed": _("Choose the gate first."),
        "last_four_invalid": _("Enter the last four digits of the plate."),
        "token_exists": _("Some of these token numbers exist already."),
        "token_of_other_use": _("This token is for something else. Take one of the right kind."),
        "too_many_items": _("A car leaves ten helmets and bags at most."),
        "token_in_use": _("This token is with another car."),
        "token_lost": _("This token was reported lost. Find the car by its plate."),
        "own_emergency": _("Another manager must waive what an emergency that you began owes."),
        "emergency_running": _("An emergency runs here already."),
        "emergency_waits": _("An emergency waits here for a second person already."),
        "own_change": _("Another manager must approve a change that you asked for."),
        "waits_already": _("Another change of this already waits for a second person."),
        "second_person_needed": _(
            "A price of today falls by this, or a code gives 80 % and more: a second person must approve. Set it as a "
            "tariff or code of its own, or let it begin tomorrow."
        ),
        "own_refund": _("Another manager must approve a refund that you requested."),
        "own_takings": _("Another manager must hand back money that you took."),
        "own_termination": _("Another manager must write off what a stay that you ended owes."),
        "password_unchanged": _("This is your current password. Please choose another one."),
        "password_wrong": _("The password is wrong."),
        "payment_declined": _("The payment was declined."),
        "payment_failed": _("The payment did not go through. Nothing was charged; please try again."),
        "payment_given_up": _("This payment was abandoned. Please check the amount due now."),
        "payment_in_review": _("Your payment arrived and is being checked. Please do not pay again."),
        "payment_method_invalid": _("This payment method is not known here."),
        "payment_pending": _("The booking fee is not paid yet."),
        "refund_at_gateway": _("The payment service has this refund and did not refuse it. Settle it there."),
        "refund_beyond_limit": _("That is more than you may refund at once or today. Please ask a manager."),
        "refund_changed": _("The time for a full refund has passed, so less is refunded. Please check again."),
        "refund_documented": _("The bill was closed with this refund. Say why it is not handed out now."),
        "refund_exceeds_payment": _("That is more than can still be refunded."),
        "refund_not_held": _("This refund is not waiting to be sent."),
        "refund_not_in_review": _("Only a refund in review can be tried again."),
        "refund_not_waiting": _("This refund does not need approval."),
        "refund_under_way": _("Another refund of this payment is under way."),
        "picture_invalid": _("Choose a PNG, JPEG or WebP picture of at most 1 MB."),
        "reset_link_invalid": _("This link was used already or is too old. Please ask for a new one."),
        "series_used_up": _("All numbers of this series are used. The office has to set another prefix."),
        "setting_unknown": _("There is no such setting."),
        "signature_invalid": _("The payment could not be verified."),
        "slot_in_use": _("This slot is booked, occupied or kept for a pass."),
        "slot_taken": _("This slot is not free. Choose another one."),
        "slot_unsuitable": _("This slot is not for this vehicle type."),
        "not_given_ticket": _("Only for a ticket that was given at the gate."),
        "no_slot_yet": _("This reservation has no slot yet."),
        "slot_number_taken": _("Some of these slot numbers exist already."),
        "too_many_orders": _("Too many payments to compare: choose fewer days, or upload a settlement file."),
        "too_many_vehicles": _("You can save 20 vehicles at most."),
        "too_many_notes": _("This session has many open notes. Tick some off first."),
        "card_approval_used": _("This approval of the terminal paid another bill today already."),
        "card_invalid": _("Enter the last four digits, the approval and the terminal as the slip says them."),
        "pay_on_ticket": _("This car was booked with an account: pay on its ticket, or at the gate."),
        "phone_or_photo_needed": _("Ask for the driver's phone number."),
        "plate_changed_meanwhile": _("Someone corrected this plate just now. Please look again."),
        "typed_references_off": _("UPI and cards at the counter are switched off here."),
        "upi_reference_invalid": _("Enter the 12 digits of the UPI reference."),
        "upi_reference_used": _("This UPI reference paid another bill already."),
        "user_mismatch": _("This belongs to another account."),
        "vehicle_already_parked": _("This vehicle has an open booking already."),
        "vehicle_invalid": _("Please check the plate."),
        "vehicle_mismatch": _("This is not the booked plate."),
        "vehicle_unavailable": _("This vehicle cannot be booked now."),
        "wrong_site": _("This ticket is for another car park."),
        "zone_full": _("This zone is full. Please try another one."),
        "zone_in_use": _("This zone has open bookings, cars inside or slots that are kept for passes."),
        "zone_inactive": _("This zone is closed."),
        "zone_name_taken": _("There is already a zone with this name."),
    },
    InvalidInput: {
        "username_taken": _("This username is taken."),
        "validation_error": _("Please check what you entered."),
    },
    NotFound: {
        "delivery_not_found": _("There is no such message."),
        "push_subscription_not_found": _("This browser shows no push messages of yours."),
        "unsubscribe_link_invalid": _("This link is not complete. Please open it from the mail again."),
        "tariff_not_found": _("There is no such tariff."),
        "not_found_inside": _("No such car is inside here."),
        "validation_not_found": _("There is no such validation."),
        "shop_not_found": _("There is no such shop."),
        "replay_not_found": _("There is no such replay."),
        "voucher_not_found": _("There is no such voucher."),
        "promo_code_not_found": _("There is no such promo code."),
        "rate_card_not_found": _("There is no such rate card."),
        "holiday_not_found": _("There is no such holiday."),
        "approval_not_found": _("Nothing is waiting for this decision."),
        "paper_block_not_found": _("This car park has no such block of slips."),
        "left_behind_step_not_found": _("There is no such step."),
        "display_not_found": _("There is no such display."),
        "token_not_found": _("This token is not known here."),
        "emergency_not_found": _("There is no such emergency."),
        "debt_not_found": _("There is no such debt."),
        "exempt_class_not_found": _("There is no such class here."),
        "photo_not_found": _("There is no such photo."),
        "note_not_found": _("There is no such note."),
        "not_found": _("There is nothing here."),
        "organisation_not_found": _("There is no such organisation."),
        "invoice_not_found": _("There is no such invoice."),
        "order_not_found": _("There is no such payment."),
        "waiting_not_found": _("You are not in this line."),
        "pass_not_found": _("There is no such pass."),
        "payment_not_found": _("There is no such payment."),
        "plan_not_found": _("There is no such plan."),
        "qr_not_found": _("This code is not known. Please check the ticket."),
        "refund_not_found": _("There is no such refund."),
        "session_not_found": _("This booking was not found."),
        "gate_not_found": _("This gate was not found."),
        "site_not_found": _("This car park was not found."),
        "slot_not_found": _("This slot was not found."),
        "user_not_found": _("This account was not found."),
        "vehicle_not_found": _("This vehicle was not found."),
        "zone_not_found": _("This zone was not found."),
    },
    Unauthenticated: {
        "invalid_credentials": _("Wrong username or password."),
        "not_authenticated": _("Please sign in."),
        "token_not_valid": _("Please sign in again."),
    },
    Forbidden: {
        "csrf_failed": _("Please reload the page and try again."),
        "forbidden": _("Your role does not allow this."),
        "password_must_change": _("Please choose a password of your own first."),
        "password_needed": _("Enter your password to change your e-mail address or phone number."),
        "not_permitted": _("You do not have permission for this. Please ask a manager."),
        "second_person_not_independent": _(
            "Your account was created, promoted or given a password by the other person today, or theirs by you, or "
            "both by a third person. Someone else has to decide this."
        ),
    },
    KeyReused: {
        "idempotency_key_reused": _("This form was already sent with other values. Please reload the page."),
    },
    TooMany: {
        "too_many_payments": _("Too many payments were started for this. Please wait, or pay at the counter."),
        "too_many_attempts": _("Too many failed attempts."),
        "too_many_requests": _("Too many requests."),
    },
    Unavailable: {
        "database_unavailable": _("The system is not reachable for a moment. Please try again."),
        "gateway_unavailable": _(
            "The payment service does not answer. Nothing was charged and nothing is lost; please try again."
        ),
    },
}
_SENTENCES = {code: sentence for family in CATALOGUE.values() for code, sentence in family.items()}


def sentence_for(error: DomainError) -> str:
    """What a person reads about a refusal; the service's own text where no sentence is known for its code."""
    sentence = str(_SENTENCES.get(error.code, error.message))
    return f"{sentence} {_when_again(error.retry_after)}" if isinstance(error, TooMany) else sentence


def gstin_sentence(fault: Fault) -> str:
    """What a person reads about a GSTIN that is wrong: which character, and what belongs there."""
    facts = {"place": fault.place, "found": fault.found, "expected": _EXPECTED.get(fault.expected, fault.expected)}
    return str(_GSTIN_FAULTS[fault.kind]) % facts


_GSTIN_FAULTS = {
    FaultKind.LENGTH: _("A GSTIN has 15 characters; this one has %(found)s."),
    FaultKind.STATE: _("Characters 1 and 2 must be the code of a State, not %(found)s."),
    FaultKind.CHARACTER: _("Character %(place)d must be %(expected)s, not %(found)s."),
    FaultKind.CHECK: _(
        "The last character must be %(expected)s after these fourteen, not %(found)s: one of the fifteen is wrong."
    ),
}
_EXPECTED: dict[str, Promise] = {
    "a digit": _("a digit"),
    "a letter": _("a letter"),
    "a letter or a digit": _("a letter or a digit"),
    "a letter or a digit from 1": _("a letter or a digit from 1"),
    "U or O": _("U or O"),
}


def sentences(*codes: str) -> dict[str, Promise]:
    """The sentences of these codes, for pages whose scripts ask the API."""
    return {code: _SENTENCES[code] for code in codes}


def _when_again(seconds: int) -> str:
    """When it can be tried again; minutes are rounded up."""
    if seconds < 60:
        text = ngettext("Please try again in %(n)d second.", "Please try again in %(n)d seconds.", seconds)
        return text % {"n": seconds}
    minutes = -(-seconds // 60)
    return ngettext("Please try again in %(n)d minute.", "Please try again in %(n)d minutes.", minutes) % {"n": minutes}
