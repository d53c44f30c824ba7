"""Letters between nodes: sealed, signed, in order, once, and with a receipt.

`letters` is what is written, `outbox` where it waits, `delivery` how it goes, `channel` the one connection to a
partner; `calls` is what partners may ask, with how much of it, `inbox` where letters are taken, `partnering` cards
and keys that come or go by letter. Whoever takes a kind of letter says so to `inbox.handles`: see the modules called
`inbound`. docs/transport.md is the format.
"""
