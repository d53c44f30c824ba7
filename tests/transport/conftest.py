import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from liaison.node.wiring import Node, open_node
from tests.faults.two_nodes import ORIGINS, _free_ports, make_pair
from tests.partners.pairs import agree, pair, two_sides
from tests.transport.sides import Writer, a_writer


@pytest.fixture
def writers(tmp_path: Path) -> Iterator[tuple[Writer, Writer]]:
    """Two sides with an agreement in force, who write to each other."""
    with two_sides(tmp_path) as (left, right):
        pair(left, right)
        agree(left, right)
        yield a_writer(left), a_writer(right)


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, int]]:
    folder = tmp_path_factory.mktemp("pattern") / "pair"
    folder.mkdir()
    ports = dict(zip(ORIGINS, _free_ports(2), strict=True))
    make_pair(folder, ports, ports)
    return folder, ports


@pytest.fixture
def folder(pattern: tuple[Path, dict[str, int]], tmp_path: Path) -> Path:
    return Path(shutil.copytree(pattern[0], tmp_path / "pair"))


@pytest.fixture
def right(folder: Path) -> Iterator[Node]:
    """The node that is called."""
    with open_node(folder / "right") as node:
        yield node


@pytest.fixture
def left(folder: Path) -> Iterator[Node]:
    """The node that calls, with nothing going on by itself."""
    with open_node(folder / "left", work=False) as node:
        yield node
