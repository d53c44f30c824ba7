"""Machine readable zones of travel documents, read from text: ICAO Doc 9303, parts 3 to 7. Pure.

`reading.read` takes what a scanner, a person or a reader of pictures typed and returns one `document.Document`,
`read_all` every one that the text holds; `batch.checked` holds a great many against their check digits at once.
`layouts` says what stands where and what each check digit covers, `scanned` makes signs of ICAO's alphabet of any
text, `fitting` corrects what the type of a field decides, `dates`, `names` and `states` say what the fields mean,
`transliteration` how a name is written in the zone, and `writing` writes one.

Check digits find slips of readers and of amateurs. Whoever computes them anew is not found by them: a zone is
"consistent" or "not consistent" here and never genuine.
"""

from liaison.formats.mrz.document import Document, Doubt, Field
from liaison.formats.mrz.reading import read, read_all

__all__ = ["Document", "Doubt", "Field", "read", "read_all"]
