"""Cash at the exit."""

# The notes that are in use, in rupees; the page adds them up. The one of ₹2,000 was withdrawn.
NOTES = (10, 20, 50, 100, 200, 500)
