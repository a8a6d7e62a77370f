"""`make bench`: the cost of the product, measured against what PostgreSQL itself needs (docs/performance.md)."""
