"""A node on the disk, made once and copied for each test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from liaison.ledger.statements import Statement
from liaison.model.categories import OfficerId
from liaison.node import keyfile
from liaison.node.making import make_node
from liaison.node.settings import Settings, settings_of
from liaison.node.wiring import Node, open_node

VALUES = {"name": "Our node", "agency": "Policia", "origin": "node.example", "regimes": ["demo"], "port": 0}


@pytest.fixture(scope="session")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pattern") / "a node"
    make_node(folder, settings(), lambda node: "")
    return folder


@pytest.fixture
def folder(pattern: Path, tmp_path: Path) -> Path:
    """A node with one entry in its ledger."""
    shutil.copytree(pattern, tmp_path / "a node")
    return tmp_path / "a node"


@pytest.fixture
def node(folder: Path) -> Iterator[Node]:
    """A node that is open, with nothing going on in its background."""
    with open_node(folder, work=False) as found:
        yield found


@pytest.fixture
def light(monkeypatch: pytest.MonkeyPatch) -> None:
    """Key files that are made with little work, and so open with little."""
    monkeypatch.setattr(keyfile, "HARD", (2**10, 8, 1))


def settings(**over: object) -> Settings:
    return settings_of(VALUES | over)


def record(node: Node, count: int = 1) -> None:
    """Entries in the ledger, each durable by itself."""
    for number in range(count):
        stated = Statement(
            what="test", who=OfficerId("person-a"), when=node.office.now(), detail={"number": str(number)}
        )
        node.office.write(lambda connection, stated=stated: node.office.log.append(connection, stated))
