"""Django's SQLite backend, with files that nobody else on the machine can read."""
