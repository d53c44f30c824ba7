"""One value, one sequence of bytes: what is hashed, signed and compared.

The form is JSON as RFC 8785 (JCS) writes it, less what invites doubt: no floating point numbers, whole numbers
within +-(2^53 - 1), ASCII keys, text in Unicode's form C. Keys are sorted; nothing stands between the signs;
members that have their default are left out.
"""

from __future__ import annotations

import datetime as dt
import decimal
import threading
import unicodedata
from types import UnionType
from typing import Any, TypeVar, overload

import msgspec

from liaison.model.errors import BadInput
from liaison.model.text import Text

T = TypeVar("T")
LARGEST = 2**53 - 1  # the whole numbers that every JSON reader keeps exactly (RFC 7493)
LEFT_ALONE = (dt.datetime, dt.date, dt.time, dt.timedelta, decimal.Decimal, bytes, bytearray, memoryview)
HINT = "values that are signed hold text, whole numbers, truth values, lists and objects alone"


def encode(value: object) -> bytes:
    """The canonical bytes of a value of the vocabulary, or of plain lists, dicts and scalars.

    Equal values of one type have equal bytes. Times are written in UTC. Raises BadInput, naming the field, for
    what the form does not hold.
    """
    try:
        plain = msgspec.to_builtins(value, enc_hook=_text, order="sorted", builtin_types=LEFT_ALONE)
        return msgspec.json.encode(_checked(plain, "$"), order="sorted")
    except RecursionError:
        raise BadInput("the value is nested too deeply", hint="make it flatter") from None
    except (TypeError, msgspec.MsgspecError) as error:
        raise BadInput(str(error), hint=HINT) from error


@overload
def decode(data: bytes) -> Any: ...
@overload
def decode(data: bytes, kind: type[T]) -> T: ...
@overload
def decode(data: bytes, kind: UnionType) -> Any: ...
def decode(data: bytes, kind: Any = Any) -> Any:
    """The value whose canonical bytes are exactly `data`.

    Raises BadInput for anything else: other order, space, doubled keys, a default that is written out, numbers
    or text that the form does not hold, fields that are not known.
    """
    try:
        value = decoder(kind).decode(data)
    except msgspec.ValidationError as error:
        message, _, field = str(error).partition(" - at `")
        hint = getattr(error.__cause__, "hint", "correct the field, or ask the sender to")
        raise BadInput(message, field=field.rstrip("`"), hint=hint) from error
    except RecursionError:
        raise BadInput("the value is nested too deeply", hint="ask the sender for a flatter one") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"these bytes are not JSON: {error}", hint="ask the sender for them again") from error
    again = encode(value)
    if again != data:
        place = next((i for i, (a, b) in enumerate(zip(again, data, strict=False)) if a != b), len(again))
        raise BadInput(
            f"these bytes are not in canonical form from byte {min(place, len(data))} on",
            hint="ask the sender for the bytes that were signed",
        )
    return value


def decoder(kind: type[T]) -> msgspec.json.Decoder[T]:
    """The decoder of a type, which does not insist on the canonical form.

    It is made once and by one thread at a time: two that meet a type first crash in msgspec.
    """
    made = _DECODERS.get(kind)
    if made is None:
        with _MAKING:
            made = _DECODERS.setdefault(kind, msgspec.json.Decoder(kind, dec_hook=_parsed))
    return made


_DECODERS: dict[Any, msgspec.json.Decoder[Any]] = {}
_MAKING = threading.Lock()


def _text(value: object) -> str:
    if isinstance(value, Text):
        return value.text
    raise TypeError(f"a {type(value).__name__} has no canonical form")


def _parsed(kind: type[Any], written: object) -> object:
    if issubclass(kind, Text) and isinstance(written, str):
        return kind(written)
    raise TypeError(f"{written!r} is not a {kind.__name__}")


def _checked(value: object, field: str) -> object:
    """`value`, its times as text. Raises BadInput for what the form does not hold."""
    if value is None or value is True or value is False:
        return value
    if isinstance(value, str):
        return _checked_text(value, field)
    if isinstance(value, int) and abs(value) <= LARGEST:
        return value
    if isinstance(value, list | tuple):
        return [_checked(part, f"{field}[{place}]") for place, part in enumerate(value)]
    if isinstance(value, dict):
        return {_checked_key(key, field): _checked(part, f"{field}.{key}") for key, part in value.items()}
    if isinstance(value, dt.datetime):
        return _checked_time(value, field)
    if isinstance(value, dt.date):
        return value.isoformat()
    raise BadInput(f"{value!r} has no canonical form", field=field, hint=HINT)


def _checked_text(text: str, field: str) -> str:
    if text.isascii():
        return text
    if any("\ud800" <= sign <= "\udfff" for sign in text):
        raise BadInput(f"{text!r} holds half a character", field=field, hint="read its source again")
    if not unicodedata.is_normalized("NFC", text):
        raise BadInput(
            f"{text!r} is not in Unicode's form C", field=field, hint="normalise it as it comes in"
        )
    return text


def _checked_key(key: object, field: str) -> str:
    if not isinstance(key, str) or not key.isascii():
        raise BadInput(f"{key!r} cannot be a key", field=field, hint="keys are ASCII text")
    return key


def _checked_time(time: dt.datetime, field: str) -> str:
    if time.tzinfo is None:
        raise BadInput(f"{time} has no time zone", field=field, hint="times are in UTC")
    try:
        return time.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
    except OverflowError:
        raise BadInput(f"{time} is no time in UTC", field=field, hint="times are in UTC") from None
