"""The ledger for people: what was done, with the proof that it stands in the log; and the head that was signed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

import msgspec
from litestar import Response
from litestar.params import Parameter

from liaison.ledger.log import Opened
from liaison.ledger.notes import Head
from liaison.ledger.published import Published, proof_text
from liaison.ledger.sources import Folder
from liaison.ledger.statements import Statement, leaf
from liaison.ledger.tree import leaf_hash
from liaison.model.errors import BadInput, NotFound
from liaison.model.roles import Capability
from liaison.officers import reading
from liaison.officers.people import names_of
from liaison.officers.reading import Found, Wanted
from liaison.screening.cases import cases_of
from liaison.web.context import Visit
from liaison.web.forms import Form
from liaison.web.keys import KEYS, LABELS
from liaison.web.paging import Cursor, Limit, Listed, cursor_of, parts_of
from liaison.web.routing import look, page
from liaison.web.security import SIGNED
from liaison.web.tree_picture import Picture, picture
from liaison.web.verbs import VERBS

Index = Annotated[int, Parameter(ge=0, le=2**53, description="The entry's place in the log, from 0")]
Sought = Annotated[str, Parameter(max_length=100)]
Day = Annotated[str, Parameter(max_length=10, description="A day in UTC, as 2026-03-31")]


class EntryOut(msgspec.Struct, frozen=True):
    """One entry. `state` is sealed (under a signed head), pending or erased; then the statement is empty."""

    index: int
    state: str
    leaf_hash: str
    salt: str = ""
    what: str = ""
    who: str = ""
    when: dt.datetime | None = None
    case: str = ""
    purpose: str = ""
    grounds: str = ""
    objects: list[str] = []
    digest: str = ""
    outcome: str = ""
    detail: dict[str, str] = {}


class SignatureOut(msgspec.Struct, frozen=True):
    """One signature on a head: the log's own, or a witness's."""

    name: str
    kind: str
    vkey: str


class HeadOut(msgspec.Struct, frozen=True):
    """The last signed head. `note` is the checkpoint as C2SP tlog-checkpoint writes it."""

    origin: str
    size: int
    root: str
    note: str
    signatures: list[SignatureOut]


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as a list draws it."""

    index: int
    statement: Statement
    title: str
    hash: str
    state: str
    rows: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Shown:
    """The proof of an entry under a head."""

    hashes: list[bytes]
    picture: Picture
    text: str


@page("/ledger", audience=SIGNED)
def ledger(
    visit: Visit,
    what: Sought = "",
    who: Sought = "",
    case: Sought = "",
    since: Day = "",
    until: Day = "",
    after: Cursor = "",
    mine: bool = False,
) -> Response[str]:
    """What one did oneself; for those who read the ledger, what anyone did."""
    all_of_it = reading.may_read_all(visit.actor) and not mine
    form = Form(fields={"what": [what], "who": [who], "case": [case], "since": [since], "until": [until]})
    try:
        found = _found(visit, _wanted(what, who, case, since, until), after, all_of_it)
    except BadInput as error:
        form, found = form.refused(error), Found((), 0, 0, 0)
    names = names_of(visit.office, {each.statement.who for each in found.entries})
    size, references = _size(visit.node.head()), _references(visit)
    return visit.page(
        "pages/ledger.html",
        title=visit.say("Ledger") if all_of_it else visit.say("What I did"),
        active="ledger",
        form=form,
        status=400 if form.problems else 200,
        lines=[_line(visit, each, size, references) for each in found.entries],
        names=names,
        verbs=_verbs(visit, form.text("what")),
        found=found,
        older=_older(form, found, mine),
        reads_all=reading.may_read_all(visit.actor),
        all_of_it=all_of_it,
        audits=visit.may(Capability.AUDIT_SAMPLE, Capability.STATISTICS),
    )


@page("/ledger/entries/{index:int}", audience=SIGNED)
def entry(visit: Visit, index: Index) -> Response[str]:
    """One entry: what it states, its commitment, and the proof that it stands under the signed head."""
    opened, head = reading.entry(visit.office, visit.actor, index), visit.node.head()
    proof = prove(visit, index, head)
    who = opened.statement.who if opened else ""
    return visit.page(
        "pages/ledger_entry.html",
        title=visit.say("Entry %(number)s", number=index),
        active="ledger",
        crumbs=[(visit.say("Ledger"), "/ledger"), (str(index), "")],
        index=index,
        opened=opened,
        line=_line(visit, opened, _size(head), _references(visit)) if opened else None,
        names=names_of(visit.office, {who}),
        commitment=leaf(opened.salt, opened.written) if opened else b"",
        proof=proof,
        head=head,
    )


@page("/ledger/entries/{index:int}/proof", audience=SIGNED)
def download_proof(visit: Visit, index: Index) -> Response[bytes]:
    """The proof as a file that anybody can verify (C2SP tlog-proof)."""
    return _proof_file(visit, index)


@page("/ledger/head", audience=SIGNED)
def head_page(visit: Visit) -> Response[str]:
    """The last signed head, who signed it, and how to verify the log oneself."""
    return visit.page(
        "pages/ledger_head.html",
        title=visit.say("Signed head"),
        active="ledger",
        crumbs=[(visit.say("Ledger"), "/ledger"), (visit.say("Signed head"), "")],
        head=visit.node.head(),
        reads_all=reading.may_read_all(visit.actor),
        audits=visit.may(Capability.AUDIT_SAMPLE, Capability.STATISTICS),
        vkeys=[signer.verifier.vkey for signer in visit.node.signers],
        address=visit.node.public_url,
    )


@look("/ledger/entries", audience=SIGNED, tags=["ledger"])
def api_entries(
    visit: Visit,
    what: Sought = "",
    who: Sought = "",
    case: Sought = "",
    since: Day = "",
    until: Day = "",
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Listed[EntryOut]:
    """Entries, the newest first: one's own; for those who read the ledger, anyone's. A page may be empty and go on."""
    wanted = _wanted(what, who, case, since, until)
    found = _found(visit, wanted, cursor, reading.may_read_all(visit.actor), limit)
    size = _size(visit.node.head())
    return Listed([_out(each, size) for each in found.entries], _next(found))


@look("/ledger/entries/{index:int}", audience=SIGNED, tags=["ledger"])
def api_entry(visit: Visit, index: Index) -> EntryOut:
    """One entry with its salt, from which anybody computes its leaf."""
    opened, size = reading.entry(visit.office, visit.actor, index), _size(visit.node.head())
    if opened is None:
        return EntryOut(index, "erased", _published(visit).leaf_hash(index).hex() if index < size else "")
    return _out(opened, size)


@look("/ledger/entries/{index:int}/proof", audience=SIGNED, tags=["ledger"], media_type="text/plain")
def api_proof(visit: Visit, index: Index) -> Response[bytes]:
    """The proof of an entry (C2SP tlog-proof)."""
    return _proof_file(visit, index)


@look("/ledger/head", audience=SIGNED, tags=["ledger"])
def api_head(visit: Visit) -> HeadOut:
    """The last signed head."""
    head = visit.node.head()
    if head is None:
        raise NotFound
    found = head.checkpoint
    signatures = [
        SignatureOut(each.verifier.name, each.verifier.kind.name.lower(), each.verifier.vkey)
        for each in head.signed
    ]
    return HeadOut(found.origin, found.size, found.root.hex(), head.note.decode(), signatures)


def prove(visit: Visit, index: int, head: Head | None) -> Shown | None:
    """The proof of an entry, computed from the files that anybody can mirror; None while it waits for a head."""
    if head is None or index >= head.checkpoint.size:
        return None
    published = Published(Folder(visit.node.places.ledger), head)
    hashes = published.inclusion(index)
    drawn = picture(published.leaf_hash(index), index, published.size, hashes)
    return Shown(hashes, drawn, proof_text(index, hashes, head.note))


def _published(visit: Visit) -> Published:
    head = visit.node.head()
    if head is None:
        raise NotFound
    return Published(Folder(visit.node.places.ledger), head)


def _proof_file(visit: Visit, index: int) -> Response[bytes]:
    proof = prove(visit, index, visit.node.head())
    if proof is None:
        raise NotFound
    name = f"entry-{index}.tlog-proof"
    return Response(
        proof.text.encode(),
        media_type="text/plain",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _wanted(what: str, who: str, case: str, since: str, until: str) -> Wanted:
    end = _day(until, "until")
    return Wanted(
        what.strip(),
        who.strip(),
        case.strip(),
        _day(since, "since"),
        end + dt.timedelta(days=1) if end and end.date() < dt.date.max else None,
    )


def _day(text: str, name: str) -> dt.datetime | None:
    if not text:
        return None
    try:
        return dt.datetime.combine(dt.date.fromisoformat(text), dt.time(), dt.UTC)
    except ValueError:
        raise BadInput("this is no date", field=name, hint="write it as 2026-03-31") from None


def _found(visit: Visit, wanted: Wanted, after: str, all_of_it: bool, limit: int = 50) -> Found:
    parts = parts_of(after, 1)
    before = _number(parts[0]) if parts else None
    if all_of_it:
        return reading.search(visit.office, visit.actor, wanted, before=before, limit=limit)
    return reading.own(visit.office, visit.actor, wanted, before=before, limit=limit)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 17):
        raise BadInput("this is no cursor of a list", field="cursor", hint="take `next` of the page before")
    return int(text)


def _next(found: Found) -> str:
    return cursor_of(found.before) if found.before else ""


def _older(form: Form, found: Found, mine: bool) -> str:
    """The address of the page after, with the same filter."""
    if not found.before:
        return ""
    kept = {name: form.text(name) for name in ("what", "who", "case", "since", "until") if form.text(name)}
    kept |= {"mine": "true"} if mine else {}
    return f"/ledger?{urlencode(kept | {'after': _next(found)})}"


def _size(head: Head | None) -> int:
    return head.checkpoint.size if head else 0


def _hash(opened: Opened) -> str:
    return leaf_hash(leaf(opened.salt, opened.written)).hex()


def _line(visit: Visit, opened: Opened, size: int, references: Mapping[str, str]) -> Line:
    found = opened.statement
    told = [
        (visit.say("Case"), _named(found.case, references)),
        (visit.say("Purpose"), _said(visit, found.purpose)),
        (visit.say("Grounds"), found.grounds),
        (visit.say("Outcome"), found.outcome),
        (visit.say("About"), ", ".join(found.objects)),
        (visit.say("Digest of the question"), found.digest),
        *((visit.say(KEYS.get(key, key)), text) for key, text in sorted(found.detail.items())),
    ]
    state = "sealed" if opened.index < size else "pending"
    title = visit.say(VERBS.get(found.what, found.what))
    return Line(opened.index, found, title, _hash(opened), state, [(key, text) for key, text in told if text])


def _said(visit: Visit, purpose: str) -> str:
    return visit.say(LABELS.get(purpose, purpose)) if purpose else ""


def _references(visit: Visit) -> dict[str, str]:
    """The references of the cases that the reader sees, closed ones too; others stay ids."""
    if not visit.may(Capability.OPEN_CASE):
        return {}
    return {
        each.id: each.reference for each in cases_of(visit.office, visit.actor, closed=True, titles=False)
    }


def _verbs(visit: Visit, sought: str) -> list[tuple[str, str]]:
    """What can be looked for: verbs with their words, by words, and the one that is looked for."""
    words = {sought: sought} | VERBS if sought else VERBS
    return sorted(
        ((verb, visit.say(said)) for verb, said in words.items()), key=lambda one: one[1].casefold()
    )


def _named(case: str, references: Mapping[str, str]) -> str:
    return f"{references[case]} ({case})" if case in references else case


def _out(opened: Opened, size: int) -> EntryOut:
    found = opened.statement
    return EntryOut(
        opened.index,
        "sealed" if opened.index < size else "pending",
        _hash(opened),
        opened.salt.hex(),
        found.what,
        found.who,
        found.when,
        found.case,
        found.purpose,
        found.grounds,
        list(found.objects),
        found.digest,
        found.outcome,
        dict(found.detail),
    )


ROUTES: tuple[Any, ...] = (
    ledger,
    entry,
    download_proof,
    head_page,
    api_entries,
    api_entry,
    api_proof,
    api_head,
)
