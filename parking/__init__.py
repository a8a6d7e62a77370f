"""The product. Each folder is a room: upper rooms import lower ones, never the other way (docs/architecture.md)."""

__version__ = "0.1.0"
