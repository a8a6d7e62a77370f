"""Django's PostgreSQL backend, with a cheaper check of a connection's health."""
