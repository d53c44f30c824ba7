"""Short codes: six signs by which an alert or a record is named over the telephone. Pure.

A code is a part of the id itself, 30 of its random bits, so that nothing has to be kept or handed out. It is in the
base32 of D. Crockford, without the letters that are taken for digits or for one another. It opens nothing: whoever
types it finds what the authoriser lets them see, and all of it where two have the same code.
"""

from __future__ import annotations

from dataclasses import dataclass

from liaison.model.errors import BadInput

SIGNS = 6  # 30 bits: of 10,000 alerts one in 100,000 codes names a second one
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LOOK_ALIKES = str.maketrans({"O": "0", "I": "1", "L": "1", "-": "", " ": ""})
ALERT, RECORD = "alert", "holding"
HINT = "six letters and digits, as 7K2M9Q; have whoever calls read it out once more"


@dataclass(frozen=True, slots=True)
class Part:
    """Where in an id of this kind its code stands, and in which alphabet the id is written."""

    alphabet: str
    start: int  # signs after the kind and its hyphen


PARTS = {
    ALERT: Part("abcdefghijklmnopqrstuvwxyz234567", 0),  # office.new_id: RFC 4648, all random
    RECORD: Part("0123456789abcdefghijklmnopqrstuv", 10),  # shelves.fresh_id: RFC 4648 hex, a time first
}


def code_of(id: str) -> str:
    """The code of an alert's or a record's id: 7K2M9Q."""
    kind, _, signs = id.partition("-")
    part = PARTS[kind]
    own = signs[part.start : part.start + SIGNS]
    return "".join(CROCKFORD[part.alphabet.index(sign)] for sign in own)


def read_code(text: str) -> str:
    """A code as it was typed, in small letters, with spaces, with O for 0. Raises BadInput for what is none."""
    code = "".join(text.upper().split()).translate(LOOK_ALIKES)
    if len(code) != SIGNS or any(sign not in CROCKFORD for sign in code):
        raise BadInput(f"{text!r} is no code", field="code", hint=HINT)
    return code


def in_id(kind: str, code: str) -> str:
    """What stands in an id of this kind that has the code."""
    alphabet = PARTS[kind].alphabet
    return "".join(alphabet[CROCKFORD.index(sign)] for sign in code)
