"""The terms of an agreement as a file that a person writes (TOML)."""

from __future__ import annotations

import datetime as dt
import tomllib

import msgspec

from liaison.model.categories import Category
from liaison.model.errors import BadInput
from liaison.model.grounds import Purpose
from liaison.model.handling import Handling, HandlingCode
from liaison.partners.agreement import CROSSCHECKS, Cap, Comparison, Gateway, GatewayKind
from liaison.partners.service import Terms

EXAMPLE = """\
# What may pass between the two agencies. Each list names everything that may; nothing else does.
purposes = ["investigation", "prosecution", "execution of penalties"]
offences = ["drugs", "laundering", "trafficking-persons", "organised-crime"]
exchanges = ["records", "assets", "convictions", "spontaneous"]  # and "publication", of lists,
# "crosscheck", "standing-crosscheck" and "deconfliction", which take a [crosscheck] section
quota = 2000  # subjects that each side may ask the other about in a day
languages = ["en"]

[gateway]  # the legal ground on which the link stands: within, adequacy, safeguards or special
kind = "adequacy"
reference = ""  # to be filled in: the decision, treaty or arrangement
expires = 2027-12-31T00:00:00Z  # the link closes then; what waits is kept

[handling]  # what holds where an originator says nothing more
codes = ["H1"]
restriction = ""  # written out with H3 alone

[retention]  # the most days for which the recipient keeps a record; other lines are for one category
days = 1825
victim = 365

# [crosscheck]  # how each side may compare its people with the other's, without either showing them
# points = 100000  # that each may have evaluated in an epoch: some 37 for a person
# case_points = 80000  # of these for one case
# epoch_days = 30  # after which the key of the comparison is a new one; 1 to 90
# categories = ["suspect", "convicted"]  # of whom may be compared; "contact" where it is agreed
# things = true  # documents, vehicles, telephones, accounts
# changes = false  # whether a set is kept up within its epoch
# standing_days = 0  # the longest standing cross-check; 0 for none
# countersigned_above = 500  # subjects above which an authority signs the question
# authorities = []  # their verifier keys
"""
HINT = "see `liaison partner terms` for every line"
EXCHANGES = ("records", "assets", "convictions", "spontaneous", "publication", *CROSSCHECKS)


class _Gateway(msgspec.Struct, forbid_unknown_fields=True):
    kind: GatewayKind
    reference: str
    expires: dt.datetime | None = None


class _Handling(msgspec.Struct, forbid_unknown_fields=True):
    codes: list[HandlingCode]
    restriction: str = ""


class _Crosscheck(msgspec.Struct, forbid_unknown_fields=True):
    points: int = 100_000
    case_points: int = 80_000
    epoch_days: int = 30
    categories: list[Category] = msgspec.field(default_factory=lambda: [Category.SUSPECT, Category.CONVICTED])
    things: bool = True
    changes: bool = False
    standing_days: int = 0
    countersigned_above: int | None = None
    authorities: list[str] = msgspec.field(default_factory=list)


class _Written(msgspec.Struct, forbid_unknown_fields=True):
    purposes: list[Purpose]
    offences: list[str]
    exchanges: list[str]
    quota: int
    languages: list[str]
    gateway: _Gateway
    handling: _Handling
    retention: dict[str, int]
    crosscheck: _Crosscheck | None = None


LEARNED = msgspec.json.Decoder(_Written)  # before threads meet it


def read_terms(text: str) -> Terms:
    """The terms that a file says. Raises BadInput, naming the line that is wrong."""
    try:
        given = msgspec.convert(tomllib.loads(text), _Written)
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"the terms are not TOML: {error}", hint=HINT) from error
    except msgspec.ValidationError as error:
        raise BadInput(f"the terms cannot be used: {error}", hint=HINT) from error
    unknown = [word for word in given.exchanges if word not in EXCHANGES]
    if unknown:
        hint = f"the kinds of exchange are {', '.join(EXCHANGES)}"
        raise BadInput(f"{unknown[0]!r} is no kind of exchange", field="exchanges", hint=hint)
    gateway, handling = given.gateway, given.handling
    return Terms(
        tuple(given.purposes),
        tuple(given.offences),
        tuple(given.exchanges),
        Gateway(kind=gateway.kind, reference=gateway.reference, expires=gateway.expires),
        given.quota,
        Handling(codes=tuple(handling.codes), restriction=handling.restriction),
        tuple(given.languages),
        _caps(given.retention),
        _comparison(given.crosscheck) if given.crosscheck else None,
    )


def _comparison(given: _Crosscheck) -> Comparison:
    told = msgspec.structs.asdict(given) | {
        "categories": tuple(given.categories),
        "authorities": tuple(given.authorities),
    }
    if given.countersigned_above is None:
        del told["countersigned_above"]
    return Comparison(**told)


def _caps(retention: dict[str, int]) -> tuple[Cap, ...]:
    """The general cap first, then those of categories."""
    named = {each.value: each for each in Category}
    for word in retention:
        if word != "days" and word not in named:
            raise BadInput(f"{word!r} is no category", field="retention", hint=HINT)
    if "days" not in retention:
        raise BadInput("the general cap is missing", field="retention", hint=HINT)
    caps = [Cap(days=days, category=named[word]) for word, days in retention.items() if word != "days"]
    return Cap(days=retention["days"]), *sorted(caps, key=lambda cap: str(cap.category))
