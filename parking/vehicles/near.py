"""Plates that differ in few characters. Pure functions."""


def within(first: str, second: str, most: int) -> bool:
    """Return whether one text becomes the other by at most so many changes of one character (Levenshtein)."""
    if abs(len(first) - len(second)) > most:
        return False
    row = list(range(len(second) + 1))
    for number, letter in enumerate(first, start=1):
        before, row[0] = row[0], number
        for place, other in enumerate(second, start=1):
            before, row[place] = row[place], min(before + (letter != other), row[place] + 1, row[place - 1] + 1)
    return row[-1] <= most
