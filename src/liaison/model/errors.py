"""Every error the program raises on purpose.

LiaisonError
├── BadInput            a value a person can correct: names the file, row and field
│   ├── UnusableFile    nothing in the file could be read
│   ├── BadNote         a signed note that no trusted key signed
│   │   └── MalformedNote  a note, tree head or proof that is not in the form of its specification
│   ├── BadProof        a proof, of a log or of a partner's evaluation, that does not show what it should
│   ├── BadPoint        bytes that are no point of the group, or the point that would hide nothing
│   └── DamagedSet      a partner's token set, or a change of it, that is not what its partner signed
├── DamagedIndex        an index whose bytes are not what was written
├── KernelMissing       the compiled kernel is absent and could not be built
├── GroupMissing        no library on this machine computes in the group of the private cross-check
├── KeyProcessLost      the process that holds the key of the private cross-check does not answer
├── BadSetting          an option or setting that cannot work
├── NotLawful           no rule permits it: carries each reason and what would make it lawful
├── NotSignedIn         nobody is named: the session or token is missing, wrong or over
├── NotFound            no such object, or none that this person may see: the two are told apart by nobody
├── Conflict            the object is not, or no longer, in a state in which that can be done
│   ├── PartMissing     an optional part of the program is not installed here
│   ├── WrongEpoch      a private cross-check under a key whose time is over or has not come
│   ├── WrongKey        a private cross-check under another key than the one that was published
│   ├── Replayed        a batch of a private cross-check that was answered before
│   └── OtherNormaliser two nodes make their match keys by different versions of the rules
├── Erased              the record's key was destroyed; its content cannot be read again
├── TooMany             one person asked more often than is allowed
│   └── OverQuota       a partner asked about more than the quota of its private cross-checks allows
├── LedgerUnavailable   an entry of the ledger cannot be written: what it would record is refused
├── LedgerDamaged       the ledger's bytes are not what was written or signed: names the place
│   └── MissingFile     a file that a log should have is not there
├── StaleBackup         a backup is older than what the node signed after it
├── StoreUnavailable    the database cannot be opened, read or made durable
└── JobLost             a chunk of bulk work failed more often than it may be run again
"""

from __future__ import annotations


class LiaisonError(Exception):
    """An error with an HTTP status, a short title and a hint that says what to do."""

    status = 500
    title = "The program failed"
    hint = "report this with the command you ran"

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        if hint is not None:
            self.hint = hint


class BadInput(LiaisonError, ValueError):
    """A value a person can correct. `file`, `row` (1-based, no header) and `field` say where it stands."""

    status = 400
    title = "A value could not be used"
    hint = "correct the value and try again"

    def __init__(
        self, message: str, *, file: str = "", row: int = 0, field: str = "", hint: str | None = None
    ) -> None:
        super().__init__(message, hint=hint)
        self.file, self.row, self.field = file, row, field


class UnusableFile(BadInput):
    """Nothing in the file could be read."""

    title = "The file could not be used"
    hint = "check that it is one of the formats the reference names"


class BadNote(BadInput):
    """A signed note that no trusted key signed, or a key that cannot be trusted."""

    status = 403
    title = "A signature could not be accepted"
    hint = "check the verifier key, and ask for the note again"


class MalformedNote(BadNote):
    """A note, tree head, key or proof that is not in the form of its specification."""

    status = 400
    title = "A note is not in its form"
    hint = "ask its sender for the bytes as they were signed"


class BadProof(BadInput):
    """A proof, of a log or of a partner's evaluation, that does not show what it should."""

    status = 422
    title = "The proof does not hold"
    hint = "keep it: it may be evidence that a log shows different people different things"


class BadPoint(BadInput):
    """Bytes that are no point of the group, or the identity, which would hide nothing."""

    status = 422
    title = "A point of the cross-check cannot be used"
    hint = "nothing was computed from it; tell the partner whose node sent it"


class DamagedSet(BadInput):
    """A partner's token set, or a change of it, that is not what its partner signed."""

    status = 422
    title = "The token set is damaged"
    hint = "fetch it from the partner again; nothing was looked up in it"


class DamagedIndex(LiaisonError):
    """The bytes of an index are not the bytes that were written."""

    title = "The index is damaged"
    hint = "build it again from its lists with `liaison index`"


class KernelMissing(LiaisonError):
    """The compiled kernel is absent and could not be built."""

    title = "The matching kernel is missing"
    hint = "run ./dev setup on a machine with a C compiler, or install the released wheel"


class GroupMissing(LiaisonError):
    """No library on this machine computes in the group of the private cross-check."""

    title = "The library for private cross-checks is missing"
    hint = "install libsodium from the system's packages, or the wheels that requirements.lock names"


class KeyProcessLost(LiaisonError):
    """The process that holds the key of the private cross-check does not answer, though it was started again."""

    status = 503
    title = "The key of the cross-check cannot be used now"
    hint = "ask again; if that fails too, tell the administrator of the node that holds the records"


class BadSetting(LiaisonError):
    """An option or setting that cannot work."""

    status = 400
    title = "A setting cannot work"
    hint = "see docs/reference.md"


class NotLawful(LiaisonError):
    """No lawful path permits what was asked. Each of `reasons` names its rule, its source and what would permit it."""

    status = 403
    title = "This is not lawful as it was asked"
    hint = "supply what the reasons name, then ask again"

    def __init__(
        self, message: str = "", *, reasons: tuple[object, ...] = (), hint: str | None = None
    ) -> None:
        super().__init__(
            "; ".join([message] * bool(message) + [str(reason) for reason in reasons]), hint=hint
        )
        self.reasons = reasons


class NotSignedIn(LiaisonError):
    """Nobody is named: the session or token is missing, wrong or over."""

    status = 401
    title = "You are not signed in"
    hint = "sign in, or send a token that is in force"


class NotFound(LiaisonError):
    """No such object, or none that this person may see. It says nothing of which, so that nobody learns."""

    status = 404
    title = "There is nothing here"
    hint = "check the address; what you may not see is not shown either"

    def __init__(self) -> None:
        super().__init__("there is nothing here that you may see")


class Conflict(LiaisonError):
    """The object is not, or no longer, in a state in which that can be done."""

    status = 409
    title = "That cannot be done now"
    hint = "load the page again to see how it stands"


class PartMissing(Conflict):
    """An optional part of the program is not installed here; the rest works without it."""

    title = "A part of the program is not installed"
    hint = "ask the administrator of this node to install it"


class WrongEpoch(Conflict):
    """A private cross-check under a key whose time is over or has not come."""

    title = "The partner's key has changed"
    hint = "fetch the partner's new token set, then ask again"


class WrongKey(Conflict):
    """A private cross-check under another key than the one that was published."""

    title = "The key is not the one that was published"
    hint = "do not ask again: keep what was received, and tell the supervisor of both agencies"


class Replayed(Conflict):
    """A batch of a private cross-check that was answered before."""

    title = "This batch was answered before"
    hint = "use the answer that was kept, or ask with a fresh batch"


class OtherNormaliser(Conflict):
    """Two nodes make their match keys by different versions of the rules, so that nothing could agree."""

    title = "The two nodes write their keys differently"
    hint = "bring both nodes to one version of Liaison, then ask again"


class Erased(LiaisonError):
    """The record's key was destroyed: its content cannot be read again by anyone."""

    status = 410
    title = "The content was erased"
    hint = "the ledger still proves that it was there"


class TooMany(LiaisonError):
    """One person asked more often than is allowed. `retry_after` is in seconds."""

    status = 429
    title = "Too many requests"
    hint = "wait, then try again"

    def __init__(self, message: str, *, retry_after: int, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after


class OverQuota(TooMany):
    """A partner asked about more than the quota of its private cross-checks allows. `retry_after` is in seconds."""

    title = "The quota of cross-checks is used up"
    hint = "wait for the quota to grow, or agree on a larger one with the partner"


class LedgerUnavailable(LiaisonError):
    """An entry of the ledger cannot be written; what it would have recorded is not done."""

    status = 503
    title = "The ledger cannot be written"
    hint = "see /readyz; nothing can be looked at until the ledger can record it"


class LedgerDamaged(LiaisonError):
    """The ledger's bytes are not what was written or signed. `place` is the first bad file, `index` the entry."""

    title = "The ledger is damaged"
    hint = "keep the folder and the database as they are, and tell the supervisor and the witnesses"

    def __init__(
        self, message: str, *, place: str = "", index: int | None = None, hint: str | None = None
    ) -> None:
        super().__init__(message, hint=hint)
        self.place, self.index = place, index


class MissingFile(LedgerDamaged):
    """A file that a log should have is not there."""

    status = 404
    title = "A file of the log is missing"
    hint = "check the folder or address; a mirror may be behind"


class StaleBackup(LiaisonError):
    """A backup is older than what the node signed after it: to go on from it would fork the ledger."""

    status = 409
    title = "The backup is too old"
    hint = (
        "restore a newer one; where there is none, tell the supervisor and the witnesses before anything else"
    )


class StoreUnavailable(LiaisonError):
    """The database cannot be opened, read or made durable; nothing of the change was kept."""

    status = 503
    title = "The node cannot use its database"
    hint = "see `liaison verify`; nothing was kept of what was asked"


class JobLost(LiaisonError):
    """A chunk of bulk work failed more often than it may be run again."""

    title = "Part of the work was lost"
    hint = "look at the worker's log; nothing was written"
