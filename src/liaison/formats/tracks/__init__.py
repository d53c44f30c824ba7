"""What drones, boats and teams in the field send of where they are, and of people in need whom they see. Pure: bytes
in, reports out; a reader that needs the time is given it.

Each reader returns a `Report`: tracks, sightings, doubts with their places, and why a message that is as it should be
holds neither. BadInput says what is refused and what to do. Nobody is named: a callsign is kept of craft and vehicles
alone, and a sighting counts people and says what they need, never who they are.

| module | what it is for |
|---|---|
| `model` | tracks, sightings and reports |
| `positions` | places, courses and speeds held against their bounds |
| `cot`, `cot_kinds` | Cursor on Target, one event |
| `cot_stream` | events as they come over a connection |
| `cot_writing` | events that we send: a confirmed hit, a sighting |
| `opening` | a body that is posted, in any of these forms |
| `people` | sightings of people in need: our own JSON, and the element `people` of an event |
| `remote_id` | Remote ID of drones, ASTM F3411 |
| `klv` | the metadata of a drone's video, MISB ST 0601 |
| `ais` | boats, by AIS; an extra, see `ais.installed` |
"""

from liaison.formats.tracks.model import Kind, Need, Report, Sighting, Track

__all__ = ["Kind", "Need", "Report", "Sighting", "Track"]
