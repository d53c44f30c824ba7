"""One door for every format: what a file is shows in its first bytes, not in its name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from liaison.holdings import encodings, ofac
from liaison.holdings.delimited import read_delimited
from liaison.holdings.findings import Findings, Read
from liaison.holdings.options import Options, quiet
from liaison.holdings.streams import HEAD, STANDARD_INPUT, Stream, opened, usable
from liaison.model.errors import UnusableFile


def read_people(
    path: Path,
    *,
    columns: Mapping[str, str] | None = None,
    encoding: str = "",
    delimiter: str = "",
    organisations: bool = False,
    keep: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Read:
    """The people in a file, or from standard input where the path is `-`.

    columns: the file's column for a field of a person, where the header is not guessed right. organisations: whether
    the companies, vessels and the like of the lists that tell them apart are read as well. keep: whether what is no
    field of a person is kept, in `Read.kept`. progress: called with the
    bytes done and in all (0: not known). Raises UnusableFile where nothing can be read, BadSetting for a column,
    an encoding or a delimiter that cannot be.
    """
    options = Options(
        list_name="standard input" if path == STANDARD_INPUT else path.stem,
        last_year=datetime.now(UTC).year,
        columns=columns or {},
        encoding=encoding,
        delimiter=delimiter,
        organisations=organisations,
        keep=keep,
        progress=progress or quiet,
    )
    with opened(path) as stream:
        return _read(stream, path, options, Findings(stream.name))


def read_stream(stream: Stream, options: Options) -> Read:
    """The people of a stream that is in no file. Raises as `read_people`."""
    return _read(usable(stream), STANDARD_INPUT, options, Findings(stream.name))


def _read(stream: Stream, path: Path, options: Options, findings: Findings) -> Read:
    if stream.head.startswith(b"PAR1"):
        from liaison.holdings.tables import read_parquet

        return read_parquet(stream, options, findings)
    beginning = _beginning(stream.head)
    if beginning.startswith("<"):
        from liaison.holdings.security_council import read_security_council

        return read_security_council(stream, options, findings)
    if beginning.startswith("{"):
        from liaison.holdings.followthemoney import read_followthemoney

        return read_followthemoney(stream, options, findings)
    if beginning.startswith("["):
        raise UnusableFile(
            f"{stream.name} is one JSON array",
            file=stream.name,
            hint="give one JSON object a line (jq -c '.[]')",
        )
    if not options.columns and ofac.kind_of(stream.head):
        return ofac.read_ofac(stream, path, options, findings)
    return read_delimited(stream, options, findings)


def _beginning(head: bytes) -> str:
    mark, length = encodings.marked(head)
    encoding = mark or encodings.unmarked_utf16(head) or "latin-1"
    return head[length : length + 256].decode(encoding, "ignore").lstrip()


def lists_of(paths: Iterable[Path]) -> list[Path]:
    """The paths without OFAC's ALT files whose SDN file is among them, as it is read together with its pair."""
    paths = list(paths)
    return [path for path in paths if not (ofac.pair_of(path) in paths and _is_alt(path))]


def _is_alt(path: Path) -> bool:
    with path.open("rb") as source:
        head = source.read(HEAD)
    return bool(head.strip()) and ofac.kind_of(head) == "alt"
