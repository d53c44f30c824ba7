"""Checking people against the records an agency may check against, and what is kept and shown of it.

At a node: `cases` and `grounds` say why somebody asks, `desk.check` answers one question and `bulk_orders` with
`bulk_runs` a list, `standing` asks on, `confirming` decides upon the `alerting`, and `sampling` and `statistics` are
for oversight; docs/checking.md tells the whole path. On files, without a node: `service.check` searches, leaves out
what was cleared, writes the alerts and the report. `rules` and `*_rules` are pure.

Law: a hit is a lead for a trained person to verify and never a measure by itself (Directive (EU) 2016/680, article 11;
Directive (EU) 2016/681, article 6(5) and (6)); every look-up is on the ledger with its reason (article 25).
"""
