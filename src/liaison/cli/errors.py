"""The one place where an error becomes words on a terminal or JSON for a script."""

from __future__ import annotations

import json
import os
import sys
import traceback
from typing import Any

import typer
from typer.core import TyperGroup

from liaison.model.errors import BadInput, LiaisonError

BAD_ROWS, UNUSABLE, INTERRUPTED = 1, 2, 130


class Verbs(TyperGroup):
    """The verbs; whatever goes wrong in one is rendered here."""

    def invoke(self, ctx: Any) -> Any:
        """Run the verb. An error becomes a message and exit status 2, an interruption 130."""
        as_json = "--json" in (*ctx._protected_args, *ctx.args)
        try:
            return super().invoke(ctx)
        except LiaisonError as error:
            render(error, as_json)
        except BrokenPipeError:  # whoever read our output has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except OSError as error:
            render(_of_the_system(error), as_json)
        except MemoryError:
            render(LiaisonError("there is not enough memory", hint="check fewer people at a time"), as_json)
        except KeyboardInterrupt:
            typer.echo("Stopped. Nothing more was written.", err=True)
            raise typer.Exit(INTERRUPTED) from None
        except Exception as error:
            if type(error).__module__.startswith(("typer", "click")):  # a wrong option, or the end of a verb
                raise
            if not as_json:
                traceback.print_exc()
            render(LiaisonError(f"{type(error).__name__}: {error}"), as_json)
        raise typer.Exit(UNUSABLE)


def render(error: LiaisonError, as_json: bool) -> None:
    """Show an error: title, message and hint on standard error, or one JSON object on standard output."""
    if as_json:
        typer.echo(json.dumps({"error": described(error)}, ensure_ascii=False))
        return
    typer.echo(f"{error.title}: {error}\n{place(error)}What to do: {error.hint}", err=True)


def described(error: LiaisonError) -> dict[str, object]:
    """An error for a script to read."""
    fields: dict[str, object] = {
        "kind": type(error).__name__,
        "title": error.title,
        "message": str(error),
        "hint": error.hint,
    }
    if isinstance(error, BadInput):
        fields |= {"file": error.file, "row": error.row, "field": error.field}
    return fields


def place(error: LiaisonError) -> str:
    """A line that says where in the input the error stands, as far as the message does not."""
    if not isinstance(error, BadInput):
        return ""
    known = [
        f"{name} {value}"
        for name, value in (("file", error.file), ("row", error.row or ""), ("field", error.field))
        if value and str(value) not in str(error)
    ]
    return f"Where: {', '.join(known)}\n" if known else ""


def _of_the_system(error: OSError) -> LiaisonError:
    file = str(error.filename or "")
    reason = error.strerror or str(error)
    return BadInput(
        f"{file}: {reason}" if file else reason,
        file=file,
        hint="check the name of the file, its permissions and the room on the disk",
    )
