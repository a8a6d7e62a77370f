"""Which gateways there are, and which of them this installation lets a client name.

A gateway is made at its first use and kept by the process, with its connections and its access token, for as long as
the settings stay the same.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from parking.core.errors import Refused
from parking.payments.gateways.base import Gateway, ListsItsBooks, ReadsWebhooks
from parking.payments.gateways.phonepe import config as phonepe_config
from parking.payments.gateways.phonepe.gateway import PhonePeGateway
from parking.payments.gateways.razorpay import config as razorpay_config
from parking.payments.gateways.razorpay.gateway import RazorpayGateway
from parking.payments.gateways.razorpay.mandates import RazorpayMandates
from parking.payments.gateways.simulated.gateway import SimulatedGateway

_phonepe = cache(PhonePeGateway)
_razorpay = cache(RazorpayGateway)
_mandates = cache(RazorpayMandates)
# Two processes must not speak through one connection.
os.register_at_fork(after_in_child=_phonepe.cache_clear)
os.register_at_fork(after_in_child=_razorpay.cache_clear)
os.register_at_fork(after_in_child=_mandates.cache_clear)


def phonepe() -> PhonePeGateway:
    return _phonepe(phonepe_config.configured())


def razorpay() -> RazorpayGateway:
    return _razorpay(razorpay_config.configured())


def mandates() -> RazorpayMandates:
    """Return what gives, charges and ends mandates; also where none may be given any more (`mandates_on`)."""
    return _mandates(razorpay_config.configured())


def mandates_on() -> bool:
    """Return whether holders of passes may have renewals charged by mandate in this installation."""
    return bool(settings.RAZORPAY_SUBSCRIPTIONS and settings.RAZORPAY_KEY_ID and settings.RAZORPAY_KEY_SECRET)


_GATEWAYS: dict[str, Callable[[], Gateway]] = {
    "SIMULATED": SimulatedGateway,
    "PHONEPE": phonepe,
    "RAZORPAY": razorpay,
}
_LABELS = {"SIMULATED": _("Simulated payment"), "PHONEPE": "PhonePe", "RAZORPAY": "Razorpay"}
_CALLING_US: dict[str, Callable[[], ReadsWebhooks]] = {"PHONEPE": phonepe, "RAZORPAY": razorpay}


def chosen_gateway(code: str | None) -> Gateway:
    """Return the gateway that a client names, or the default one. Raises Refused `gateway_invalid`."""
    wanted = code or settings.DEFAULT_GATEWAY
    if wanted not in settings.GATEWAYS or wanted not in _GATEWAYS:
        raise Refused("gateway_invalid", "This payment gateway is not available")
    return _GATEWAYS[wanted]()


@dataclass(frozen=True)
class GatewayChoice:
    """A gateway that a driver may choose on a page, with its name there."""

    code: str
    label: str


def gateway_choices() -> list[GatewayChoice]:
    """Return the gateways to choose from on a page, the default one first.

    Razorpay is among them only with a page of its own (`RAZORPAY_CHECKOUT_URL`): ours have no script of others.
    """
    codes = [code for code in settings.GATEWAYS if code != "RAZORPAY" or settings.RAZORPAY_CHECKOUT_URL]
    codes.sort(key=lambda code: code != settings.DEFAULT_GATEWAY)
    return [GatewayChoice(code, str(_LABELS[code])) for code in codes if code in _LABELS]


def gateway_label(code: str) -> str:
    """Return the name of a gateway for people, in the active language."""
    return str(_LABELS.get(code, code))


def gateway_codes() -> tuple[str, ...]:
    """Return the codes of all gateways that orders may be of, whether clients may choose them or not."""
    return tuple(_GATEWAYS)


def refuse_unknown_gateway(code: str) -> None:
    """Raise Refused `gateway_invalid` for a name that no gateway of ours has, whether clients may choose it or not."""
    if code not in _GATEWAYS:
        raise Refused("gateway_invalid", f"There is no gateway of this name. Use one of {', '.join(_GATEWAYS)}")


def gateway_of(code: str) -> Gateway:
    """Return the gateway that an order was made with, even if clients may no longer choose it."""
    return _GATEWAYS[code]()


def webhooks_of(code: str) -> ReadsWebhooks:
    """Return the reader of this gateway's webhooks, which rejects forged ones."""
    return _CALLING_US[code]()


def books_of(code: str) -> ListsItsBooks | None:
    """Return the gateway's own list of payments and refunds; None where it has no call for that."""
    gateway = gateway_of(code)
    return gateway if isinstance(gateway, ListsItsBooks) else None
