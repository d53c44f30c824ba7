"""The set of tokens that a holder publishes: what its records' match keys come to under its secret key, cut short.

A token is the first `width` bits of an output. The set is cut into shards by the tokens' first bits, each a list of
`eliasfano`; the shards' hashes are the leaves of a tree of RFC 6962, whose root the holder signs. Chance tokens hide
how many there are. Whoever looks up fetches the whole set, so that nothing tells what was looked for.

`heads` are the first eight bytes of outputs, uint64[n].
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import shake_256

import numpy as np
from numpy.typing import NDArray

from liaison.crosscheck.function import eliasfano
from liaison.crosscheck.function.eliasfano import Numbers
from liaison.ledger.tree import HASH, leaf_hash, root_of
from liaison.model.errors import DamagedSet

EXTRA = 22  # bits of a token beyond those that number the set: one question in 2**22 or more meets a token by chance
IN_SHARD = 6000  # tokens, about
FEWEST_SHARDS, MOST_SHARDS = 4, 13  # as powers of two
LEAST = 256  # tokens of the smallest set
LEAST_CHANGE = 1000  # tokens of the smallest change
LARGEST_SET = 2**28  # tokens: of some 50 million people, about a gigabyte
OUTPUT, HEAD = 64, 8  # bytes of an output, and of what is kept of it
CHANCE = 32  # bytes
CHANGE = b"liaison-xc/v1 change\n"
_NONE: Numbers = np.zeros(0, np.uint64)


@dataclass(frozen=True, slots=True)
class Outline:
    """What a holder signs of a set: how it is cut, how many tokens there are, and the hash of each shard."""

    width: int  # bits of a token
    count: int  # tokens, padding included
    digests: tuple[bytes, ...]

    @property
    def root(self) -> bytes:
        """The root of the tree over the shards (RFC 6962)."""
        return root_of(self.digests)

    @property
    def chance_overlap(self) -> float:
        """How likely it is that a question about nothing in the set is found in it: 2**-22 at most as it is built."""
        return self.count / 2.0**self.width


@dataclass(frozen=True)
class TokenSet:
    """A set whose shards are what they should be."""

    width: int
    count: int
    shards: tuple[bytes, ...]

    @cached_property
    def outline(self) -> Outline:
        """What is signed of it."""
        return Outline(self.width, self.count, tuple(map(leaf_hash, self.shards)))

    def tokens(self) -> Numbers:
        """All tokens, rising: uint64[count]."""
        return np.concatenate([self.shard(number) for number in range(len(self.shards))])

    def shard(self, number: int) -> Numbers:
        """The tokens of one shard, rising. Raises DamagedSet."""
        inner = np.uint64(self.width - _power(self.shards))
        return eliasfano.decode(self.shards[number])[0] | np.uint64(number) << inner


def heads(outputs: bytes) -> Numbers:
    """The first eight bytes of each output: bytes[64 * n] -> uint64[n]."""
    return np.frombuffer(outputs, ">u8").reshape(-1, OUTPUT // HEAD)[:, 0].astype(np.uint64)


def padded(count: int, least: int = LEAST) -> int:
    """The next step of a ladder whose steps are 5 % apart, from `least` on."""
    step = least
    while step < count:
        step += max(1, step // 20)
    return step


def build(given: Numbers, chance: bytes) -> TokenSet:
    """The set over the heads of outputs, with chance tokens up to the next step of 5 %. `chance` is 32 random bytes."""
    rising = _distinct(given)
    steps = padded(len(rising))
    width = (steps - 1).bit_length() + EXTRA
    tokens = _filled(_distinct(cut(rising, width)), steps, width, chance)
    power = min(max(round(np.log2(steps / IN_SHARD)), FEWEST_SHARDS), MOST_SHARDS)
    return sharded(tokens, width, power)


def contains(held: TokenSet, given: Numbers) -> NDArray[np.bool_]:
    """For each head whether its token is in the set: bool[n]. Shards are opened one at a time. Raises DamagedSet."""
    tokens, inner = cut(given, held.width), np.uint64(held.width - _power(held.shards))
    order = np.argsort(tokens)
    rising, found = tokens[order], np.zeros(len(tokens), np.bool_)
    starts = np.searchsorted(rising >> inner, np.arange(len(held.shards) + 1, dtype=np.uint64))
    for number, shard in enumerate(held.shards):
        part = slice(starts[number], starts[number + 1])
        if part.start < part.stop:
            inside = rising[part] & (np.uint64(1) << inner) - np.uint64(1)
            found[order[part]] = among(eliasfano.decode(shard)[0], inside)
    return found


def require_outline(outline: Outline) -> int:
    """The power of two that the number of shards is. Raises DamagedSet for an outline that no set has."""
    power = len(outline.digests).bit_length() - 1
    if not FEWEST_SHARDS <= power <= MOST_SHARDS or len(outline.digests) != 1 << power:
        raise DamagedSet(f"a set does not have {len(outline.digests)} shards")
    if not power < outline.width <= eliasfano.WIDEST or not 0 <= outline.count <= LARGEST_SET:
        raise DamagedSet(f"a set does not have {outline.count} tokens of {outline.width} bits")
    return power


def longest_shard(outline: Outline) -> int:
    """The bytes of a shard at the most. Outputs spread evenly, so none holds twice its part of the tokens and more."""
    power = require_outline(outline)
    most = 2 * (outline.count >> power) + LEAST
    return eliasfano.length(min(most, 1 << outline.width - power), outline.width - power)


def opened(outline: Outline, shards: Sequence[bytes]) -> TokenSet:
    """The set that a partner's shards make up, each held against what the partner signed. Raises DamagedSet."""
    power = require_outline(outline)
    if tuple(map(leaf_hash, shards)) != outline.digests:
        raise DamagedSet("the shards are not those that were signed")
    total = 0
    for shard in shards:
        numbers, width = eliasfano.decode(shard)
        total += len(numbers)
        if width != outline.width - power:
            raise DamagedSet(f"a shard holds tokens of {width} bits and not {outline.width - power}")
    if total != outline.count:
        raise DamagedSet(f"the shards hold {total} tokens and not {outline.count}")
    return TokenSet(outline.width, outline.count, tuple(shards))


def padding_of(held: TokenSet, given: Numbers) -> Numbers:
    """The holder's own knowledge: the tokens of the set that are none of these heads, which are its padding."""
    return _apart(held.tokens(), _distinct(cut(given, held.width)))[0]


def amended(old: TokenSet, added: Numbers, removed: Numbers, padding: Numbers, chance: bytes) -> TokenSet:
    """The set with heads added and removed, cut as it was.

    Chance tokens are added, and padding of the old set is taken away, until the numbers of both are on the ladder of
    5 % steps from 1,000 on. Heads whose token other records have too are not to be given as removed.
    """
    tokens, width = old.tokens(), old.width
    new = _without(_distinct(cut(added, width)), tokens)
    gone = _distinct(cut(removed, width))
    gone = gone[among(tokens, gone)]
    spare = _without(_distinct(padding), gone)
    gone = _with(gone, _drawn(spare, padded(len(gone), LEAST_CHANGE) - len(gone), chance))
    steps = len(tokens) + padded(len(new), LEAST_CHANGE)
    full = _filled(_with(tokens, new), steps, width, chance)
    return sharded(_without(full, gone), width, _power(old.shards))


def delta(old: TokenSet, new: TokenSet) -> bytes:
    """What turns one set into the other: the roots of both, and the lists of what comes and what goes."""
    if (old.width, len(old.shards)) != (new.width, len(new.shards)):
        raise ValueError("two sets that are cut differently have no change between them")
    unlike = [number for number, shard in enumerate(old.shards) if shard != new.shards[number]]
    parts = [_apart(old.shard(number), new.shard(number)) for number in unlike]
    go, come = (
        eliasfano.encode(np.concatenate([_NONE, *lists]), old.width)
        for lists in ([part[0] for part in parts], [part[1] for part in parts])
    )
    return CHANGE + old.outline.root + new.outline.root + len(come).to_bytes(4, "big") + come + go


def changed(old: TokenSet, change: bytes) -> TokenSet:
    """The set after a partner's change. Raises DamagedSet where it is of another set or leads to another."""
    before, after, come, go = _read(change, old.width)
    if before != old.outline.root:
        raise DamagedSet("the change is of another set than the one that is here")
    tokens = old.tokens()
    if among(tokens, come).any() or not among(tokens, go).all():
        raise DamagedSet("the change adds what is there or takes away what is not")
    new = sharded(_with(_without(tokens, go), come), old.width, _power(old.shards))
    if new.outline.root != after:
        raise DamagedSet("the change does not lead to the set that was signed")
    return new


def _read(change: bytes, width: int) -> tuple[bytes, bytes, Numbers, Numbers]:
    start = len(CHANGE)
    lists = start + 2 * HASH + 4
    if not change.startswith(CHANGE) or len(change) < lists:
        raise DamagedSet("what came is no change of a token set")
    middle = lists + int.from_bytes(change[lists - 4 : lists], "big")
    (come, one), (go, other) = eliasfano.decode(change[lists:middle]), eliasfano.decode(change[middle:])
    if one != width or other != width:
        raise DamagedSet(f"a change of tokens of {one} bits is of no use for a set with {width}")
    return change[start : start + HASH], change[start + HASH : start + 2 * HASH], come, go


def _power(shards: Sequence[bytes]) -> int:
    return len(shards).bit_length() - 1


def cut(given: Numbers, width: int) -> Numbers:
    """The first `width` bits of each head."""
    return given >> np.uint64(eliasfano.WIDEST - width)


def among(rising: Numbers, wanted: Numbers) -> NDArray[np.bool_]:
    """For each of `wanted` whether it is one of `rising`."""
    if not len(rising):
        return np.zeros(len(wanted), np.bool_)
    places = np.minimum(np.searchsorted(rising, wanted), len(rising) - 1)
    same: NDArray[np.bool_] = rising[places] == wanted
    return same


def _distinct(given: Numbers) -> Numbers:
    """The numbers, rising, each once."""
    rising = np.sort(given)
    first: Numbers = rising[
        np.concatenate([np.ones(min(1, len(rising)), np.bool_), rising[1:] != rising[:-1]])
    ]
    return first


def _with(rising: Numbers, more: Numbers) -> Numbers:
    """Two rising lists that share nothing, as one."""
    both: Numbers = np.insert(rising, np.searchsorted(rising, more), more)
    return both


def _without(rising: Numbers, less: Numbers) -> Numbers:
    """A rising list but for what is in the other."""
    if len(less) > len(rising) // 8:
        return rising[~among(less, rising)]
    return np.delete(rising, np.searchsorted(rising, less[among(rising, less)]))


def _apart(one: Numbers, other: Numbers) -> tuple[Numbers, Numbers]:
    """What only the one of two rising lists has, and what only the other has. Each has a number once."""
    both = np.sort(np.concatenate([one, other]), kind="stable")  # two runs, which are merged
    again = np.zeros(len(both) + 1, np.bool_)
    again[1:-1] = both[1:] == both[:-1]
    single = both[~(again[1:] | again[:-1])]
    first = among(one, single)
    return single[first], single[~first]


def _drawn(given: Numbers, count: int, chance: bytes) -> Numbers:
    """So many of the numbers, or all, by lot; rising."""
    lots = np.frombuffer(shake_256(b"liaison-xc/v1 lots" + chance).digest(HEAD * len(given)), ">u8")
    return np.sort(given[np.argsort(lots)[:count]])


def _filled(tokens: Numbers, steps: int, width: int, chance: bytes) -> Numbers:
    """Rising tokens, made up to `steps` of them by chance."""
    if len(chance) != CHANCE:
        raise ValueError(f"chance has {CHANCE} bytes")
    number = 0
    while len(tokens) < steps:
        stream = shake_256(b"liaison-xc/v1 padding" + chance + number.to_bytes(4, "big"))
        drawn = np.frombuffer(stream.digest(HEAD * (steps - len(tokens))), ">u8").astype(np.uint64)
        tokens, number = _with(tokens, _without(_distinct(cut(drawn, width)), tokens)), number + 1
    return tokens


def sharded(tokens: Numbers, width: int, power: int) -> TokenSet:
    """tokens: uint64[n] of `width` bits, rising, each once -> the set, in 2**power shards."""
    inner, inside = width - power, np.uint64((1 << width - power) - 1)
    firsts = np.arange(1 << power, dtype=np.uint64) << np.uint64(inner)
    ends = [*np.searchsorted(tokens, firsts), len(tokens)]
    shards = [eliasfano.encode(tokens[ends[n] : ends[n + 1]] & inside, inner) for n in range(1 << power)]
    return TokenSet(width, len(tokens), tuple(shards))
