"""The ground of all questions: what is not known is an error, not something to pass over."""

from marshmallow import RAISE, Schema


class Query(Schema):
    """Query parameters, or the body of a question; one that is not known is refused."""

    error_messages = {"unknown": "Unknown parameter."}  # noqa: RUF012  # marshmallow declares it so

    class Meta:
        """Refuse what is not asked for."""

        unknown = RAISE
