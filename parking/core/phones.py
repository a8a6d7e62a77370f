"""Phone numbers as networks dial them."""

# A number in India without its country.
_IN_INDIA = 10
_INDIA = "91"
# Country and number together, in the smallest countries.
_LEAST_ABROAD = 8


def international_digits(text: str) -> str | None:
    """Return the digits of a number with those of its country first; None for what is too short to be whole.

    What begins with + or 00 names its country; ten digits are a number in India.
    """
    digits = "".join(letter for letter in text if letter.isascii() and letter.isdigit())
    has_country = text.lstrip().startswith("+") or digits.startswith("00")
    digits = digits.lstrip("0")
    if not has_country and len(digits) == _IN_INDIA:
        return _INDIA + digits
    is_whole = len(digits) >= (_LEAST_ABROAD if has_country else _IN_INDIA)
    return digits if is_whole else None
