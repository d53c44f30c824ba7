"""Records and lists that an agency holds lawfully: read, imported, kept, put right, and erased in time.

`read_people` reads CSV and its like, FollowTheMoney, the Security Council's and OFAC's lists, and Parquet; nothing is
dropped without a word. `imports.import_file` makes records of what was read, `consult` shows them on grounds,
`corrections`, `erasure` and `retention` are their later life, `live` is what a check looks into, and `safeguards`
answers on people who are protected. It serves Directive (EU) 2016/680, articles 4 to 7, 10, 16 and 20 (rules L02 to
L07, L16, L21, L22).
"""

from liaison.holdings.findings import BadRow, Read
from liaison.holdings.read import lists_of, read_people
from liaison.holdings.single import read_date, read_person

__all__ = ["BadRow", "Read", "lists_of", "read_date", "read_people", "read_person"]
