"""The product. Each folder is a Django app: upper apps import lower ones, never the reverse (docs/architecture.md)."""

__version__ = "0.1.0"
