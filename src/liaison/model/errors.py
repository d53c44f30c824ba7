"""Every error the program raises on purpose.

LiaisonError
├── BadInput            a value a person can correct: names the file, row and field
│   └── UnusableFile    nothing in the file could be read
├── DamagedIndex        an index whose bytes are not what was written
├── KernelMissing       the compiled kernel is absent and could not be built
├── BadSetting          an option or setting that cannot work
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


class DamagedIndex(LiaisonError):
    """The bytes of an index are not the bytes that were written."""

    title = "The index is damaged"
    hint = "build it again from its lists with `liaison index`"


class KernelMissing(LiaisonError):
    """The compiled kernel is absent and could not be built."""

    title = "The matching kernel is missing"
    hint = "run ./dev setup on a machine with a C compiler, or install the released wheel"


class BadSetting(LiaisonError):
    """An option or setting that cannot work."""

    status = 400
    title = "A setting cannot work"
    hint = "see docs/reference.md"


class JobLost(LiaisonError):
    """A chunk of bulk work failed more often than it may be run again."""

    title = "Part of the work was lost"
    hint = "look at the worker's log; nothing was written"
