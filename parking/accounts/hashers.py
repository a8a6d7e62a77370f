"""Password hashing."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2idHasher(Argon2PasswordHasher):
    """Argon2id with 19 MiB, two passes, one lane.

    The figures are OWASP's minimum (Password Storage Cheat Sheet); Django's own (100 MiB, eight lanes) would let a
    handful of logins at once exhaust a small server.
    """

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
