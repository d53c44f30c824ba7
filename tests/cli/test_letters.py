"""`liaison letters`: where letters stand, beside a node that serves."""

from __future__ import annotations

import json
from pathlib import Path

from liaison.node.wiring import open_node
from liaison.transport import outbox
from liaison.transport.outbox import Outgoing
from tests.cli.conftest import Run
from tests.faults.two_nodes import ORIGINS, _free_ports, make_pair
from tests.transport.sides import KIND, Mark


def test_what_waits_and_where_a_letter_stands_is_told_and_never_what_it_says(
    liaison: Run, tmp_path: Path
) -> None:
    ports = dict(zip(ORIGINS, _free_ports(2), strict=True))
    make_pair(tmp_path, ports, ports)
    with open_node(tmp_path / "left", work=False) as left:
        going = Outgoing(ORIGINS["right"], KIND, "request-1", Mark(word="Agim Hoxha"))
        posted = left.office.write(lambda c: outbox.post(left.office, c, left.means, going))
        told = liaison("letters", "waiting", tmp_path / "left")
        assert told.exit_code == 0, told.output
        assert "right.example  1 waiting since" in told.output
        (way,) = json.loads(liaison("letters", "waiting", tmp_path / "left", "--json").stdout)["partners"]
        assert (way["partner"], way["waiting"]) == ("right.example", 1)
        shown = liaison("letters", "show", tmp_path / "left", posted.id).output
        for word in (f"sent {posted.id}: waiting", "ordinary 1", "request-1", posted.digest):
            assert word in shown
        assert "Agim" not in shown
        assert liaison("letters", "show", tmp_path / "left", "letter-none").exit_code == 2
