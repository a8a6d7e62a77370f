"""Programs that build assets and start the product."""
