"""Checking people against the records an agency may check against, and what is kept and shown of it.

`service.check` is the whole path of a check: search, leave out what was cleared, write the alerts, write the report.
`rules` says what may stand in a file of alerts. Law: a hit is a lead for a trained person to verify and never a measure
by itself (Directive (EU) 2016/680, article 11; Directive (EU) 2016/681, article 6(5) and (6)).
"""
