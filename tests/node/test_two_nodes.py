"""Two nodes that serve: agreements over the network, and a rotation that no call is lost to."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from liaison.model.errors import Conflict
from liaison.node import partnership
from liaison.node.making import make_node
from liaison.node.wiring import Node, open_node
from liaison.partners import directory, service
from liaison.partners.agreement import Gateway, GatewayKind
from liaison.partners.directory import Partner, PartnerState
from liaison.partners.service import Pairing
from liaison.transport.channel import Unreachable
from tests.node.conftest import settings
from tests.partners.pairs import ADMINISTRATOR, SUPERVISOR, TERMS


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[tuple[Node, Node]]:
    """Two nodes that serve and have one another's card."""
    with ExitStack() as stack:
        found = []
        for name in ("left", "right"):
            port = free_port()
            chosen = settings(
                origin=f"{name}.example",
                partner_host="127.0.0.1",
                partner_port=port,
                partner_url=f"https://127.0.0.1:{port}",
            )
            make_node(tmp_path / name, chosen, lambda node: "")
            found.append(stack.enter_context(open_node(tmp_path / name)))
        left, right = found
        cards = [partnership.card(each, ADMINISTRATOR) for each in found]
        for node, card in ((left, cards[1]), (right, cards[0])):
            given = Pairing(card.text, card.card.fingerprint)
            service.pair(node.office, ADMINISTRATOR, node.signers[0].verifier.vkey, "liaison", given)
        for node in found:
            node.correspondence.look()
        yield left, right


def other(node: Node) -> str:
    return "right.example" if node.settings.origin == "left.example" else "left.example"


def known(node: Node) -> Partner:
    return node.office.read(lambda connection: directory.partner(connection, other(node)))


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


LASTING = replace(TERMS, gateway=Gateway(kind=GatewayKind.WITHIN, reference="the same law"))


def agree(left: Node, right: Node) -> None:
    """Over the network alone."""
    proposed = service.propose(left.office, SUPERVISOR, left.signers[0], other(left), LASTING, "DPIA-1")
    assert partnership.offer(left, other(left), proposed) == "proposed"
    digest = proposed.agreement.digest
    signed = service.sign(right.office, SUPERVISOR, right.signers[0], other(right), digest, "DPIA-1")
    assert partnership.offer(right, other(right), signed) == "in force"


def test_an_agreement_is_made_over_the_network_and_both_keys_rotate(nodes: tuple[Node, Node]) -> None:
    left, right = nodes
    agree(left, right)
    for node in nodes:
        assert known(node).state_at(node.office.now()) is PartnerState.ACTIVE
    for node, partner in ((left, right), (right, left), (left, right)):
        following = node.own.generation + 1
        partnership.rotate(node, ADMINISTRATOR)
        until(lambda p=partner, n=following: known(p).card.generation == n)  # type: ignore[misc]
        until(lambda n=node: not n.correspondence.backlogs()[0].waiting)  # type: ignore[misc]
    assert (left.own.generation, right.own.generation) == (3, 2)
    agree(right, left)
    assert known(left).agreement == known(right).agreement


def test_a_revoked_partner_is_not_heard(nodes: tuple[Node, Node]) -> None:
    left, right = nodes
    proposed = service.propose(left.office, SUPERVISOR, left.signers[0], other(left), LASTING, "DPIA-1")
    service.revoke(right.office, ADMINISTRATOR, other(right))
    with pytest.raises((Conflict, Unreachable)):
        partnership.offer(left, other(left), proposed)
    assert known(right).kept is PartnerState.REVOKED
