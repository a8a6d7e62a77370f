"""The audit record, as the office reads it."""
