"""The private cross-check: an asker learns which of its subjects a holder also has, and neither learns anything else.

The holder publishes a set of tokens, made of its records' match keys under a secret key; the asker has its own match
keys evaluated blind under that key (RFC 9497, VOPRF over ristretto255) and looks the results up in the set. It serves
Directive (EU) 2016/680 articles 4(1)(c) and 20: no more is compared, and no more is shown, than the purpose needs. A
hit gives no data: that is asked for by a request.

`voprf` is the protocol, `groups` what it computes with, `keyholder` the process that has the key, `tokens` the set.
docs/crosscheck.md says what leaks to whom.
"""
