"""In what capacity a person stands in a case (Directive (EU) 2016/680, article 6)."""

from __future__ import annotations

from enum import Enum
from typing import NewType

from liaison.model.errors import BadInput
from liaison.model.structs import Value

CaseId = NewType("CaseId", str)
OfficerId = NewType("OfficerId", str)


class Category(Enum):
    """The capacities kept apart. There is none for a person of whom it is not known: not known is not suspect."""

    SUSPECT = "suspect"
    CONVICTED = "convicted"
    VICTIM = "victim"
    WITNESS = "witness"
    CONTACT = "contact"
    MISSING = "missing"


class Involvement(Value, frozen=True, kw_only=True):
    """One person's capacity in one case, why, and the officer who looked at it. Nothing here has a default.

    Raises BadInput for an empty text.
    """

    category: Category
    case: CaseId
    reason: str
    reviewer: OfficerId

    def __post_init__(self) -> None:
        super().__post_init__()
        for field in ("case", "reason", "reviewer"):
            if not getattr(self, field):
                raise BadInput(f"the {field} is empty", field=field, hint=f"name the {field}")
