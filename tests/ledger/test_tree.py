"""The tree against transparency-dev's vectors, against a plain reading of RFC 6962, and against itself."""

from base64 import b64decode
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.ledger import tree
from liaison.ledger.tree import (
    EMPTY_ROOT,
    Edge,
    consistency,
    inclusion,
    leaf_hash,
    node_hash,
    parents,
    root_from_inclusion,
    root_of,
    span,
    split,
    verify_consistency,
    verify_inclusion,
)
from liaison.model.errors import BadProof
from tests.ledger.node import vectors

MERKLE = vectors("merkle")
LEAVES = [leaf_hash(bytes([number])) for number in range(70)]


def plain_root(leaves: list[bytes]) -> bytes:
    """MTH, word for word (RFC 6962 section 2.1)."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256(b"").digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + plain_root(leaves[:k]) + plain_root(leaves[k:])).digest()


def nodes(level: int, index: int) -> bytes:
    found = LEAVES[index << level : (index + 1) << level]
    assert len(found) == 1 << level, "only complete subtrees are asked for"
    return plain_root(found)


def hashes(vector: dict[str, Any], name: str) -> bytes:
    return b64decode(vector[name] or "")


def test_there_are_196_vectors() -> None:
    assert (len(MERKLE["inclusion"]), len(MERKLE["consistency"])) == (98, 98)
    assert {vector["wantErr"] for kind in MERKLE.values() for vector in kind} == {True, False}


@pytest.mark.parametrize("vector", MERKLE["inclusion"], ids=lambda vector: vector["name"])
def test_inclusion_as_transparency_dev_has_it(vector: dict[str, Any]) -> None:
    given_ = (
        hashes(vector, "leafHash"),
        vector["leafIdx"],
        vector["treeSize"],
        [b64decode(each) for each in vector["proof"] or []],
        hashes(vector, "root"),
    )
    if vector["wantErr"]:
        with pytest.raises(BadProof):
            verify_inclusion(*given_)
    else:
        verify_inclusion(*given_)


@pytest.mark.parametrize("vector", MERKLE["consistency"], ids=lambda vector: vector["name"])
def test_consistency_as_transparency_dev_has_it(vector: dict[str, Any]) -> None:
    given_ = (
        vector["size1"],
        vector["size2"],
        [b64decode(each) for each in vector["proof"] or []],
        hashes(vector, "root1"),
        hashes(vector, "root2"),
    )
    if vector["wantErr"]:
        with pytest.raises(BadProof):
            verify_consistency(*given_)
    else:
        verify_consistency(*given_)


def test_the_hashes_of_the_rfc() -> None:
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert node_hash(b"a" * 32, b"b" * 32) == sha256(b"\x01" + b"a" * 32 + b"b" * 32).digest()
    assert parents(b"a" * 32 + b"b" * 32 + b"c" * 64) == node_hash(b"a" * 32, b"b" * 32) + node_hash(
        b"c" * 32, b"c" * 32
    )


@pytest.mark.parametrize(("width", "left"), [(2, 1), (3, 2), (4, 2), (5, 4), (8, 4), (9, 8), (257, 256)])
def test_the_left_subtree_is_the_largest_power_of_two_below(width: int, left: int) -> None:
    assert split(width) == left


@pytest.mark.parametrize("size", range(71))
def test_a_tree_grown_leaf_by_leaf_has_the_root_of_the_rfc(size: int) -> None:
    edge = Edge()
    for leaf in LEAVES[:size]:
        edge.append(leaf)
    assert edge.size == size
    assert edge.root() == plain_root(LEAVES[:size]) == root_of(LEAVES[:size]) == span(nodes, 0, size)
    again = Edge(edge.size, edge.roots)
    if size < 70:
        again.append(LEAVES[size])
        assert again.root() == plain_root(LEAVES[: size + 1])
        assert len(edge.roots) == size.bit_count(), "the edge it began with is untouched"


@pytest.mark.parametrize(("size", "roots"), [(1, []), (3, [b"a"]), (-1, [b"a"]), (0, [b"a"])])
def test_an_edge_has_as_many_roots_as_its_size_has_ones(size: int, roots: list[bytes]) -> None:
    with pytest.raises(ValueError, match="complete subtrees"):
        Edge(size, roots)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9, 31, 33, 64, 70])
def test_every_leaf_is_proved(size: int) -> None:
    root = plain_root(LEAVES[:size])
    for index in range(size):
        proof = inclusion(nodes, index, size)
        verify_inclusion(LEAVES[index], index, size, proof, root)
        assert root_from_inclusion(LEAVES[index], index, size, proof) == root
        with pytest.raises(BadProof, match="not in the tree"):
            verify_inclusion(leaf_hash(b"other"), index, size, proof, root)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9, 31, 33, 64, 70])
def test_every_beginning_is_proved(size: int) -> None:
    root = plain_root(LEAVES[:size])
    for old in range(1, size + 1):
        proof = consistency(nodes, old, size)
        before = plain_root(LEAVES[:old])
        verify_consistency(old, size, proof, before, root)
        with pytest.raises(BadProof):
            verify_consistency(old, size, proof, leaf_hash(b"other"), root)
        with pytest.raises(BadProof):
            verify_consistency(old, size, proof, before, leaf_hash(b"other"))


def test_which_root_a_proof_fails_at_is_said() -> None:
    before, root = plain_root(LEAVES[:6]), plain_root(LEAVES[:9])
    proof = consistency(nodes, 6, 9)
    with pytest.raises(BadProof, match="old root"):
        verify_consistency(6, 9, proof, leaf_hash(b"other"), root)
    with pytest.raises(BadProof, match="new root"):
        verify_consistency(6, 9, proof, before, leaf_hash(b"other"))
    with pytest.raises(BadProof, match="too short"):
        verify_consistency(6, 9, proof[:-1], before, root)
    with pytest.raises(BadProof, match="too long"):
        verify_consistency(6, 9, [*proof, root], before, root)


def test_nothing_is_the_beginning_of_everything_but_proves_nothing() -> None:
    assert consistency(nodes, 0, 5) == []
    assert consistency(nodes, 5, 5) == []
    with pytest.raises(BadProof):
        verify_consistency(0, 5, [], EMPTY_ROOT, plain_root(LEAVES[:5]))
    with pytest.raises(BadProof):
        verify_consistency(0, 0, [], EMPTY_ROOT, EMPTY_ROOT)


def test_two_trees_of_one_size_are_one_tree() -> None:
    root = plain_root(LEAVES[:5])
    verify_consistency(5, 5, [], root, root)
    for proof, other in (([], leaf_hash(b"other")), ([root], root)):
        with pytest.raises(BadProof, match="one size"):
            verify_consistency(5, 5, proof, root, other)


@pytest.mark.parametrize(("index", "size"), [(5, 5), (-1, 5), (0, 0), (6, 5)])
def test_no_leaf_is_proved_outside_the_tree(index: int, size: int) -> None:
    with pytest.raises(BadProof, match="no leaf"):
        inclusion(nodes, index, size)
    with pytest.raises(BadProof, match="no leaf"):
        root_from_inclusion(LEAVES[0], index, size, [])


@pytest.mark.parametrize(("old", "size"), [(6, 5), (-1, 5)])
def test_no_larger_tree_is_a_beginning(old: int, size: int) -> None:
    with pytest.raises(BadProof, match="beginning"):
        consistency(nodes, old, size)
    with pytest.raises(BadProof, match="beginning"):
        verify_consistency(old, size, [], EMPTY_ROOT, EMPTY_ROOT)


def test_sizes_are_bounded() -> None:
    leaf = LEAVES[0]
    with pytest.raises(BadProof, match="too short"):
        root_from_inclusion(leaf, 0, tree.LARGEST, [])
    with pytest.raises(BadProof, match="no leaf"):
        root_from_inclusion(leaf, 0, tree.LARGEST + 1, [leaf] * 63)
    with pytest.raises(BadProof, match="beginning"):
        verify_consistency(1, tree.LARGEST + 1, [leaf] * 63, leaf, leaf)
    root_from_inclusion(leaf, 0, tree.LARGEST, [leaf] * 63)


def test_proofs_are_bounded() -> None:
    with pytest.raises(BadProof, match="at most 63"):
        verify_consistency(3, 7, [LEAVES[0]] * 64, LEAVES[0], LEAVES[0])
    with pytest.raises(BadProof, match="32 bytes"):
        verify_consistency(3, 7, [b"short"], LEAVES[0], LEAVES[0])
    with pytest.raises(BadProof, match="32 bytes"):
        verify_consistency(3, 7, [], LEAVES[0], b"short")
    with pytest.raises(BadProof, match="at most 63"):
        root_from_inclusion(LEAVES[0], 0, 2, [LEAVES[0]] * 64)
    with pytest.raises(BadProof, match="32 bytes"):
        root_from_inclusion(b"short", 0, 1, [])


@given(st.data())
def test_a_changed_proof_is_refused(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, 70))
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion(nodes, index, size)
    place, bit = data.draw(st.integers(0, len(proof) - 1)), data.draw(st.integers(0, 255))
    changed = bytearray(proof[place])
    changed[bit // 8] ^= 1 << bit % 8
    proof[place] = bytes(changed)
    with pytest.raises(BadProof):
        verify_inclusion(LEAVES[index], index, size, proof, plain_root(LEAVES[:size]))
