"""Phone numbers as providers take them."""

from parking.core.phones import international_digits
from parking.notifications.channels.base import NotDelivered


def international(phone: str) -> str:
    """Return the digits of a number, with those of its country before. Raises NotDelivered."""
    digits = international_digits(phone)
    if digits is None:
        raise NotDelivered("phone_incomplete", is_definite=True)
    return digits
