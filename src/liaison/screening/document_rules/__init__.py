"""Rules upon travel documents, for what check digits cannot find: pure, values in and findings out.

`examining.examined` asks every rule about one document; `catalogue` says of each rule what it looks at, its source
and how grave it is. `validity` is about dates, `issuing` about states, numbers and types, `personal` about national
numbers in the optional data, `page` holds the visual zone against the machine readable one, `sightings` the document
against where it was seen before, and `traces` does so upon pseudonyms, so that nobody's name is kept. Tables with the
source of every row: numbers.tsv, validity.tsv.

Nothing here finds a document genuine, and no finding is grounds for a measure by itself: a trained person looks
(Directive (EU) 2016/680, article 11).
"""

from liaison.screening.document_rules.catalogue import RULES, Finding, Rule, Severity
from liaison.screening.document_rules.examining import Outcome, examined, outcome
from liaison.screening.document_rules.page import Page
from liaison.screening.document_rules.sightings import Sighting
from liaison.screening.document_rules.traces import Trace, trace

__all__ = [
    "RULES",
    "Finding",
    "Outcome",
    "Page",
    "Rule",
    "Severity",
    "Sighting",
    "Trace",
    "examined",
    "outcome",
    "trace",
]
