"""The stand-in's PhonePe: version 2 of the protocol, and the callbacks of version 1."""
