"""The stand-in's Razorpay."""
