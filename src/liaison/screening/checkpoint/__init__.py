"""The checkpoint: whatever a scanner types is answered at once, and a booth without the node works from a copy.

`recognising` says what a text is, `looking` checks it, `verdicts` says what an officer is told. `copies` makes the copy
of keyed marks (`forms`) that a booth works from, `reports` takes what was scanned on it, `kept` knows each scan again,
and `counts` says how many people were found and helped. `rules` says what may be carried. Whatever is told here is a
lead for a person to verify (Directive (EU) 2016/680, article 11); decision 0055 says what a copy gives away.
"""

from liaison.screening.checkpoint.copies import Copy, make
from liaison.screening.checkpoint.counts import Count, count, counts_of
from liaison.screening.checkpoint.looking import Scan, Told, look, summed
from liaison.screening.checkpoint.reports import Bad, Done, Taken, take

__all__ = [
    "Bad",
    "Copy",
    "Count",
    "Done",
    "Scan",
    "Taken",
    "Told",
    "count",
    "counts_of",
    "look",
    "make",
    "summed",
    "take",
]
