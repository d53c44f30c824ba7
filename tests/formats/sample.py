"""A bundle with every kind of object that is made, for a validator: `python -m tests.formats.sample > bundle.json`."""

from __future__ import annotations

import datetime as dt
import json

from liaison.formats import stix
from liaison.formats.publication import uuid_of
from liaison.formats.stix import Object
from tests.formats.test_stix import CODES, NOW, THINGS, a_publication


def sample() -> Object:
    """Things of five kinds under each handling, a grouping, a sighting, an object that was withdrawn."""
    made = [
        a_publication(thing, id=uuid_of(kind, str(at)), words="Seen at the port", handling=handling)
        for kind, thing in THINGS.items()
        for at, handling in enumerate(CODES)
    ]
    bundle = stix.bundle(made, name="Harbour")
    own = stix.objects(made[0])[0]
    bundle["objects"].append(stix.sighting(own["id"], made[0], NOW, NOW, 2))
    gone = a_publication(id=uuid_of("gone"))
    bundle["objects"].append(stix.withdrawn(stix.objects(gone)[0], NOW + dt.timedelta(hours=1)))
    return bundle


if __name__ == "__main__":
    print(json.dumps(sample(), indent=1))  # noqa: T201
