"""The one error that a build of the boundaries raises."""


class BoundaryBuildError(Exception):
    """The boundaries cannot be built; the message says what is missing and what to do."""
