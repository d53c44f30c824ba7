"""What may happen to a case: who sees it, who works on it, and what its reference may hold. Pure."""

from __future__ import annotations

import re
from enum import Enum

from liaison.model.errors import BadInput, Conflict
from liaison.model.roles import Capability, Role, capabilities

REFERENCE = re.compile(r"(?=.*\d)[A-Za-z0-9][A-Za-z0-9 ./_-]{0,39}", re.ASCII)
LONGEST_TITLE = 200  # characters


class Part(Enum):
    """What a person is in a case."""

    LEAD = "lead"
    MEMBER = "member"
    READER = "reader"

    @property
    def works(self) -> bool:
        """Whether they ask questions and decide upon alerts in the case."""
        return self is not Part.READER


class CaseState(Enum):
    """A closed case answers no question any more."""

    OPEN = "open"
    CLOSED = "closed"


def sees(part: Part | None, roles: frozenset[Role], own_unit: str, case_unit: str) -> bool:
    """Whether a person sees the case: its members, and the supervisors of its unit. Nobody else knows that it is."""
    supervises = Capability.SUPERVISE in capabilities(roles) and bool(own_unit) and own_unit == case_unit
    return part is not None or supervises


def leads(part: Part | None, roles: frozenset[Role], own_unit: str, case_unit: str) -> bool:
    """Whether a person says who works on the case and closes it: its lead, and the supervisors of its unit."""
    return part is Part.LEAD or sees(None, roles, own_unit, case_unit)


def reference_of(text: str) -> str:
    """A case's reference: at most 40 letters, digits, spaces and ./_- with a digit, so that no name stands in it.

    Raises BadInput.
    """
    kept = text.strip()
    if not REFERENCE.fullmatch(kept):
        raise BadInput(
            f"{kept[:60]!r} is not the reference of a case",
            field="reference",
            hint="give its number: at most 40 letters, digits and ./_- with a digit; names go into the title",
        )
    return kept


def title_of(text: str) -> str:
    """A case's title in one line. Raises BadInput for an empty one or one of more than 200 characters."""
    kept = " ".join(text.split())
    if not kept or len(kept) > LONGEST_TITLE:
        hint = f"say in 1 to {LONGEST_TITLE} characters what the case is"
        raise BadInput(f"the title has {len(kept)} characters", field="title", hint=hint)
    return kept


def require_open(state: CaseState) -> None:
    """Raises Conflict for a closed case."""
    if state is CaseState.CLOSED:
        raise Conflict("the case is closed", hint="ask in an open case, or open one")
