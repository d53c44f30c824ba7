"""FollowTheMoney entities, one JSON object a line: https://followthemoney.tech/explorer/schemata/Person/."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import msgspec
import numpy as np

from liaison.holdings.bodies import Body
from liaison.holdings.delimited import in_utf8
from liaison.holdings.findings import Findings, Read
from liaison.holdings.gathering import Draft, Gathering, Name, body_of
from liaison.holdings.options import Options
from liaison.holdings.review import reviewed
from liaison.holdings.streams import Stream
from liaison.model.errors import UnusableFile

ORGANISATIONS = frozenset(
    [
        "Organization",
        "Company",
        "LegalEntity",
        "PublicBody",
        "Vessel",
        "Airplane",
        "Vehicle",
        "CryptoWallet",
        "Asset",
    ]
) - {"Asset", "CryptoWallet"}
BODIES = frozenset(["Organization", "Company", "LegalEntity", "PublicBody"])  # the rest moves, or is a thing
OF_BODIES = ("registrationNumber", "jurisdiction", "mainCountry")  # besides what is read of people
READ = frozenset(  # properties that become fields of a person
    [
        *("name", "alias", "weakAlias", "previousName", "firstName", "lastName", "secondName", "middleName"),
        *("birthDate", "gender", "nationality", "citizenship", "country"),
        *("passportNumber", "idNumber", "imoNumber", "mmsi"),
    ]
)


class Entity(msgspec.Struct):
    """An entity as FollowTheMoney writes it."""

    id: str
    schema: str
    properties: dict[str, list[str]] = {}


DECODER = msgspec.json.Decoder(Entity)


def read_followthemoney(stream: Stream, options: Options, findings: Findings) -> Read:
    """The people, and when asked the organisations, of a file of entities. Raises UnusableFile."""
    stream, _ = in_utf8(stream, options.encoding)
    gathering, others, done = Gathering(findings, options.last_year), Counter[str](), 0
    bodies: list[Body] = []
    wanted = {"Person"} | (ORGANISATIONS if options.organisations else set())
    for row, line in enumerate(stream.lines(), 1):
        done += len(line) + 1
        if row % 1024 == 0:
            options.progress(done, stream.size)
        if not line.strip():
            continue
        try:
            entity = DECODER.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError):
            findings.bad(row, "", "not an entity in JSON with id, schema and properties: left out")
            continue
        if entity.schema in wanted:
            gathering.add(draft_of(row, entity))
        elif options.bodies and entity.schema in BODIES:
            bodies.append(body(row, entity))
        else:
            others[entity.schema] += 1
    options.progress(done, stream.size)
    if not gathering.ids and not bodies and not others:
        raise UnusableFile(
            f"{stream.name} holds no entity",
            file=stream.name,
            hint="give one JSON object a line: id, schema, properties",
        )
    findings.note("FollowTheMoney entities")
    for schema, count in others.most_common():
        findings.note(f"not read: {count:,} of schema {schema}")
    people = gathering.people(options.list_name)
    reviewed(people, np.array(gathering.rows, np.int32), findings)
    return Read(
        people, findings.bad_rows, findings.notes, rows=gathering.rows, kept=gathering.kept, bodies=bodies
    )


def body(row: int, entity: Entity) -> Body:
    """An organisation as the entity has it."""
    first = {name: next(iter(entity.properties.get(name, ())), "") for name in OF_BODIES}
    countries = entity.properties.get("country", ())
    made = body_of(
        draft_of(row, entity),
        first["jurisdiction"] or first["mainCountry"] or next(iter(countries), ""),
        first["registrationNumber"],
    )
    return replace(made, kept={name: text for name, text in made.kept.items() if name not in OF_BODIES})


def draft_of(row: int, entity: Entity) -> Draft:
    """A person as the entity has it."""
    held = entity.properties

    def all_of(*names: str) -> list[str]:
        return [value for name in names for value in held.get(name, ())]

    names: list[Name] = [("", "", name) for name in all_of("name", "alias", "weakAlias", "previousName")]
    given, surname = all_of("firstName"), all_of("lastName")
    if len(given) == len(surname) == 1:
        middle = all_of("secondName", "middleName")
        pair = (" ".join([*given, *middle]), surname[0], "")
        names = [pair, *(name for name in names if name[2] != f"{pair[0]} {pair[1]}")]
    elif not names:
        names = [("", "", " ".join([*given, *surname]))]
    return Draft(
        row,
        entity.id,
        names,
        all_of("birthDate"),
        next(iter(all_of("gender")), ""),
        all_of("nationality", "citizenship") or all_of("country"),
        all_of("passportNumber", "idNumber", "imoNumber", "mmsi"),
        {name: "; ".join(values) for name, values in held.items() if values and name not in READ},
    )
