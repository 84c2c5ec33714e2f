"""A client of the API: typed answers, polite retries, paging and batches (httpx).

    from regmap.client import Client

    with Client("http://127.0.0.1:8000") as regmap:
        answer = regmap.status(zip="39701")
        if answer.effective is not None:
            print(answer.effective.status, answer.effective.strictest_possible)

It needs httpx and nothing else of this project: the folder can be copied. What is answered is
information about law, not legal or medical advice; ``unknown`` is never to be read as lawful.
"""

from .answers import (
    Candidate,
    Effective,
    FullItemStatus,
    ItemError,
    ItemStatus,
    Layer,
    Period,
    Route,
    Source,
    StatusAnswer,
    Verdict,
)
from .clients import VERSION, AsyncClient, Client
from .download import Exported
from .errors import (
    Ambiguous,
    BadAnswer,
    ClientError,
    DataMoved,
    InvalidInput,
    NoAnswer,
    NotFound,
    Problem,
    TooMany,
    Unavailable,
)
from .patience import Patience
from .records import (
    Codebook,
    Correction,
    History,
    Jurisdiction,
    JurisdictionDetail,
    LegalChange,
    Revision,
    Search,
    Version,
    VersionChange,
)

__all__ = [
    "VERSION",
    "Ambiguous",
    "AsyncClient",
    "BadAnswer",
    "Candidate",
    "Client",
    "ClientError",
    "Codebook",
    "Correction",
    "DataMoved",
    "Effective",
    "Exported",
    "FullItemStatus",
    "History",
    "InvalidInput",
    "ItemError",
    "ItemStatus",
    "Jurisdiction",
    "JurisdictionDetail",
    "Layer",
    "LegalChange",
    "NoAnswer",
    "NotFound",
    "Patience",
    "Period",
    "Problem",
    "Revision",
    "Route",
    "Search",
    "Source",
    "StatusAnswer",
    "TooMany",
    "Unavailable",
    "Verdict",
    "Version",
    "VersionChange",
]
