"""Letters between nodes: sealed, signed, in order, once, and with a receipt."""
