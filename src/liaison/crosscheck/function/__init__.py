"""The function: RFC 9497's VOPRF over ristretto255, the set of its outputs, and the process that has the key."""
