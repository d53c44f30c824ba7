"""Whether a question may be about whoever asks it (threat A20). Pure.

The node knows of its officers their names alone, so names alone are compared, as the engine compares two of them:
spelling, script, order and given names that are left out are borne with. A namesake is noticed too: the notice says so.
"""

from __future__ import annotations

from collections.abc import Iterable

from liaison.matching.compare import PERSON, compare
from liaison.matching.names.romanise import forms
from liaison.matching.names.split import tokens

LIKELY = 0.7  # of 1: the score from which two names are taken for one


def may_be_oneself(own: str, asked: Iterable[str]) -> bool:
    """Whether one of the names asked about may be the officer's own."""
    return bool(own) and any(name and compare(own, name, kind=PERSON).score >= LIKELY for name in asked)


def may_be_in_list(own: str, asked: Iterable[str]) -> bool:
    """As `may_be_oneself` for thousands of names: those are compared that share two initials with the officer's own, or
    the one where there is one. A given name of another initial (Yusuf, Joseph) is not noticed in a list."""
    mine = _initials(own)
    wanted = min(2, len(mine))
    return may_be_oneself(own, (name for name in asked if len(mine & _initials(name)) >= wanted))


def _initials(name: str) -> set[str]:
    return {form[0] for token in tokens(name) for form in forms(token) if form}
