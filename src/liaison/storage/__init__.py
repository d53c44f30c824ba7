"""Where a node keeps what it knows: SQLite in a file, or PostgreSQL by URL; the same tables on both.

Services speak SQLAlchemy Core inside `Store.write` and `Store.read`; nothing else opens a connection.
"""

from liaison.storage.store import Store

__all__ = ["Store"]
