"""`make bench`: what the product costs, measured against what PostgreSQL itself needs (docs/performance.md)."""
