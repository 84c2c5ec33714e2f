"""The codes that answers use, as types.

What they mean stands in the codebook (``Client.codebook()``). The server may know newer codes than
these types: they are passed on as they come, so compare codes rather than look them up.
"""

from typing import Literal

Status = Literal[
    "prohibited", "sale_prohibited", "controlled", "regulated", "unregulated", "unknown"
]
"""Most restrictive first; ``unknown`` is never to be read as lawful."""

Level = Literal["country", "state", "territory", "district", "county", "tribal", "place"]
Permission = Literal["allowed", "restricted", "prohibited", "unknown"]
Confidence = Literal["high", "medium", "low"]
SourceKind = Literal[
    "statute",
    "bill",
    "rule",
    "ordinance",
    "court",
    "government",
    "research",
    "news",
    "advocacy",
    "vendor",
]
Extent = Literal["whole", "unincorporated"]
Match = Literal["inside", "nearest", "possible"]
Direction = Literal["tightened", "loosened", "other"]
ChangeType = Literal["law_changed", "record_corrected"]
Outcome = Literal["deny", "unknown", "allow"]
"""A verdict; only ``allow`` is a yes."""

Effect = Literal["deny", "unknown", "allow", "condition", "notice"]
CorrectionState = Literal["pending", "needs_info", "accepted", "rejected", "withdrawn", "undone"]
ExportForm = Literal["csv", "jsonl", "geojson", "gpkg", "parquet"]
ExportTable = Literal["statuses", "periods", "records", "changes"]
