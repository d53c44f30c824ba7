"""Drones, boats and teams in the field: where they are until it is stale, and people in need whom they see.

| module | what it is for |
|---|---|
| `register` | which of them may send, for which unit, until when and on whose authority |
| `certificates` | the authority that signs their certificates, and the package that a client is set up with |
| `taking` | what they send, taken: one entry of the ledger for each hand-over |
| `tracks`, `patrols` | where they are now; how long a square of the earth was looked at, and not by whom |
| `contacts`, `rescue` | who is told of people in need, first; what is done for them |
| `tallies` | what each feed did, as counts |
| `rules` | what may happen; pure |

Of people in need there is a count, a place, a time and a need. Nothing of it can be asked in a check: no module below
this one knows of it. Directive (EU) 2016/680, articles 4(1)(c) and 20.
"""
