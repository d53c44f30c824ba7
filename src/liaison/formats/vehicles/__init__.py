"""Registration marks and vehicle identification numbers, read from text. Pure.

`plates.read` says which states' forms a mark fits and how it may be read otherwise, `vin.read` what a vehicle
identification number can tell. `folding` makes Latin capitals and digits of what was typed or scanned and says what it
changed, `forms` is the table of national forms (patterns.tsv, states.tsv). Neither reader replaces what was read: the
raw reading is kept, another one is offered beside it.
"""

from liaison.formats.vehicles import plates, vin
from liaison.formats.vehicles.folding import Doubt
from liaison.formats.vehicles.plates import Plate
from liaison.formats.vehicles.vin import VinReading

__all__ = ["Doubt", "Plate", "VinReading", "plates", "vin"]
