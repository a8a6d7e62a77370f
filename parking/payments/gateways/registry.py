"""Which gateways there are, and which of them this installation lets a client name."""

from collections.abc import Callable

from django.conf import settings

from parking.core.errors import Refused
from parking.payments.gateways.base import Gateway
from parking.payments.gateways.simulated.gateway import SimulatedGateway

_GATEWAYS: dict[str, Callable[[], Gateway]] = {"SIMULATED": SimulatedGateway}


def chosen_gateway(code: str | None) -> Gateway:
    """The gateway that a client names, or the default. Raises Refused `gateway_invalid`."""
    wanted = code or settings.DEFAULT_GATEWAY
    if wanted not in settings.GATEWAYS or wanted not in _GATEWAYS:
        raise Refused("gateway_invalid", "This payment gateway is not available")
    return _GATEWAYS[wanted]()


def gateway_of(code: str) -> Gateway:
    """The gateway that an order was made with; also when clients may no longer choose it."""
    return _GATEWAYS[code]()
