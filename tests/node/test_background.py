import threading

import pytest

from liaison.node.background import Repeated


def test_it_runs_at_once_then_when_woken_and_stops() -> None:
    ran, count = threading.Semaphore(0), []

    def work() -> None:
        count.append(1)
        ran.release()

    one = Repeated("work", 60.0, work)
    assert one.age() == float("inf")
    one.start()
    assert ran.acquire(timeout=5)
    one.wake()
    assert ran.acquire(timeout=5)
    one.stop()
    one.wake()
    assert len(count) == 2
    assert one.age() < 5


def test_the_first_run_can_come_later() -> None:
    ran = threading.Event()
    one = Repeated("work", 60.0, ran.set, first=0.4)
    one.start()
    assert not ran.wait(0.1)
    assert ran.wait(5)
    one.stop()
    woken = threading.Event()
    other = Repeated("work", 60.0, woken.set, first=60.0)
    other.start()
    other.wake()
    assert woken.wait(5)
    other.stop()


def test_a_failure_is_counted_and_tried_again() -> None:
    failed, done = [], threading.Event()

    def work() -> None:
        if not failed:
            raise ValueError("first")
        done.set()

    one = Repeated("work", 0.01, work, failed.append)
    one.start()
    assert done.wait(60)
    one.stop()
    assert failed == ["work"]
    assert one.error is None


def test_now_waits_for_its_turn_and_raises() -> None:
    def work() -> None:
        raise ValueError("no")

    one = Repeated("work", 60.0, work)
    with pytest.raises(ValueError, match="no"):
        one.now()
    one.stop()
