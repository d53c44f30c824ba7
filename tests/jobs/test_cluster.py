"""Bulk work on a Ray cluster of two nodes on this machine, joined over loopback."""

from __future__ import annotations

import hashlib
import os
import pickle
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from liaison.jobs import Alone, jobs_from
from liaison.jobs.cluster import Broadcast, Cluster, labour, local_copy
from liaison.model.errors import BadInput, BadSetting, JobLost
from liaison.ports import Work
from tests.jobs import bulk
from tests.jobs import labour as functions

os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
os.environ["PYTHONPATH"] = os.pathsep.join([str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")])
pytestmark = [
    pytest.mark.filterwarnings("ignore"),  # Ray's own
    pytest.mark.alone,
]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


TRIES = 3  # of starting a cluster: on a busy machine Ray's client server may not come up


def started() -> Any:
    """A cluster with a head and a second node, one processor each."""
    from ray.cluster_utils import Cluster as Nodes

    node = {"num_cpus": 1, "object_store_memory": 100_000_000}
    ports = {"ray_client_server_port": free_port(), "runtime_env_agent_port": free_port()}
    nodes = Nodes(initialize_head=True, head_node_args=node | ports | {"include_dashboard": False})
    nodes.add_node(**node)
    nodes.wait_for_nodes()
    return nodes


@pytest.fixture(scope="module")
def both() -> Iterator[tuple[Any, Cluster]]:
    """A cluster, and our way to it. Skipped where Ray is not here or does not come up."""
    pytest.importorskip("ray", reason="Ray is not installed: ./dev setup --cluster")
    if " " in sys.executable:
        pytest.skip("Ray's client port does not open from a folder with a space in its name")
    for _ in range(TRIES):
        nodes = started()
        try:
            running = Cluster(f"ray://127.0.0.1:{nodes.head_node._ray_params.ray_client_server_port}")
            running.__enter__()
        except BadSetting:
            nodes.shutdown()
            continue
        yield nodes, running
        running.__exit__(None, None, None)
        nodes.shutdown()
        return
    pytest.skip(f"Ray's client server did not come up in {TRIES} tries")


@pytest.fixture(scope="module")
def nodes(both: tuple[Any, Cluster]) -> Any:
    return both[0]


@pytest.fixture(scope="module")
def cluster(both: tuple[Any, Cluster]) -> Cluster:
    return both[1]


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    path = tmp_path / "shared file"
    path.write_bytes(bytes(range(256)))
    return path


def tries(folder: Path) -> dict[int, int]:
    return {int(path.name[6:]): len(path.read_text().split()) for path in folder.glob("tried-*")}


def test_both_nodes_work(shared: Path, cluster: Cluster) -> None:
    assert cluster.slots() == 2
    assert len({node["NodeID"] for node in cluster.ray.nodes() if node["Alive"]}) == 2
    work = Work(shared=shared, open=functions.mapped, function=functions.who)
    workers = set(cluster.map_chunks(work, range(40)))
    assert len(workers) >= 2
    assert os.getpid() not in workers


def test_results_are_those_of_one_process_to_the_byte_and_in_its_order(
    shared: Path, cluster: Cluster
) -> None:
    work = Work(shared=shared, open=functions.mapped, function=functions.sums)
    chunks = [np.arange(start, start + 7) for start in range(0, 210, 7)]
    expected = [pickle.dumps(result) for result in Alone().map_chunks(work, chunks)]
    progress: list[int] = []
    assert [pickle.dumps(result) for result in cluster.map_chunks(work, chunks, progress.append)] == expected
    assert progress == list(range(1, 31))


def test_a_killed_workers_chunk_is_run_again_and_nothing_is_doubled(shared: Path, cluster: Cluster) -> None:
    work = Work(shared=shared, open=functions.mapped, function=functions.killed_once)
    chunks = [(str(shared.parent), number) for number in range(6)]
    assert list(cluster.map_chunks(work, chunks)) == [number * number for number in range(6)]
    assert tries(shared.parent) == {number: 2 if number % 3 == 1 else 1 for number in range(6)}


def test_a_worker_killed_from_outside_is_replaced(shared: Path, cluster: Cluster) -> None:
    work = Work(shared=shared, open=functions.mapped, function=functions.noted)
    folder, begun = shared.parent, shared.parent / "begun"

    def kill_one() -> None:
        while not (begun.exists() and (workers := begun.read_text().split())):
            time.sleep(0.01)
        os.kill(int(workers[0]), signal.SIGKILL)

    killer = threading.Thread(target=kill_one)
    killer.start()
    assert sum(cluster.map_chunks(work, [(str(folder), 0.5)] * 4)) == 4
    killer.join()
    assert len(begun.read_text().split()) == 5


def test_a_check_has_the_same_alerts_to_the_byte_though_a_worker_is_killed(
    tmp_path: Path, cluster: Cluster
) -> None:
    path = bulk.saved_index(tmp_path)
    expected = bulk.alone(path)
    assert len(expected) > 300
    assert bulk.as_bytes(bulk.shared_among(cluster, path)) == bulk.as_bytes(expected)
    assert (tmp_path / "killed").exists()


def test_a_chunk_that_no_worker_survives_is_given_up_after_three_tries(
    shared: Path, cluster: Cluster
) -> None:
    work = Work(shared=shared, open=functions.mapped, function=functions.killed_always)
    chunks = [(str(shared.parent), number) for number in range(4)]
    with pytest.raises(JobLost, match="chunk 3 was lost 3 times"):
        list(cluster.map_chunks(work, chunks))
    assert tries(shared.parent)[2] == 3


def test_what_the_function_raises_is_raised_here(shared: Path, cluster: Cluster) -> None:
    work = Work(shared=shared, open=functions.mapped, function=functions.refuses)
    with pytest.raises(BadInput, match="no such day") as refused:
        list(cluster.map_chunks(work, range(5)))
    assert (refused.value.row, refused.value.hint) == (2, "write it again")


def test_the_shared_file_travels_where_a_machine_does_not_have_it(shared: Path, cluster: Cluster) -> None:
    """The file is gone before the first chunk is sent, as it is on every machine but the first."""
    shared.write_bytes(os.urandom(1000) + bytes(range(256)))
    work = Work(shared=shared, open=functions.mapped, function=functions.sums)
    digest = hashlib.sha256(shared.read_bytes()).hexdigest()
    chunks = [np.arange(1000, 1000 + size) for size in range(1, 9)]
    expected = [pickle.dumps(result) for result in Alone().map_chunks(work, chunks)]

    def sent() -> Iterator[Any]:
        shared.unlink()
        yield from chunks

    assert [pickle.dumps(result) for result in cluster.map_chunks(work, sent())] == expected
    (copy,) = Path(local_copy(Broadcast("", (0, 0, 0), digest, []), bytes)).parent.glob(digest)
    copy.unlink()


def test_a_machine_that_is_lost_takes_nothing_with_it(shared: Path, nodes: Any, cluster: Cluster) -> None:
    """Stands last of those with the cluster: afterwards it has one machine."""
    work = Work(shared=shared, open=functions.mapped, function=functions.noted)
    begun = shared.parent / "begun"
    results = cluster.map_chunks(work, [(str(shared.parent), 0.3)] * 12)
    assert next(results) == 1
    (second,) = nodes.worker_nodes
    nodes.remove_node(second, allow_graceful=False)
    assert list(results) == [1] * 11
    assert len(begun.read_text().split()) >= 12


def test_another_version_on_a_machine_is_refused() -> None:
    good, error = pickle.loads(labour(Broadcast("", (0, 0, 0), "", []), b"", "0.0.1"))
    assert not good
    assert isinstance(error, BadSetting)
    assert "not 0.0.1" in str(error)


def test_a_copy_is_made_once_for_all_workers_of_a_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    shared = Broadcast(str(tmp_path / "not here"), (1, 2, 3), "digest", [b"one ", b"two"])
    copy = local_copy(shared, bytes)
    assert copy.read_bytes() == b"one two"
    assert copy.parent.stat().st_mode & 0o777 == 0o700
    assert local_copy(shared, lambda part: b"fetched again") == copy
    assert copy.read_bytes() == b"one two"
    assert [path.name for path in copy.parent.iterdir()] == ["digest"]


def test_another_file_of_the_same_name_is_not_taken_for_the_shared_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    path = tmp_path / "index"
    path.write_bytes(b"other")
    assert local_copy(Broadcast(str(path), (1, 2, 3), "digest", [b"right"]), bytes).read_bytes() == b"right"
    found = path.stat()
    identity = (found.st_ino, found.st_size, found.st_mtime_ns)
    assert local_copy(Broadcast(str(path), identity, "digest", []), bytes) == path


@pytest.mark.campaign  # Ray tries for 30 s
def test_a_cluster_that_does_not_answer_is_said_not_to() -> None:
    pytest.importorskip("ray", reason="Ray is not installed: ./dev setup --cluster")
    with pytest.raises(BadSetting, match="no Ray cluster answers"):
        jobs_from(f"ray://127.0.0.1:{free_port()}")
