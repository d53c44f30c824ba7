"""Bulk work in several processes."""

from __future__ import annotations

import os
import pickle
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from liaison.jobs import Alone, Pool, jobs_from
from liaison.model.errors import BadInput, BadSetting, JobLost
from liaison.ports import Jobs, Work
from tests.jobs import bulk, labour


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    path = tmp_path / "shared file"
    path.write_bytes(bytes(range(256)))
    return path


@pytest.fixture
def pool() -> Iterator[Pool]:
    with Pool(2) as running:
        yield running


def tries(folder: Path) -> dict[int, int]:
    return {int(path.name[6:]): len(path.read_text().split()) for path in folder.glob("tried-*")}


def arrays() -> Iterator[np.ndarray[Any, Any]]:
    return (np.arange(start, start + 7) for start in range(0, 210, 7))


def test_results_are_those_of_one_process_to_the_byte_and_in_its_order(shared: Path, pool: Pool) -> None:
    work = Work(shared=shared, open=labour.mapped, function=labour.sums)
    expected = [pickle.dumps(result) for result in Alone().map_chunks(work, arrays())]
    assert [pickle.dumps(result) for result in pool.map_chunks(work, arrays())] == expected
    assert len(expected) == 30


def test_a_late_first_chunk_still_leaves_first(shared: Path, pool: Pool) -> None:
    work = Work(shared=shared, open=labour.mapped, function=labour.slow_first)
    progress: list[int] = []
    assert list(pool.map_chunks(work, range(20), progress.append)) == list(range(20))
    assert progress == list(range(1, 21))


def test_few_results_wait_for_a_late_first_chunk(shared: Path, pool: Pool) -> None:
    work = Work(shared=shared, open=labour.mapped, function=labour.slow_first)
    taken: list[int] = []
    results = pool.map_chunks(work, (taken.append(chunk) or chunk for chunk in range(1000)))
    assert next(results) == 0
    assert len(taken) <= 2 * 4 + 1
    assert list(results) == list(range(1, 1000))


def test_each_worker_opens_the_shared_file_once_over_several_passes(shared: Path, pool: Pool) -> None:
    work = Work(shared=shared, open=labour.opened, function=labour.who)
    workers = {*pool.map_chunks(work, range(8)), *pool.map_chunks(work, range(8))}
    assert len(workers) == 2
    assert os.getpid() not in workers
    assert Counter((shared.parent / "opened").read_text().split()) == {str(worker): 1 for worker in workers}


def test_a_file_that_was_written_again_is_opened_again(shared: Path, pool: Pool) -> None:
    work = Work(shared=shared, open=labour.mapped, function=labour.sums)
    (before,) = pool.map_chunks(work, [np.arange(1, 3)])
    fresh = shared.with_suffix(".new")
    fresh.write_bytes(bytes(256))
    fresh.replace(shared)
    (after,) = pool.map_chunks(work, [np.arange(1, 3)])
    assert before["sums"].tolist() == [1, 3]
    assert after["sums"].tolist() == [0, 0]


def test_a_killed_workers_chunk_is_run_again_and_nothing_is_doubled(shared: Path, pool: Pool) -> None:
    work = Work(shared=shared, open=labour.mapped, function=labour.killed_once)
    chunks = [(str(shared.parent), number) for number in range(10)]
    progress: list[int] = []
    assert list(pool.map_chunks(work, chunks, progress.append)) == [number * number for number in range(10)]
    assert progress == list(range(1, 11))
    assert tries(shared.parent) == {number: 2 if number % 3 == 1 else 1 for number in range(10)}


def test_a_worker_killed_from_outside_is_replaced(shared: Path, pool: Pool) -> None:
    work = Work(shared=shared, open=labour.mapped, function=labour.noted)
    folder, begun = shared.parent, shared.parent / "begun"

    def kill_one() -> None:
        while not (begun.exists() and (workers := begun.read_text().split())):
            time.sleep(0.01)
        os.kill(int(workers[0]), signal.SIGKILL)

    killer = threading.Thread(target=kill_one)
    killer.start()
    assert sum(pool.map_chunks(work, [(str(folder), 0.3)] * 4)) == 4
    killer.join()
    assert len(begun.read_text().split()) == 5


def test_a_check_has_the_same_alerts_to_the_byte_though_a_worker_is_killed(
    tmp_path: Path, pool: Pool
) -> None:
    path = bulk.saved_index(tmp_path)
    expected = bulk.alone(path)
    assert len(expected) > 300
    assert bulk.as_bytes(bulk.shared_among(pool, path)) == bulk.as_bytes(expected)
    assert (tmp_path / "killed").exists()


def test_a_chunk_that_no_worker_survives_is_given_up_after_three_tries(shared: Path, pool: Pool) -> None:
    work = Work(shared=shared, open=labour.mapped, function=labour.killed_always)
    chunks = [(str(shared.parent), number) for number in range(6)]
    results = pool.map_chunks(work, chunks)
    with pytest.raises(
        JobLost, match="chunk 3 was lost 3 times; the last time its worker was killed by signal 9"
    ):
        list(results)
    assert tries(shared.parent)[2] == 3
    again = Work(shared=shared, open=labour.mapped, function=labour.slow_first)
    assert list(pool.map_chunks(again, range(4))) == [0, 1, 2, 3]


def test_a_worker_that_ends_by_itself_is_told_with_its_status(shared: Path, pool: Pool) -> None:
    work = Work(shared=shared, open=labour.mapped, function=labour.ends)
    with pytest.raises(JobLost, match="ended with status 7"):
        list(pool.map_chunks(work, [1]))


def test_what_the_function_raises_is_raised_here_and_not_tried_again(shared: Path, pool: Pool) -> None:
    work = Work(shared=shared, open=labour.mapped, function=labour.refuses)
    with pytest.raises(BadInput, match="no such day") as refused:
        list(pool.map_chunks(work, range(5)))
    error = refused.value
    assert (error.file, error.row, error.field, error.hint) == ("a.csv", 2, "dob", "write it again")
    assert "labour.py" in error.__notes__[0]


def test_an_absent_shared_file_is_said_to_be_absent(tmp_path: Path, pool: Pool) -> None:
    work = Work(shared=tmp_path / "absent", open=labour.mapped, function=labour.who)
    with pytest.raises(FileNotFoundError):
        list(pool.map_chunks(work, [1]))


def test_a_result_that_cannot_be_sent_is_an_error_not_a_loss(shared: Path, pool: Pool) -> None:
    work = Work(shared=shared, open=labour.mapped, function=labour.unsendable)
    with pytest.raises(TypeError, match="could not be sent"):
        list(pool.map_chunks(work, [1]))


def test_a_pass_that_is_left_early_leaves_no_worker_busy(shared: Path, pool: Pool) -> None:
    slow = Work(shared=shared, open=labour.mapped, function=labour.noted)
    results = pool.map_chunks(slow, [(str(shared.parent), 0.0), *[(str(shared.parent), 60.0)] * 3])
    assert next(results) == 1
    results.close()  # type: ignore[attr-defined]
    quick = Work(shared=shared, open=labour.mapped, function=labour.slow_first)
    assert list(pool.map_chunks(quick, range(3))) == [0, 1, 2]


def test_no_more_workers_are_started_than_there_are_chunks(shared: Path) -> None:
    work = Work(shared=shared, open=labour.mapped, function=labour.slow_first)
    with Pool(8) as pool:
        assert list(pool.map_chunks(work, [])) == []
        assert pool.workers == []
        assert list(pool.map_chunks(work, [5])) == [5]
        (worker,) = pool.workers
    assert worker.process.exitcode == 0
    assert pool.workers == []


def test_a_setting_names_where_work_is_done() -> None:
    places: list[Jobs] = [jobs_from(""), jobs_from("3"), jobs_from("auto")]
    assert isinstance(places[0], Alone)
    assert isinstance(places[1], Pool)
    assert places[1].size == 3
    assert isinstance(places[2], Pool)
    assert places[2].size >= 1


@pytest.mark.parametrize("setting", ["0", "-1", "two", "http" + "://host:1", "ray:", "²"])
def test_another_setting_is_refused(setting: str) -> None:
    with pytest.raises(BadSetting, match="does not say where to work"):
        jobs_from(setting)


def test_one_process_tells_its_progress_too(shared: Path) -> None:
    work = Work(shared=shared, open=labour.mapped, function=labour.slow_first)
    progress: list[int] = []
    with Alone() as jobs:
        assert list(jobs.map_chunks(work, [3, 4], progress.append)) == [3, 4]
    assert progress == [1, 2]
