"""The node's own keys: made once, kept apart, found wrong where they are."""

import os
import ssl
from pathlib import Path

import pytest

from liaison.model.errors import BadSetting
from liaison.partners import own
from tests.partners.pairs import Side

Two = tuple[Side, Side]


def test_keys_are_made_once_and_for_their_owner_alone(tmp_path: Path) -> None:
    own.make_keys(tmp_path, 1)
    (place,) = tmp_path.iterdir()
    before = place.read_bytes()
    assert place.stat().st_mode & 0o777 == 0o600
    own.make_keys(tmp_path, 1)
    assert place.read_bytes() == before
    names = [load(tmp_path, 1).document_id, load(tmp_path, 1).channel_id, load(tmp_path, 1).seal_id]
    assert len({*names}) == 3


def load(folder: Path, generation: int):  # type: ignore[no-untyped-def]
    return own.load_keys(folder, generation)


def test_former_keys_stay_at_hand(tmp_path: Path) -> None:
    for generation in (1, 2, 3):
        own.make_keys(tmp_path, generation)
    held = load(tmp_path, 3)
    assert [each.generation for each in held.every] == [3, 2, 1]
    assert len({each.seal_id for each in held.every}) == 3
    assert [each.generation for each in load(tmp_path, 2).every] == [2, 1]


def test_nothing_secret_is_shown_of_keys(tmp_path: Path) -> None:
    own.make_keys(tmp_path, 1)
    assert repr(load(tmp_path, 1)) == "OwnKeys(generation=1, former=())"


@pytest.mark.parametrize("fault", ["absent", "open", "cut", "other"])
def test_keys_that_cannot_be_used_are_told(tmp_path: Path, fault: str) -> None:
    own.make_keys(tmp_path, 1)
    place = tmp_path / own.key_file(1)
    if fault == "absent":
        place.unlink()
    elif fault == "open":
        os.chmod(place, 0o640)
    else:
        place.write_bytes(place.read_bytes()[:50] if fault == "cut" else b"\x80")
    with pytest.raises(BadSetting):
        load(tmp_path, 1)


def test_the_certificate_makes_a_channel_that_trusts_it_alone(tmp_path: Path) -> None:
    for generation in (1, 2):
        own.make_keys(tmp_path, generation)
    keys = load(tmp_path, 2)
    pem = tmp_path / "channel.pem"
    pem.write_bytes(own.tls_pem(keys))
    assert shake(pem, keys.certificate)
    assert not shake(pem, keys.former[0].certificate)


def shake(pem: Path, trusted: bytes) -> bool:
    """Whether a handshake in memory, each side trusting `trusted` alone, comes to an end."""
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    for each in (server, client):
        each.minimum_version = ssl.TLSVersion.TLSv1_3
        each.load_cert_chain(pem)
        each.load_verify_locations(cadata=trusted)
        each.verify_mode = ssl.CERT_REQUIRED
        each.verify_flags |= ssl.VERIFY_X509_STRICT
    pipes = [ssl.MemoryBIO() for _ in range(4)]
    ends = [
        client.wrap_bio(pipes[0], pipes[1], server_hostname=own.TLS_NAME),
        server.wrap_bio(pipes[2], pipes[3], server_side=True),
    ]
    for _ in range(6):
        for end in ends:
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                pass
            except ssl.SSLCertVerificationError:
                return False
        pipes[2].write(pipes[1].read())
        pipes[0].write(pipes[3].read())
    return all(end.version() == "TLSv1.3" for end in ends)


def test_a_card_whose_keys_are_gone_or_others_is_found(sides: Two, tmp_path: Path) -> None:
    left, right = sides
    left.card()

    def faults() -> list[str]:
        return left.office.read(lambda c: own.faults(c, left.folder, left.identity.verifier))

    assert faults() == []
    place = left.folder / own.key_file(1)
    kept = place.read_bytes()
    place.write_bytes((right.folder / own.key_file(1)).read_bytes())
    (fault,) = faults()
    assert "does not fit" in fault
    place.unlink()
    (fault,) = faults()
    assert "cannot be read" in fault
    place.write_bytes(kept)
    os.chmod(place, 0o600)
    assert faults() == []


def test_keys_made_before_a_crash_are_taken_up(sides: Two) -> None:
    left, _ = sides
    left.card()
    own.make_keys(left.folder, 2)
    made = load(left.folder, 2).document_id
    assert own.own_keys(left.folder, left.office).generation == 1
    left.rotates()
    assert left.keys.document_id == made
    assert own.own_keys(left.folder, left.office).generation == 2
