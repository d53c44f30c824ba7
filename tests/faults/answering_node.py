"""A node as a process that sends a request, or answers one in batches, and can be killed; a child of letter_node.py.

"send" has it send the request that is authorised there; "answer MOST PACE" has it answer whatever was received: those
where nothing was found by choices of at most MOST, each with a hit by itself. It says "answered N …" once that is
durable. Whoever is killed is asked the same once more, and goes on from what the database says.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from random import Random

from sqlalchemy import select

from liaison.assistance import answering, sending
from liaison.assistance.answering import Reply
from liaison.assistance.reading import subject_view
from liaison.assistance.rules import OPEN, RUNNING, Side, State, SubjectState
from liaison.model.errors import Conflict, StoreUnavailable
from liaison.node.wiring import Node
from liaison.storage.tables.assistance import REQUESTS, SUBJECTS
from tests.faults import letter_node
from tests.two_offices import DESK, INVESTIGATOR

WHY = "Name and date of birth agree with the file"
SOON = 0.02  # seconds until it looks again for what can be done


def obey(node: Node, words: list[str], said: Callable[[str], None]) -> None:
    """Do what one line asks for."""
    if words[0] == "send":
        send(node)
    elif words[0] == "answer":
        answer(node, int(words[1]), float(words[2]), said)


def send(node: Node) -> None:
    """Send the request, unless that was done; the background sends parts that a stop left behind."""
    authorised = REQUESTS.c.state == State.AUTHORISED.value
    for request in node.office.read(
        lambda c: list(c.execute(select(REQUESTS.c.id).where(authorised)).scalars())
    ):
        sending.send(node.office, node.means, INVESTIGATOR, request)


def answer(node: Node, most: int, pace: float, said: Callable[[str], None]) -> None:
    """Answer every subject of the request that was received, in an order of chance, until none is open."""
    chance = Random()
    while True:
        request, state = received(node)
        if request and State(state) is State.ANSWERED:
            return
        try:
            if done := State(state) in RUNNING and answer_some(node, request, chance, most):
                said(f"answered {' '.join(map(str, done))}")
        except (Conflict, StoreUnavailable):  # the clock was kept meanwhile, or it is being closed
            done = False
        time.sleep(pace if done else SOON)


def answer_some(node: Node, request: str, chance: Random, most: int) -> list[int]:
    """Answer some of those that can be answered now; their numbers."""
    subjects = open_ones(node, request)
    prepared = [number for number, state in subjects if state == SubjectState.PREPARED.value]
    hits = [number for number, state in subjects if state == SubjectState.HIT.value]
    if hits and (not prepared or chance.random() < len(hits) / len(subjects)):
        number = chance.choice(hits)
        best = subject_view(node.office, DESK, request, number, WHY).hits[0]
        answering.answer(node.office, node.means, DESK, request, number, Reply((best.holding,), WHY))
        return [number]
    if prepared:
        chosen = chance.sample(prepared, min(len(prepared), chance.randint(1, most)))
        answering.confirm_nothing(node.office, node.means, DESK, request, chosen)
        return chosen
    return []


def received(node: Node) -> tuple[str, str]:
    """The request that came, and its state; empty and a draft's before there is one."""
    query = select(REQUESTS.c.id, REQUESTS.c.state).where(REQUESTS.c.side == Side.RECEIVED.value)
    found = node.office.read(lambda connection: connection.execute(query).first())
    return (found.id, found.state) if found else ("", State.DRAFT.value)


def open_ones(node: Node, request: str) -> list[tuple[int, str]]:
    """Numbers and states of the subjects that wait for their answer."""
    waits = (SUBJECTS.c.request_id == request) & SUBJECTS.c.state.in_([state.value for state in OPEN])
    query = select(SUBJECTS.c.number, SUBJECTS.c.state).where(waits)
    return node.office.read(lambda connection: [(row.number, row.state) for row in connection.execute(query)])


if __name__ == "__main__":
    letter_node.mother(obey)
