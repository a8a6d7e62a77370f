"""What a new password may not be made of, beside the rules of Django."""

import re
from collections.abc import Iterable

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from parking.accounts.models import User

# So many letters must be left of a password without the words that an attacker tries first.
_FEWEST_LETTERS = 4
_SHORTEST_WORD = 4
_STANDS_FOR = str.maketrans("013457@$", "oleastas")


class ContextWordsValidator:
    """Refuse passwords made of the product's words, the user's own names and contacts, and digits."""

    def validate(self, password: str, user: User | None = None) -> None:
        words = [*settings.PASSWORD_WORDS, *(_words_of(user) if user else ())]
        if consists_of(password, words):
            raise ValidationError(
                _("This password is built from your own details or words about parking. Add other words."),
                code="password_of_context",
            )

    def get_help_text(self) -> str:
        return _("Do not build the password only from your own details and words about parking.")


def consists_of(password: str, words: Iterable[str]) -> bool:
    """Return whether a password has one of the words, and hardly a letter beside them."""
    known = sorted({_letters(word) for word in words}, key=len, reverse=True)
    rest = letters = _letters(password)
    for word in known:
        if len(word) >= _SHORTEST_WORD:
            rest = rest.replace(word, "")
    return rest != letters and len(rest) < _FEWEST_LETTERS


def _letters(text: str) -> str:
    """Return the letters of a text in lower case; digits and signs inside it count as the letters they stand for."""
    stripped = re.sub(r"^[^a-z@$]+|[^a-z]+$", "", text.lower())
    return re.sub(r"[^a-z]", "", stripped.translate(_STANDS_FOR))


def _words_of(user: User) -> list[str]:
    return [user.username, user.first_name, user.last_name, *re.split(r"[@.]", user.email)[:-1]]
