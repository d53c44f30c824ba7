"""What the keys of a ledger entry and of figures are called on the screen. One that is not here stands as it is."""

from __future__ import annotations

from collections.abc import Mapping

from liaison.model.grounds import OFFENCES, Purpose
from liaison.screening.statistics_rules import FEWEST, Count
from liaison.web.context import Visit
from liaison.web.language import later

KEYS = {
    "asked-by": later("Asked by"),
    "assessment": later("Impact assessment"),
    "bad-rows": later("Rows that could not be read"),
    "basis": later("Legal basis"),
    "beside": later("Vehicles that stayed with it"),
    "batches": later("Batches"),
    "cameras": later("Cameras"),
    "cap": later("Persons at most"),
    "capital": later("Death penalty to be feared"),
    "carried": later("Confirmed, and kept apart"),
    "case": later("Case"),
    "change": later("Change of the list"),
    "changed": later("Changed"),
    "class": later("Sharing class"),
    "cleared": later("Not reported again"),
    "code": later("Code"),
    "copies": later("Copies"),
    "count": later("How many"),
    "court": later("Court"),
    "day": later("Day"),
    "digest": later("Digest"),
    "digits": later("Check digits"),
    "documents": later("Documents"),
    "doubled": later("Sent before"),
    "doubts": later("Doubts"),
    "entry": later("Entry"),
    "epoch": later("Epoch"),
    "erased": later("Erased"),
    "expires": later("Over on"),
    "failed": later("Failed"),
    "flight": later("Flight"),
    "form": later("Form"),
    "found": later("Found"),
    "generation": later("Generation of keys"),
    "handling": later("Handling"),
    "held": later("Held"),
    "helped": later("Helped"),
    "hits": later("Hits"),
    "hours": later("Hours back"),
    "issuer": later("Identity provider"),
    "kept-back": later("Kept back"),
    "key": later("Key"),
    "keys": later("Keys destroyed"),
    "kind": later("Kind"),
    "lane": later("Lane"),
    "late": later("After the copy had expired"),
    "left": later("Left"),
    "list": later("List"),
    "listed": later("Lost and stolen documents"),
    "manifests": later("Passenger lists"),
    "met": later("Met an entry"),
    "method": later("Signed in with"),
    "new": later("New"),
    "node": later("Node"),
    "notices": later("Notices"),
    "number": later("Number"),
    "of": later("Of whom"),
    "offence": later("Offence"),
    "oneself": later("Asked about oneself"),
    "needs": later("Need"),
    "opened": later("Opened"),
    "origin": later("Node"),
    "originator": later("Originator"),
    "overlaps": later("Overlaps"),
    "partner": later("Partner"),
    "passages": later("Pseudonyms erased"),
    "passed": later("Left a pseudonym"),
    "people": later("People"),
    "persons": later("Persons"),
    "places": later("Places"),
    "plates": later("Registration marks"),
    "points": later("Points"),
    "population": later("Drawn from"),
    "readers": later("Readers"),
    "reason": later("Reason"),
    "reference": later("Reference"),
    "refused": later("Refused"),
    "role": later("Role"),
    "rules": later("Rules"),
    "scans": later("Scans"),
    "sender": later("Sender"),
    "session": later("Session"),
    "sessions": later("Sessions"),
    "sha256": later("SHA-256"),
    "since": later("From"),
    "stops": later("Stops"),
    "subjects": later("Subjects"),
    "to": later("To"),
    "told": later("Told"),
    "traces": later("Traces erased"),
    "unexplained": later("Explained by nobody"),
    "unmatched-hours": later("Hours for marks on no list"),
    "until": later("Until"),
    "vehicle-numbers": later("Vehicle identification numbers"),
    "version": later("Version"),
    "vouched": later("Vouched for"),
    "what": later("What"),
    "who": later("Who"),
    "why": later("Why"),
    "with-alert": later("People with an alert"),
    "withheld": later("Not shown"),
}
"""Key of a statement's detail -> what it is called."""
ABOUT = {
    "account": later("Account"),
    "cameras": later("Cameras"),
    "crosscheck": later("Cross-check"),
    "email": later("E-mail address"),
    "grounds": later("Grounds"),
    "issuer": later("Identity provider"),
    "kind": later("How often"),
    "list": later("List"),
    "mark": later("Registration mark"),
    "offence": later("Offence"),
    "partner": later("Partner"),
    "partners": later("Partners"),
    "people": later("People"),
    "person": later("Person"),
    "purpose": later("Purpose"),
    "reason": later("Reason"),
    "request": later("Request"),
    "roles": later("Roles"),
    "scope": later("Judging"),
    "since": later("From"),
    "subject": later("Their name at the provider"),
    "subjects": later("Subjects"),
    "until": later("Until"),
    "urgent": later("Urgent"),
}
"""Key of what a second person is asked -> what it is called."""
COUNTED = {
    "candidate": later("To be decided"),
    "confirmed": later("Confirmed"),
    "follow": later("A vehicle followed"),
    "list": later("A list of people"),
    "manifest": later("The passengers of a flight"),
    "one": later("One subject"),
    "rejected": later("Rejected"),
    "sighting": later("A vehicle at a camera"),
    "standing": later("A standing question"),
    "traveller": later("A traveller at a border"),
}
"""Key of a figure -> what is counted. Purposes and offences have labels of their own."""
LABELS = {each.value: each.label for each in Purpose} | {code: each.label for code, each in OFFENCES.items()}


def figures_of(visit: Visit, counted: Mapping[str, Count]) -> list[tuple[str, str]]:
    """Figures by the names that people read, in their order."""
    names = {key: COUNTED.get(key) or LABELS.get(key, key) for key in counted}
    return [(visit.say(names[key]) if key else "–", figure_of(visit, each)) for key, each in counted.items()]


def figure_of(visit: Visit, counted: Count) -> str:
    """A figure, or that it is too small to be told."""
    if counted.number is None:
        return visit.say("under %(fewest)s", fewest=FEWEST)
    return str(counted)
