"""What managers set for all car parks, and for single ones."""
