"""Phone numbers as providers take them."""

from parking.notifications.channels.base import NotDelivered


def international(phone: str) -> str:
    """Return the digits of a number, with the code of India before ten of them. Raises NotDelivered."""
    digits = "".join(letter for letter in phone if letter.isdecimal()).removeprefix("0")
    if len(digits) < 10:
        raise NotDelivered("phone_incomplete", is_definite=True)
    return f"91{digits}" if len(digits) == 10 else digits
