"""Cameras and what they met, as the pages and the API show them."""

from __future__ import annotations

import datetime as dt
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import msgspec

from liaison import policy
from liaison.model.errors import BadInput
from liaison.sightings.register import CLOCK, QUIET, Camera, Entry, Place
from liaison.sightings.rules import Likeness, read_as
from liaison.sightings.viewing import Counted, Figures, Glimpse, Sighting
from liaison.web.alerts import STATES as ALERT_STATES
from liaison.web.context import Visit
from liaison.web.forms import Form, end_of
from liaison.web.language import later

LIKE = {
    Likeness.EXACT: (later("the same mark"), "bad"),
    Likeness.CLASS: (later("easily read as the other"), "warn"),
    Likeness.POSSIBLE: (later("one of the camera’s other readings"), "warn"),
}
COMPASS = (
    later("north"),
    later("north-east"),
    later("east"),
    later("south-east"),
    later("south"),
    later("south-west"),
    later("west"),
    later("north-west"),
)
SIGNATURES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
USUAL = Form(
    fields={
        "quiet_seconds": [str(QUIET)],
        "clock_seconds": [str(CLOCK)],
        "offset_minutes": ["0"],
    }
)
"""What a new form says at first."""


class FeedIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A system that is to send the reads of cameras of a case."""

    case: str
    name: str


class FeedOut(msgspec.Struct, frozen=True):
    """A system that sends the reads of cameras. Its `secret` is told here alone, once."""

    id: str
    name: str
    case: str
    made: dt.datetime
    secret: str


class CountedOut(msgspec.Struct, frozen=True):
    """How many reads came, met an entry, were repeated or refused; of these for a time that cannot be, or too many."""

    reads: int
    met: int
    repeated: int
    refused: int
    clock: int
    flood: int


class CameraOut(msgspec.Struct, frozen=True, kw_only=True):
    """A camera of the register. `state` is standing, ended, over or ahead. `rejected` of `decided` alerts were misread
    or of another vehicle. `until` is when its reads are taken no more."""

    id: str
    feed: str
    code: str
    name: str
    latitude: float
    longitude: float
    bearing: int | None
    country: str
    covert: bool
    authority: str
    assessment: str
    case: str
    grounds: str
    registered: dt.datetime
    starts: dt.datetime
    until: dt.datetime
    ended: dt.datetime | None
    unmatched_hours: int
    quiet_seconds: int
    clock_seconds: int
    offset_minutes: int
    state: str
    today: CountedOut
    ever: CountedOut
    decided: int
    rejected: int


class CameraIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A camera to be registered. `until` is the last day; it reads from `starts`, at once where that is null; hours are
    null for as many as the law allows."""

    grounds: str
    feed: str
    code: str
    name: str
    latitude: float
    longitude: float
    authority: str
    assessment: str
    until: dt.date
    starts: dt.datetime | None = None
    bearing: int | None = None
    country: str = ""
    covert: bool = False
    unmatched_hours: int | None = None
    quiet_seconds: int = QUIET
    clock_seconds: int = CLOCK
    offset_minutes: int = 0


class CandidateOut(msgspec.Struct, frozen=True):
    """Another reading that the camera offered, and how sure it was of it."""

    mark: str
    sure: float | None


class SightingOut(msgspec.Struct, frozen=True, kw_only=True):
    """A wanted vehicle at a camera: a lead that a person verifies. `at` is by the camera's clock. `picture` is base64
    of what the camera sent, whatever that is; empty for none. Where it `erased`, nothing but times is left."""

    alert: str
    camera: str
    place: str
    case: str
    holding: str
    state: str
    likeness: str
    at: dt.datetime
    received: dt.datetime
    last: dt.datetime
    reads: int
    erased: bool
    raw: str = ""
    wanted: str = ""
    sure: float | None = None
    candidates: tuple[CandidateOut, ...] = ()
    country: str = ""
    direction: str = ""
    lane: str = ""
    vehicle: str = ""
    picture: str = ""


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign of a mark, and whether the other mark has it there."""

    text: str
    same: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A sighting on its alert's page: both marks sign by sign, in words where they differ, the picture's address, and
    whether there is a picture at all."""

    read: tuple[Sign, ...]
    wanted: tuple[Sign, ...]
    differences: tuple[str, ...]
    others: tuple[tuple[str, str], ...]
    address: str
    pictured: bool
    like: str


def camera_out(camera: Camera, figures: Figures, now: dt.datetime) -> CameraOut:
    """A camera as the API tells it."""
    told = {name: getattr(camera.place, name) for name in Place.__dataclass_fields__}
    told |= {name: getattr(camera, name) for name in CameraOut.__struct_fields__ if hasattr(camera, name)}
    return CameraOut(
        **told,
        state=state_of(camera, now),
        today=_counted_out(figures.today),
        ever=_counted_out(figures.ever),
        decided=figures.decided,
        rejected=figures.rejected,
    )


def sighting_out(sighting: Sighting) -> SightingOut:
    """A sighting as the API tells it."""
    told: dict[str, object] = {}
    if seen := sighting.seen:
        names = ("raw", "wanted", "sure", "country", "direction", "lane", "vehicle")
        told = {name: getattr(seen, name) for name in names}
        told["candidates"] = tuple(CandidateOut(one.mark, one.sure) for one in seen.candidates)
        told["picture"] = b64encode(seen.picture).decode()
    return SightingOut(
        alert=sighting.alert,
        camera=sighting.camera,
        place=sighting.place,
        case=sighting.case,
        holding=sighting.holding,
        state=sighting.state.value,
        likeness=sighting.likeness.value,
        at=sighting.at,
        received=sighting.received,
        last=sighting.last,
        reads=sighting.reads,
        erased=sighting.seen is None,
        **told,  # type: ignore[arg-type]
    )


def entry_of(visit: Visit, data: CameraIn) -> Entry:
    """The entry that a program asks for. Raises BadInput."""
    return Entry(
        feed=data.feed,
        code=data.code,
        place=Place(data.name, data.latitude, data.longitude, data.bearing, data.country, data.covert),
        authority=data.authority,
        assessment=data.assessment,
        until=until_of(visit, data.until),
        starts=data.starts,
        unmatched_hours=data.unmatched_hours,
        quiet_seconds=data.quiet_seconds,
        clock_seconds=data.clock_seconds,
        offset_minutes=data.offset_minutes,
    )


def entry_in(visit: Visit, form: Form) -> Entry:
    """The entry that a form asks for. Raises BadInput."""
    day = form.date("until")
    if day is None:
        raise BadInput(
            later("no day is named"), field="until", hint=later("name the last day on which it reads")
        )
    bearing = _whole(form, "bearing")
    place = Place(
        form.needed("name"),
        form.degrees("latitude"),
        form.degrees("longitude"),
        bearing,
        form.text("country", longest=80),
        form.text("signs") == "covert",
    )
    quiet, clock = _whole(form, "quiet_seconds"), _whole(form, "clock_seconds")
    return Entry(
        feed=form.needed("feed", longest=80),
        code=form.needed("code"),
        place=place,
        authority=form.text("authority"),
        assessment=form.text("assessment"),
        until=until_of(visit, day),
        starts=starts_of(visit, form.date("starts")),
        unmatched_hours=_whole(form, "unmatched_hours"),
        quiet_seconds=QUIET if quiet is None else quiet,
        clock_seconds=CLOCK if clock is None else clock,
        offset_minutes=_whole(form, "offset_minutes") or 0,
    )


def starts_of(visit: Visit, day: dt.date | None) -> dt.datetime | None:
    """The beginning of a first day; None for at once, as for today."""
    if day is None or day == visit.office.now().date():
        return None
    return dt.datetime.combine(day, dt.time(), dt.UTC)


def until_of(visit: Visit, day: dt.date) -> dt.datetime:
    """The end of a last day; of the latest that the law allows, this hour of it. Raises BadInput."""
    longest = dt.timedelta(days=policy.limits(visit.office.regimes).camera_days)
    return end_of(day, visit.office.now() + longest)


def state_of(camera: Camera, now: dt.datetime) -> str:
    """standing, ended, over, or ahead."""
    if camera.standing:
        return "standing"
    if camera.ended is not None:
        return "ended"
    return "over" if camera.until <= now else "ahead"


def state_words(visit: Visit, camera: Camera) -> tuple[str, str]:
    """The state of a camera in words, and its tone."""
    return {
        "standing": (visit.say("reads"), "good"),
        "ended": (visit.say("ended"), "quiet"),
        "over": (visit.say("over"), "quiet"),
        "ahead": (visit.say("not begun"), "info"),
    }[state_of(camera, visit.office.now())]


def last_day(camera: Camera) -> dt.date:
    """The last day on which a camera reads."""
    return (camera.until - dt.timedelta(microseconds=1)).date()


def direction_of(visit: Visit, bearing: int | None) -> str:
    """The way that vehicles go, in words and degrees."""
    if bearing is None:
        return visit.say("both ways")
    return f"{visit.say(COMPASS[round(bearing / 45) % 8])} ({bearing}°)"


def misread(visit: Visit, figures: Figures) -> str:
    """How many decided alerts were rejected, with the counts."""
    share = figures.misread
    if share is None:
        return visit.say("nothing decided yet")
    return visit.say(
        "%(rejected)s of %(decided)s (%(share)s %%)",
        rejected=figures.rejected,
        decided=figures.decided,
        share=round(100 * share),
    )


def alert_state(visit: Visit, sighting: Sighting | Glimpse) -> tuple[str, str]:
    """What was decided on a sighting, and its tone."""
    words, tone = ALERT_STATES[sighting.state.value]
    return visit.say(words), tone


def shown(visit: Visit, sighting: Sighting) -> Shown | None:
    """A sighting as its alert's page shows it; None where it was erased."""
    seen = sighting.seen
    if seen is None:
        return None
    read, wanted, differences = compared(visit, read_as(seen.raw) or seen.raw, read_as(seen.wanted))
    others = tuple((one.mark, _sure(one.sure)) for one in seen.candidates)
    return Shown(
        read,
        wanted,
        differences,
        others,
        address_of(seen.picture),
        bool(seen.picture),
        visit.say(LIKE[sighting.likeness][0]),
    )


def compared(
    visit: Visit, read: str, wanted: str
) -> tuple[tuple[Sign, ...], tuple[Sign, ...], tuple[str, ...]]:
    """Two marks sign by sign, and in words where they differ."""
    left: list[Sign] = []
    right: list[Sign] = []
    said: list[str] = []
    for tag, a, b, c, d in SequenceMatcher(None, read, wanted, autojunk=False).get_opcodes():
        same = tag == "equal"
        left += [Sign(sign, same) for sign in read[a:b]]
        right += [Sign(sign, same) for sign in wanted[c:d]]
        if not same:
            words = visit.say(
                "from sign %(place)s: read %(read)s, wanted %(wanted)s",
                place=c + 1,
                read=read[a:b] or "–",
                wanted=wanted[c:d] or "–",
            )
            said.append(words)
    return tuple(left), tuple(right), tuple(said)


def address_of(picture: bytes) -> str:
    """The picture as a browser takes it without asking anybody; empty for what is no JPEG, PNG or WebP."""
    kind = next((kind for sign, kind in SIGNATURES.items() if picture.startswith(sign)), "")
    if picture[:4] == b"RIFF" and picture[8:12] == b"WEBP":
        kind = "image/webp"
    return f"data:{kind};base64,{b64encode(picture).decode()}" if kind else ""


def sure_of(sighting: Sighting) -> str:
    """How sure the camera was of its reading; empty where it does not say."""
    return _sure(sighting.seen.sure) if sighting.seen else ""


def day_rows(days: Sequence[tuple[str, Counted]]) -> list[tuple[object, ...]]:
    """What a camera did on each day, for a table."""
    return [
        (dt.date.fromisoformat(day), one.reads, one.met, one.repeated, one.refused, one.clock, one.flood)
        for day, one in days
    ]


def _counted_out(counted: Counted) -> CountedOut:
    return CountedOut(**{name: getattr(counted, name) for name in CountedOut.__struct_fields__})


def _sure(sure: float | None) -> str:
    return "" if sure is None else f"{round(100 * sure)} %"


def _whole(form: Form, name: str) -> int | None:
    text = form.text(name, longest=12)
    if not text:
        return None
    if not (text.isascii() and text.removeprefix("-").isdigit()):
        raise BadInput(
            later("this is no whole number"), field=name, hint=later("write it in figures, or leave it empty")
        )
    return int(text)
