"""Records and lists that an agency holds lawfully, read into the columns that the matching takes.

`read_people` reads CSV and its like, FollowTheMoney, the Security Council's and OFAC's lists, and Parquet.
Nothing is dropped without a word: what a row or a field lacks is in `Read.bad_rows`, and what was guessed about
a file is in `Read.notes`.
"""

from liaison.holdings.findings import BadRow, Read
from liaison.holdings.read import lists_of, read_people
from liaison.holdings.single import read_date, read_person

__all__ = ["BadRow", "Read", "lists_of", "read_date", "read_people", "read_person"]
