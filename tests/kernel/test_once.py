"""What is made once is made once, whoever asks at the same time; and the kernel reads nothing that has gone."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from liaison.kernel import address
from liaison.kernel.once import once
from liaison.matching.index import Index
from tests.matching.people import people

ASKERS, CHECKS = 12, 200
RACE = f"""
import sys, threading
from pathlib import Path
from liaison.matching.index import Index
from liaison.matching.one import Checker, Person

index = Index.open(Path(sys.argv[1]))
gate, found = threading.Barrier({ASKERS}), []
def ask():
    gate.wait()
    checker = Checker(index)
    for number in range({CHECKS}):
        found.append(len(checker.check(Person(given="Aleksey", surname=f"Sobolev{{number}}"))))
        found.append(len(checker.check(Person(given="Alexei", surname="Sobolev"))))
threads = [threading.Thread(target=ask) for _ in range({ASKERS})]
sys.setswitchinterval(1e-6)
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(found), min(found[1::2]))
"""


def test_threads_that_open_an_index_together_read_what_is_there(tmp_path: Path) -> None:
    rows = [{"given": f"Ivan{n}", "surname": f"Petrov{n}", "born": "1970"} for n in range(500)]
    Index.build(people([*rows, {"given": "Алексей", "surname": "Соболев"}])).save(tmp_path / "one.index")
    command = [sys.executable, "-c", RACE, str(tmp_path / "one.index")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(2 * ASKERS * CHECKS), "1"]


def test_twelve_threads_at_once_are_given_one_value() -> None:
    calls = list[int]()

    @once
    def made() -> object:
        calls.append(1)
        time.sleep(0.01)
        return object()

    gate, given = threading.Barrier(12), list[object]()

    def ask() -> None:
        gate.wait()
        given.append(made())

    threads = [threading.Thread(target=ask) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert calls == [1]
    assert len(given) == 12
    assert len({id(one) for one in given}) == 1


def test_what_fails_is_asked_again() -> None:
    answers = iter([ValueError("not yet"), 7])

    @once
    def made() -> object:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    with pytest.raises(ValueError, match="not yet"):
        made()
    assert made() == 7


def test_an_address_holds_its_array() -> None:
    held = address(np.arange(3))
    assert held.array.tolist() == [0, 1, 2]
