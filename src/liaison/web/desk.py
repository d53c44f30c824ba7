"""A check on behalf of a visit, timed for the node's metrics."""

from __future__ import annotations

from liaison.screening import desk
from liaison.screening.desk import Answer, Question
from liaison.web.context import Visit


def check(visit: Visit, question: Question) -> Answer:
    """Check one subject. Raises what screening.desk.check raises."""
    with visit.node.metrics.checks.time():
        return desk.check(visit.office, visit.node.live, visit.actor, question)
