"""The address of this site as the client reached it, for links that must name a host."""

from flask import request
from werkzeug.exceptions import BadRequest

from regmap.domain.wording import said

_NO_HOST = said("The header Host names no host.")


def site() -> str:
    """Scheme and host (with the path that the application is mounted at), no slash at the end.

    :raises BadRequest: if the request names no host: shared caches may keep what is answered, and
        links to nowhere would be kept with it.
    """
    # Werkzeug gives an empty text for whatever is no host name.
    if not request.host:
        raise BadRequest(_NO_HOST)
    return f"{request.scheme}://{request.host}{request.root_path}"
