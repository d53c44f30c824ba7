"""The map: cameras and sightings of the person's cases, drawn by the server, with the table of what it shows."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import Response
from litestar.params import Parameter

from liaison.formats.pmtiles import Tile
from liaison.model.errors import BadInput
from liaison.model.roles import Capability
from liaison.sightings.register import MOST
from liaison.web.context import Visit
from liaison.web.map_features import sort_of
from liaison.web.map_picture import KINDS, shown_in, ways
from liaison.web.map_view import Box, read_box, within
from liaison.web.mapped import LAYERS, drawn, kind_of, layers, state_of
from liaison.web.routing import page

LISTED = 20  # points of a page of the table
Short = Annotated[str, Parameter(max_length=80)]
Number = Annotated[int, Parameter(ge=1, le=10_000_000)]


@page("/map", audience=Capability.CHECK)
def map_page(visit: Visit, kind: Short = "", box: Short = "", at: Number = 1) -> Response[str]:
    """Cameras and sightings of the person's cases on a map; `box` is the part of it that is shown, all where empty."""
    errors: dict[str, str] = {}
    wanted = part = None
    try:
        wanted = kind_of(kind)
        part = read_box(box) if box else None
    except BadInput as refused:
        errors[refused.field or ""] = f"{visit.say(str(refused))}: {visit.say(refused.hint)}"
    layer = layers(visit.office, visit.actor, wanted)
    shown = drawn(layer, part)
    there = shown_in(shown.view, layer.points)
    listed = [layer.placed[place] for place in there[(at - 1) * LISTED : at * LISTED]]

    def address(other: Box) -> str:
        return "/map?" + urlencode({"kind": kind, "box": other.text})

    return visit.page(
        "pages/map.html",
        title=visit.say("Map"),
        active="map",
        picture=shown,
        ways=ways(shown.view, address),
        part=within(shown.view.box).text,
        state=state_of(layer),
        sorts=[(sort_of(each.value, past), each, past) for each in KINDS for past in (False, True)],
        tiles=_tiles(visit),
        address=address,
        listed=listed,
        total=len(layer.placed),
        shown=len(there),
        cut=layer.cut,
        most=MOST,
        kind=kind,
        kinds=[(each.value, visit.say(each.label)) for each in LAYERS],
        box=box,
        errors=errors,
        at=at,
        pages=max(-(-len(there) // LISTED), 1),
        href="/map?" + urlencode({"kind": kind, "box": box}) + "&at={page}",
        status=400 if errors else 200,
    )


def _tiles(visit: Visit) -> dict[str, Any] | None:
    """What the browser has to know of the agency's own map; None where there is none."""
    archive = visit.node.tiles
    if archive is None:
        return None
    return {
        "vector": archive.tile is Tile.VECTOR,
        "zooms": archive.zooms,
        "box": archive.box,
        "layers": archive.layers,
        "source": archive.source,
    }


ROUTES = (map_page,)
