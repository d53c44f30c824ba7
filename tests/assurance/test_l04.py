"""L04: an answer about somebody whom no check may find is, byte for byte, that about somebody who is on no record."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from liaison.demo.agency import PROTECTED
from liaison.holdings.imports import import_file
from liaison.model.roles import Role
from liaison.policy import limits
from tests.web.scene import a_case, enrol, order
from tests.web_fixtures import Desk, a_desk

NAMED_BY_CHANCE = re.compile(rb'check-[a-z2-7]{26}|"entry":\d+|"at":"[^"]+"')
CATEGORIES = ("victim", "witness", "missing", "suspect")  # the last one is a child
UNLIKE = str.maketrans("bdfghjklmnrstvzaeiou", "pcwxqpcwxqpcwxqyyüüö")
GIVEN = ("Arta", "Besa", "Drita", "Elira", "Fjolla", "Genta", "Hana", "Ilda", "Jeta", "Kaltrina")


def letters(number: int) -> str:
    """A surname that stands for a number: two of them are not alike."""
    told = ""
    for _ in range(3):
        number, left = divmod(number, 100)
        told += "bdfghjklmn"[left % 10] + "aeiou"[left // 20] + "rstvz"[left // 4 % 5] + "aeiou"[left % 4]
    return told.capitalize()


def person(number: int) -> tuple[str, str]:
    """Name and date of birth."""
    year = 2015 if number % 4 == 3 else 1950 + number % 40
    return (
        f"{GIVEN[number % 10]} {letters(number * 7919)}",
        f"{year}-{number % 12 + 1:02}-{number % 28 + 1:02}",
    )


def protected(count: int) -> bytes:
    """A list of so many people, all of whom the law keeps out of the index."""
    rows = [
        f"P{at},{name},{born},{CATEGORIES[at % 4]}"
        for at, (name, born) in ((at, person(at)) for at in range(count))
    ]
    return "\n".join(["id,name,date_of_birth,category", *rows]).encode()


def suspects(count: int) -> bytes:
    """A list of so many others, who are like none of them, so that there is an index to look in."""
    rows = [
        f"S{at},Wolfgang {letters(at).translate(UNLIKE)},1931-07-{at % 28 + 1:02},suspect"
        for at in range(count)
    ]
    return "\n".join(["id,name,date_of_birth,category", *rows]).encode()


CASES = 9


def answers(desk: Desk, client: httpx.Client, given: list[str], count: int) -> Iterator[tuple[bytes, float]]:
    """What is answered about each, without what chance gives, and the seconds it took. A day passes in time."""
    day = CASES * limits(desk.office.regimes).bulk_persons
    for at in range(count):
        if at and not at % day:
            desk.clock.forward(hours=25)
        name, born = person(at)
        subject = {"kind": "person", "names": [{"full": name}], "born": [born]}
        began = time.perf_counter()
        answer = client.post("/api/v1/checks", json={"subject": subject, "grounds": given[at % CASES]})
        took = time.perf_counter() - began
        assert answer.status_code == 201, answer.text
        told = {key: value for key, value in answer.headers.items() if key not in ("date", "content-length")}
        yield NAMED_BY_CHANCE.sub(b"-", answer.content) + repr(sorted(told.items())).encode(), took


def asked(folder: Path, held: int, count: int) -> list[tuple[bytes, float]]:
    """The answers of a node that holds so many protected people, about the first of them."""
    folder.mkdir()
    with a_desk(folder) as desk:
        clerk = enrol(desk, "Desk Officer", "North", Role.DESK_OFFICER)
        asks = enrol(desk, "An Investigator", "North", Role.INVESTIGATOR)
        for content, name in ((suspects(200), "Wanted"), (protected(held), PROTECTED)):
            if content.count(b"\n"):
                done = import_file(desk.office, desk.actor(clerk), order(desk, content, name))
                assert done.new == content.count(b"\n"), done
        desk.node.live.refresh()
        given = [a_case(desk, asks, f"T-{each}")[1] for each in range(CASES)]
        with desk.program(asks) as client:
            return list(answers(desk, client, given, count))


def test_answers_about_the_protected_are_those_about_nobody(tmp_path: Path) -> None:
    count = 200
    there, nowhere = asked(tmp_path / "with", count, count), asked(tmp_path / "without", 0, count)
    assert len(there) == count
    assert [told for told, _ in there] == [told for told, _ in nowhere]
    assert len({told for told, _ in there}) == 1
    assert b'"alerts":[]' in there[0][0]


@pytest.mark.campaign
def test_ten_thousand_answers_are_the_same_and_take_as_long(tmp_path: Path) -> None:
    """In four rounds: a token does not last for 10,000 questions of one person."""
    count = 2_500
    both: tuple[list[float], list[float]] = ([], [])
    for turn in range(4):
        there = asked(tmp_path / f"with-{turn}", count, count)
        nowhere = asked(tmp_path / f"without-{turn}", 0, count)
        assert [told for told, _ in there] == [told for told, _ in nowhere]
        both[0].extend(took for _, took in there)
        both[1].extend(took for _, took in nowhere)
    median = [sorted(each)[len(each) // 2] for each in both]
    assert abs(median[0] - median[1]) < 0.001  # seconds, threat A15
