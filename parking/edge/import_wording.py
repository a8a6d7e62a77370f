"""The sentences of faults in an imported file, for people, in their language; the API's stay English."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from parking.edge.wording import sentence_for
from parking.facilities.importing.faults import Fault, FaultCode

_SENTENCES: dict[FaultCode, Promise] = {
    FaultCode.COLUMN_MISSING: _("This column is missing."),
    FaultCode.COLUMN_UNKNOWN: _("There is no column with this name. Use the headings of the template."),
    FaultCode.FORMULA: _("Formulas are not evaluated. Put the value here."),
    FaultCode.EMPTY: _("Enter a value."),
    FaultCode.TWICE: _("%(found)s is in the file already."),
    FaultCode.ZONE_UNKNOWN: _("This car park has no zone %(found)s. Make it first."),
    FaultCode.ZONE_UNMARKED: _("The places of this zone have no numbers: set how many there are."),
    FaultCode.NUMBER_INVALID: _("%(found)s is not a slot number such as A-001."),
    FaultCode.KIND_UNKNOWN: _(
        "%(found)s is not a slot type. Use CAR, TWO_WHEELER, EV, BICYCLE, LARGE, ACCESSIBLE or VIP."
    ),
    FaultCode.USERNAME_INVALID: _("Use letters, digits and @ . + - _ for the username."),
    FaultCode.NAME_INVALID: _("This name is too long, or has characters that cannot be shown."),
    FaultCode.ROLE_UNKNOWN: _("%(found)s is not a role. Use STAFF, ADMIN or AUDITOR."),
    FaultCode.MAIL_INVALID: _("This is not an e-mail address."),
    FaultCode.PERMISSION_UNKNOWN: _(
        "Use terminate, move, collect_debt, voucher, assign_special, refund=200/1000, with commas between."
    ),
    FaultCode.PERMISSIONS_OF_STAFF: _("Only STAFF have permissions of their own."),
    FaultCode.PLATE_INVALID: _("%(found)s is not a plate."),
    FaultCode.DATE_INVALID: _("%(found)s is not a date that fits here. Write it as 2026-12-01 or 01-12-2026."),
    FaultCode.DATES_REVERSED: _("%(found)s is before the first day of this vehicle."),
    FaultCode.LIST_FULL: _("More than the %(found)s vehicles that were agreed."),
    FaultCode.PERSON_DIFFERS: _("This account exists already with other values. Change it on its own page."),
}


def fault_sentence(fault: Fault) -> str:
    """What a person reads about a fault."""
    if fault.error is not None:
        return sentence_for(fault.error)
    return str(_SENTENCES[fault.code]) % {"found": fault.found}


def english_sentence(fault: Fault) -> str:
    """What the API says about a fault."""
    if fault.error is not None:
        return fault.error.message
    with override("en"):
        return fault_sentence(fault)
