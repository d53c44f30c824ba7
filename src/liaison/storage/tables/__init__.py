"""Every table of a node, one module for each feature; the same on SQLite and PostgreSQL.

Times are kept as whole microseconds since 1970 in UTC (`Moment`), so that both databases order and compare them
alike. Personal data stands in sealed columns alone (`LargeBinary`, AES-256-GCM under a key of `ports.Keys`).
"""

from liaison.storage.tables.base import Moment, metadata

__all__ = ["Moment", "metadata"]
