"""The Merkle tree of the log: hashes, proofs and their verification (RFC 6962 section 2.1, RFC 9162 section 2.1).

Nothing here reads a file: proofs are built from `Nodes`, a callable that gives the hash of any complete subtree.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256

from liaison.model.errors import BadProof

HASH = 32  # bytes of a SHA-256
EMPTY_ROOT = sha256(b"").digest()
LONGEST_PROOF = 63  # hashes; the witness protocol allows no more
LARGEST = 2**63 - 1  # leaves of a tree

Nodes = Callable[[int, int], bytes]
"""(level, index) -> the hash over the leaves from index * 2**level up to (index + 1) * 2**level."""


def leaf_hash(entry: bytes) -> bytes:
    """The hash of a leaf that holds `entry`."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of the node over two subtrees."""
    return sha256(b"\x01" + left + right).digest()


def parents(hashes: bytes) -> bytes:
    """The hashes of the nodes over neighbouring pairs: bytes[64 * n] -> bytes[32 * n]."""
    return b"".join(
        [sha256(b"\x01" + hashes[place : place + 64]).digest() for place in range(0, len(hashes), 64)]
    )


def split(width: int) -> int:
    """The leaves in the left subtree over `width` of them: the largest power of two below it. `width` >= 2."""
    return int(1 << (width - 1).bit_length() - 1)


class Edge:
    """The right edge of a growing tree: its size, and the roots of its complete subtrees, widest first.

    O(log n) of memory whatever the size; a tree is continued from the edge it was left with.
    """

    def __init__(self, size: int = 0, roots: Sequence[bytes] = ()) -> None:
        if size < 0 or len(roots) != size.bit_count():
            raise ValueError(f"a tree of {size} leaves does not have {len(roots)} complete subtrees")
        self.size = size
        self.roots = list(roots)

    def append(self, leaf: bytes) -> None:
        """One more leaf, given by its hash."""
        size = self.size
        while size & 1:
            leaf = node_hash(self.roots.pop(), leaf)
            size >>= 1
        self.roots.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """The root over all leaves so far."""
        if not self.roots:
            return EMPTY_ROOT
        root = self.roots[-1]
        for left in reversed(self.roots[:-1]):
            root = node_hash(left, root)
        return root


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over leaves given by their hashes."""
    edge = Edge()
    for leaf in leaves:
        edge.append(leaf)
    return edge.root()


def span(nodes: Nodes, start: int, end: int) -> bytes:
    """The hash over the leaves from `start` up to `end`, both as the recursion of RFC 6962 meets them."""
    width = end - start
    if not width:
        return EMPTY_ROOT
    if not width & (width - 1):
        level = width.bit_length() - 1
        return nodes(level, start >> level)
    middle = start + split(width)
    return node_hash(span(nodes, start, middle), span(nodes, middle, end))


def inclusion(nodes: Nodes, index: int, size: int) -> list[bytes]:
    """The proof that a leaf stands at `index` of a tree of `size` leaves (RFC 6962 section 2.1.1). Raises BadProof."""
    if not 0 <= index < size:
        raise BadProof(f"a tree of {size} leaves has no leaf {index}")
    return _path(nodes, index, 0, size)


def _path(nodes: Nodes, index: int, start: int, end: int) -> list[bytes]:
    if end - start == 1:
        return []
    middle = start + split(end - start)
    if index < middle:
        return [*_path(nodes, index, start, middle), span(nodes, middle, end)]
    return [*_path(nodes, index, middle, end), span(nodes, start, middle)]


def consistency(nodes: Nodes, old: int, size: int) -> list[bytes]:
    """The proof that a tree of `old` leaves is the beginning of one of `size` (RFC 6962 section 2.1.2).

    Empty when `old` is zero or `size`. Raises BadProof.
    """
    if not 0 <= old <= size:
        raise BadProof(f"a tree of {old} leaves cannot be the beginning of one of {size}")
    if old in (0, size):
        return []
    return _subproof(nodes, old, 0, size, whole=True)


def _subproof(nodes: Nodes, old: int, start: int, end: int, *, whole: bool) -> list[bytes]:
    if old == end:
        return [] if whole else [span(nodes, start, end)]
    middle = start + split(end - start)
    if old <= middle:
        return [*_subproof(nodes, old, start, middle, whole=whole), span(nodes, middle, end)]
    return [*_subproof(nodes, old, middle, end, whole=False), span(nodes, start, middle)]


def root_from_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    """The root that a leaf's hash and its proof lead to (RFC 9162 section 2.1.3.2). Raises BadProof."""
    if not 0 <= index < size <= LARGEST:
        raise BadProof(f"a tree of {size} leaves has no leaf {index}")
    _require_hashes(proof, leaf)
    place, last, root = index, size - 1, leaf
    for step in proof:
        if not last:
            raise BadProof("the proof is too long")
        if place & 1 or place == last:
            root = node_hash(step, root)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            root = node_hash(root, step)
        place, last = place >> 1, last >> 1
    if last:
        raise BadProof("the proof is too short")
    return root


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Raises BadProof unless `proof` shows that the leaf with this hash stands at `index` under `root`."""
    if root_from_inclusion(leaf, index, size, proof) != root:
        raise BadProof(f"leaf {index} is not in the tree with this root")


def verify_consistency(old: int, size: int, proof: Sequence[bytes], old_root: bytes, root: bytes) -> None:
    """Raises BadProof unless `proof` shows that the tree of `old` leaves is the beginning of that of `size`.

    RFC 9162 section 2.1.4.2. A tree without leaves is the beginning of every tree, which proves nothing: refused.
    """
    if not 0 < old <= size <= LARGEST:
        raise BadProof(f"a tree of {old} leaves cannot be shown to be the beginning of one of {size}")
    if old == size:
        if proof or old_root != root:
            raise BadProof("two trees of one size have different roots, or a proof that is not empty")
        return
    _require_hashes(proof, old_root, root)
    old_found, found = _roots_from_consistency(old, size, list(proof), old_root)
    if old_found != old_root:
        raise BadProof("the proof does not lead to the old root")
    if found != root:
        raise BadProof("the proof does not lead to the new root")


def _roots_from_consistency(old: int, size: int, proof: list[bytes], old_root: bytes) -> tuple[bytes, bytes]:
    if not old & (old - 1):
        proof = [old_root, *proof]
    if not proof:
        raise BadProof("the proof is too short")
    place, last = old - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = proof[0]
    for step in proof[1:]:
        if not last:
            raise BadProof("the proof is too long")
        if place & 1 or place == last:
            before, after = node_hash(step, before), node_hash(step, after)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            after = node_hash(after, step)
        place, last = place >> 1, last >> 1
    if last:
        raise BadProof("the proof is too short")
    return before, after


def _require_hashes(proof: Sequence[bytes], *others: bytes) -> None:
    if len(proof) > LONGEST_PROOF:
        raise BadProof(f"a proof has at most {LONGEST_PROOF} hashes")
    if any(len(given) != HASH for given in (*proof, *others)):
        raise BadProof(f"a hash has {HASH} bytes")
