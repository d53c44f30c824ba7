"""Forms that other programs read: STIX, MISP, FollowTheMoney, CSV and PDF. Pure: values in, bytes out.

A further form is a module here, which sees what it is given and nothing else; a member of `copies.Form`, with its
media type and its writers there; its words in `web/papers.py`; and, where it binds nobody to the conditions, the
codes that never go by it in `supply/doors.py`. It decides nothing: what reaches it has passed the doors and is on the
ledger.
"""
