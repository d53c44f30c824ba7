"""STIX 2.1 (OASIS Standard, 10 June 2021): what may be published as a bundle, and what partners send.

A wanted thing is an indicator, whose pattern names the number it is known by; the officer's words are a note on it.
The handling codes are marking-definitions with their condition as a statement, which every consumer shows, and with
an extension of ours, which programs read. Nothing here is made of a person.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from liaison.formats import handling_marks
from liaison.formats.handling_marks import EXTENSION, MARKS
from liaison.formats.publication import Publication, fields, require_door, uuid_of
from liaison.model.errors import BadInput
from liaison.model.handling import UNSTATED, Handling, HandlingCode
from liaison.model.holding import MEANINGS

Object = dict[str, Any]
SPEC = "2.1"
BEGAN = "2026-01-01T00:00:00.000Z"  # of the objects that never change
AUTHOR = f"identity--{uuid_of('the extension of Liaison')}"
SCHEMA = (
    "indicator: kind, subject (an object of texts or lists of texts), purpose, offence, grade (4x4), instruction, "
    "handling (a list of H0 to H3). marking-definition: handling (one of H0 to H3), restriction (the text of H3)."
)
ID = re.compile(r"([a-z0-9][a-z0-9-]{1,248}[a-z0-9])--([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z")
SEEN_BY = {"vehicle": ("plate", "vin"), "document": ("number",), "phone": ("number", "imei")} | {
    "account": ("iban", "number"),
    "organisation": ("register_number", "name"),
}
LEAD = "A lead for a person to verify, never a measure by itself."
_OBSERVABLES = """
artifact autonomous-system directory domain-name email-addr email-message file ipv4-addr ipv6-addr mac-addr mutex
network-traffic process software url user-account windows-registry-key x509-certificate
"""
OBSERVABLES = frozenset(_OBSERVABLES.split())  # STIX 2.1, section 6: these have no times of their own


def timestamp(time: dt.datetime) -> str:
    """A time as STIX writes it: UTC, three decimals."""
    utc = time.astimezone(dt.UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03}Z"


def objects(publication: Publication) -> list[Object]:
    """The objects that are this publication's own: the indicator, and a note where the officer wrote something.

    Raises BadInput for a person.
    """
    require_door(publication.subject, ("stix",))
    held = _common(publication, "indicator", publication.id)
    held |= {
        "name": publication.title,
        "pattern": pattern(publication),
        "pattern_type": "stix",
        "pattern_version": SPEC,
        "valid_from": timestamp(publication.made),
        "valid_until": timestamp(publication.until),
        "extensions": {EXTENSION: _extension(publication)},
    }
    doing = MEANINGS[publication.instruction] if publication.instruction else LEAD
    held["description"] = " ".join((doing, *handling_marks.words(publication.handling)))
    if not publication.words:
        return [held]
    note = _common(publication, "note", uuid_of("note", publication.id))
    return [held, note | {"content": publication.words, "object_refs": [held["id"]]}]


def foundations(publication: Publication) -> list[Object]:
    """The objects that others rest on: who says it, what the extension is, the marks of its handling."""
    marks = [mark(code, publication.handling) for code in publication.handling.codes]
    return [author(), extension(), identity(publication.origin, publication.agency), *marks]


def bundle(publications: Sequence[Publication], *, name: str = "") -> Object:
    """A bundle of publications, each foundation once; with a grouping where it has a name. Raises BadInput for none."""
    if not publications:
        raise BadInput("there is nothing to put in a bundle", field="objects", hint="choose what to publish")
    made: dict[str, Object] = {}
    for one in publications:
        made |= {each["id"]: each for each in (*foundations(one), *objects(one))}
    if name:
        group = grouping(publications[0], name, [f"indicator--{one.id}" for one in publications])
        made[group["id"]] = group
    held = uuid_of("bundle", *made, *(timestamp(one.changed) for one in publications))
    return {"type": "bundle", "id": f"bundle--{held}", "objects": list(made.values())}


def grouping(first: Publication, name: str, refs: Sequence[str]) -> Object:
    """Objects that belong together, under one name."""
    held = _common(first, "grouping", uuid_of("grouping", first.origin, name, *refs))
    return held | {"name": name, "context": "unspecified", "object_refs": list(refs)}


def sighting(of: str, by: Publication, first: dt.datetime, last: dt.datetime, count: int = 1) -> Object:
    """That what an indicator of a partner's names was met, so often and between these times; no place, no person.

    `by` says who met it, under which handling. Raises BadInput.
    """
    if not ID.fullmatch(of) or count < 1 or last < first:
        raise BadInput("a sighting is of an object, once or more, and ends after it begins", field="sighting")
    key = uuid_of("sighting", by.origin, of, timestamp(first))
    held = _common(by, "sighting", key)
    told = {"first_seen": timestamp(first), "last_seen": timestamp(last), "count": count}
    return held | told | {"sighting_of_ref": of, "where_sighted_refs": [identity_id(by.origin)]}


def withdrawn(held: Mapping[str, Any], at: dt.datetime) -> Object:
    """The last version of an object: revoked, with nothing left of what it said (section 3.7)."""
    kept = {name: held[name] for name in KEPT if name in held} | {"modified": timestamp(at), "revoked": True}
    return kept | EMPTY.get(str(held["type"]), {})


KEPT = (
    "type",
    "spec_version",
    "id",
    "created_by_ref",
    "created",
    "object_marking_refs",
    "object_refs",
    "valid_from",
)
EMPTY: dict[str, Object] = {
    "indicator": {
        "pattern": "[x-liaison-withdrawn:state = 'withdrawn']",
        "pattern_type": "stix",
        "pattern_version": SPEC,
    }
    | {"name": "Withdrawn", "description": "Withdrawn by whoever published it."},
    "note": {"content": "withdrawn"},
}


def pattern(publication: Publication) -> str:
    """The pattern of an indicator: the numbers that the thing is known by (STIX 2.1, section 9)."""
    kind, told = publication.kind, dict(reversed(list(fields(publication.subject))))
    path = f"x-liaison-{kind}"
    known = [f"{path}:{name} = '{_escaped(told[name])}'" for name in SEEN_BY[kind] if name in told]
    return f"[{' OR '.join(known)}]"


def identity_id(origin: str) -> str:
    """The id of an agency's identity, by its node's name."""
    return f"identity--{uuid_of('agency', origin)}"


def identity(origin: str, agency: str) -> Object:
    """The agency that publishes: an organisation, never a person."""
    made = {"type": "identity", "spec_version": SPEC, "id": identity_id(origin), "created": BEGAN}
    return made | {"modified": BEGAN, "name": agency, "identity_class": "organization"}


def author() -> Object:
    """Whoever defined the extension."""
    made = {"type": "identity", "spec_version": SPEC, "id": AUTHOR, "created": BEGAN, "modified": BEGAN}
    return made | {"name": "Liaison", "identity_class": "system"}


def extension() -> Object:
    """Our extension-definition (section 7.3): properties on indicators and marking-definitions."""
    return {
        "type": "extension-definition",
        "spec_version": SPEC,
        "id": EXTENSION,
        "created_by_ref": AUTHOR,
        "created": BEGAN,
        "modified": BEGAN,
        "name": "Liaison: wanted things and handling codes",
        "description": "On an indicator: the thing, its purpose and grade. On a marking-definition: the code.",
        "schema": SCHEMA,
        "version": "1.0.0",
        "extension_types": ["property-extension"],
    }


def mark(code: HandlingCode, handling: Handling) -> Object:
    """The marking-definition of one code; of H3, of this text."""
    restriction = handling.restriction if code is HandlingCode.H3 else ""
    told: Object = {"extension_type": "property-extension", "handling": code.value}
    if restriction:
        told["restriction"] = restriction
    return {
        "type": "marking-definition",
        "spec_version": SPEC,
        "id": mark_id(code, restriction),
        "created_by_ref": AUTHOR,
        "created": BEGAN,
        "name": code.value,
        "definition_type": "statement",
        "definition": {"statement": handling_marks.statement(code, restriction)},
        "extensions": {EXTENSION: told},
    }


def mark_id(code: HandlingCode, restriction: str = "") -> str:
    """The id of a code's mark; of H3, one for each text."""
    return MARKS.get(code) or f"marking-definition--{uuid_of('H3', restriction)}"


def handling_of(held: Mapping[str, Any], marks: Mapping[str, Mapping[str, Any]]) -> Handling:
    """Under which conditions an object came; every one where nothing is said (threat A34)."""
    refs = held.get("object_marking_refs")
    known = [ref for ref in refs if isinstance(ref, str)] if isinstance(refs, list) else []
    return handling_marks.from_marks(known, marks) or UNSTATED


def fault(held: object) -> str:
    """What is wrong with an object that somebody sends, in words; empty where it can be taken."""
    if not isinstance(held, dict):
        return "an object is a JSON object"
    match = ID.fullmatch(str(held.get("id", "")))
    if match is None or match[1] != held.get("type"):
        return "the id is not TYPE--UUID of the object's own type"
    if held.get("spec_version", SPEC) != SPEC:
        return "only STIX 2.1 is taken"
    if held["type"] in OBSERVABLES:
        return ""
    needed = ("created",) if held["type"] == "marking-definition" else ("created", "modified")
    if any(not TIME.fullmatch(str(held.get(name, ""))) for name in needed):
        return f"{' and '.join(needed)} must be times in UTC"
    return "" if "spec_version" in held else "spec_version is missing"


def version_of(held: Mapping[str, Any], added: dt.datetime) -> dt.datetime:
    """The version of an object: when it was modified, else created, else added (TAXII 2.1, section 3.4)."""
    text = held.get("modified") or held.get("created")
    return read_time(str(text)) if text else added


def read_time(text: str) -> dt.datetime:
    """A time of STIX or TAXII, to the microsecond. Raises BadInput."""
    if TIME.fullmatch(text):
        head, _, decimals = text[:-1].partition(".")
        try:
            found = dt.datetime.fromisoformat(head).replace(tzinfo=dt.UTC)
            return found + dt.timedelta(microseconds=int(decimals.ljust(6, "0")[:6] or 0))
        except ValueError:
            pass
    raise BadInput("this is no time in UTC", field="time", hint="write it as 2026-03-02T09:00:00.000Z")


def fresh_id(kind: str, random: bytes) -> str:
    """A new id of this type from 16 random bytes."""
    return f"{kind}--{uuid.UUID(bytes=random, version=4)}"


def _common(publication: Publication, kind: str, key: str) -> Object:
    handling = publication.handling
    return {
        "type": kind,
        "spec_version": SPEC,
        "id": f"{kind}--{key}",
        "created_by_ref": identity_id(publication.origin),
        "created": timestamp(publication.made),
        "modified": timestamp(publication.changed),
        "object_marking_refs": [
            mark_id(code, handling.restriction if code is HandlingCode.H3 else "") for code in handling.codes
        ],
    }


def _extension(publication: Publication) -> Object:
    told: Object = {
        "extension_type": "property-extension",
        "kind": publication.kind,
        "subject": _grouped(fields(publication.subject)),
        "purpose": publication.purpose.value,
        "grade": str(publication.graded.grade),
        "handling": [code.value for code in publication.handling.codes],
    }
    if publication.offence:
        told["offence"] = publication.offence
    if publication.instruction is not None:
        told["instruction"] = publication.instruction.value
    return told


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        found[name] = [*found[name], value] if name in found else [value]
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")
