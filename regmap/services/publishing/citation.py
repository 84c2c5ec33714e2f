"""``CITATION.cff`` (Citation File Format 1.2.0): how to cite a release."""

import yaml

from regmap.services.naming import AUTHORS, TITLE
from regmap.services.publishing.edition import DESCRIPTION, KEYWORDS, LICENCE, Edition

FILE = "CITATION.cff"


def citation_text(edition: Edition) -> str:
    """The file's text; the same release gives the same."""
    told = {
        "cff-version": "1.2.0",
        "message": "If you use this data, please cite it with its version.",
        "type": "dataset",
        "title": TITLE,
        "abstract": DESCRIPTION,
        "authors": [{"name": AUTHORS}],
        "version": edition.version,
        "date-released": edition.dated,
        "keywords": list(KEYWORDS),
        "license": LICENCE,
    }
    return str(yaml.safe_dump(told, sort_keys=False, allow_unicode=True, width=100))
