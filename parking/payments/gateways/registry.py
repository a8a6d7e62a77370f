"""Which gateways there are, and which of them this installation lets a client name.

A gateway is made at its first use and kept by the process, with its connections and its access token, for as long as
the settings stay the same.
"""

import os
from collections.abc import Callable
from functools import cache

from django.conf import settings

from parking.core.errors import Refused
from parking.payments.gateways.base import Gateway, ListsItsBooks, ReadsWebhooks
from parking.payments.gateways.phonepe import config as phonepe_config
from parking.payments.gateways.phonepe.gateway import PhonePeGateway
from parking.payments.gateways.razorpay import config as razorpay_config
from parking.payments.gateways.razorpay.gateway import RazorpayGateway
from parking.payments.gateways.simulated.gateway import SimulatedGateway

_phonepe = cache(PhonePeGateway)
_razorpay = cache(RazorpayGateway)
# Two processes must not speak through one connection.
os.register_at_fork(after_in_child=_phonepe.cache_clear)
os.register_at_fork(after_in_child=_razorpay.cache_clear)


def phonepe() -> PhonePeGateway:
    return _phonepe(phonepe_config.configured())


def razorpay() -> RazorpayGateway:
    return _razorpay(razorpay_config.configured())


_GATEWAYS: dict[str, Callable[[], Gateway]] = {
    "SIMULATED": SimulatedGateway,
    "PHONEPE": phonepe,
    "RAZORPAY": razorpay,
}
_CALLING_US: dict[str, Callable[[], ReadsWebhooks]] = {"PHONEPE": phonepe, "RAZORPAY": razorpay}


def chosen_gateway(code: str | None) -> Gateway:
    """The gateway that a client names, or the default. Raises Refused `gateway_invalid`."""
    wanted = code or settings.DEFAULT_GATEWAY
    if wanted not in settings.GATEWAYS or wanted not in _GATEWAYS:
        raise Refused("gateway_invalid", "This payment gateway is not available")
    return _GATEWAYS[wanted]()


def refuse_unknown_gateway(code: str) -> None:
    """Raise Refused `gateway_invalid` for a name that no gateway of ours has, whether clients may choose it or not."""
    if code not in _GATEWAYS:
        raise Refused("gateway_invalid", f"There is no gateway of this name. Use one of {', '.join(_GATEWAYS)}")


def gateway_of(code: str) -> Gateway:
    """The gateway that an order was made with; also when clients may no longer choose it."""
    return _GATEWAYS[code]()


def webhooks_of(code: str) -> ReadsWebhooks:
    """Who tells a genuine call of this gateway from a forged one."""
    return _CALLING_US[code]()


def books_of(code: str) -> ListsItsBooks | None:
    """The gateway's own list of payments and refunds; None where it has no call for that."""
    gateway = gateway_of(code)
    return gateway if isinstance(gateway, ListsItsBooks) else None
