"""A name for every call in the description: what generated clients call their functions.

The names follow from method and path, which are fixed for v1; so they stay what they are however
the views are called: ``GET /corrections/{correction_id}`` is ``get_correction``.
"""

import re
from typing import Any

_METHODS = frozenset({"get", "post", "put", "patch", "delete"})
_PARAMETER = re.compile(r"\{(\w+?)(_id)?\}")


def name_operations(paths: dict[str, dict[str, Any]], prefix: str) -> None:
    """Give each call that has none its ``operationId``.

    :param paths: those of the description.
    :param prefix: that all of them share, which is no part of a name.
    """
    for path, item in paths.items():
        for method in _METHODS & item.keys():
            name = operation_name(method, path.removeprefix(prefix))
            item[method].setdefault("operationId", name)


def operation_name(method: str, path: str) -> str:
    """The name of a call.

    An id makes one of the many that stand before it (``/corrections/{correction_id}``: correction);
    any other parameter says only how they are answered.
    """
    words: list[str] = []
    for part in path.strip("/").split("/"):
        parameter = _PARAMETER.fullmatch(part)
        if parameter is None:
            words.append(part)
        elif parameter[2]:
            words[-1:] = [parameter[1]]
    return "_".join([method, *(re.sub(r"\W", "_", word) for word in words)]).lower()
