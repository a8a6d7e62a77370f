"""`make week`: a week of two sites over HTTP, against the product as it is deployed, with a clock that is moved."""
