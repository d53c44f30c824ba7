"""What is no plate. Badges, lorry lettering and signs are text as well: where these rules leave a doubt, no plate is
read.

A plate has a letter and a digit, five to eight signs, and the proportions of one. What fits a national form must be
its likeliest reading and legible; what fits none must be read nearly surely in every crop. Fewer signs than five are
read only where the camera expects a state that has such marks: model badges (A 180, XC 90) have these forms as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp

from liaison.pictures.plates import grammar
from liaison.pictures.plates.candidates import Candidate

SIGNS = range(5, 9)  # letters and digits
PROPORTIONS = (1.8, 9.0)  # length by height of the box
FORMLESS = 0.8  # of a text without a form: its probability in every crop
LEGIBLE = 0.02  # of any: else it is smear in which a form was found
SHARE = 0.3  # of the candidates together
SURE_SHARE, SURE_SEEN, SURE_FORMLESS = 0.9, 0.6, 0.9  # from where no further look is needed


def share(found: Sequence[Candidate], at: int = 0) -> float:
    """What a candidate is of all candidates together, 0 to 1."""
    best = found[0].score
    return exp(found[at].score - best) / sum(exp(each.score - best) for each in found)


def is_plate(found: Sequence[Candidate], length: float, height: float, expected: frozenset[str]) -> bool:
    """Whether the candidates of a box of these sides, in pixels, make a plate; expected are states by code."""
    if not found or not PROPORTIONS[0] <= length / height <= PROPORTIONS[1]:
        return False
    best = found[0]
    if not (any(sign.isdigit() for sign in best.text) and any(sign.isalpha() for sign in best.text)):
        return False
    if len(best.text) not in SIGNS and not expected & set(grammar.states(best.text)):
        return False
    least = LEGIBLE if best.worth else FORMLESS
    return exp(best.seen) >= least and share(found) >= SHARE


def is_sure(found: Sequence[Candidate]) -> bool:
    """Whether a further look at the same picture would hardly change the reading."""
    best = found[0]
    seen = SURE_SEEN if best.worth >= grammar.ORDINARY else SURE_FORMLESS
    return share(found) >= SURE_SHARE and exp(best.seen) >= seen
