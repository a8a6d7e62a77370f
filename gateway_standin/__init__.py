"""A stand-in for PhonePe and Razorpay on this machine: both protocols, one bank, and a person who plays it."""
