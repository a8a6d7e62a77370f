"""HTTP as this program needs it: a request, an answer, and a server on loopback."""
