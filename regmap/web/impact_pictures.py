"""Two small maps of what a change would do: as things are, and as they would be."""

from datetime import date

from regmap.domain.errors import BoundaryNotAvailable
from regmap.domain.vocabulary import Level
from regmap.domain.wording import said
from regmap.services.bundle import Services
from regmap.services.hypothesis import Sides
from regmap.services.pictures import Question
from regmap.web.picture import drawn

WIDTH = 420  # pixels


def impact_pictures(
    before: Services, after: Services, jurisdiction_id: str, substance: str, day: date
) -> Sides[bytes]:
    """The map around a jurisdiction before and after, as SVG, in the language of the request.

    A town is shown in its county, or close up where it may lie in several. Both are drawn in the
    same frame, each with a legend of its own; heading and sources are for the page to say.

    :param after: the services as they would be; they may know a jurisdiction that is new.
    :param substance: a code.
    :raises UnknownJurisdiction: if neither side has the jurisdiction.
    :raises BoundaryNotAvailable: if nobody knows where it or anything above it lies.
    """
    question = Question(before.snapshot.substances[substance], day)
    focus = _focus(before, after, jurisdiction_id)
    return Sides(before, after).each(
        lambda side: drawn(side, focus, question, WIDTH, told_in_full=False)
    )


def _focus(before: Services, after: Services, jurisdiction_id: str) -> str:
    """The nearest around a jurisdiction that both sides know and can draw."""
    asked = after if jurisdiction_id in after.snapshot.tree else before
    other = before if asked is after else after
    tree = asked.snapshot.tree
    around = [one.id for one in reversed(tree.chain(jurisdiction_id))]
    if tree.get(jurisdiction_id).level is Level.PLACE:
        _, *counties = asked.lookup.situations.of_jurisdiction(jurisdiction_id).holding
        around = [*counties, *around]
    for id in around:
        is_located = asked.maps.drawings.has(id) or asked.browse.centroid(id) is not None
        if is_located and id in other.snapshot.tree:
            return id
    name = tree.get(jurisdiction_id).name
    raise BoundaryNotAvailable(said("It is not known where {name} lies.", name=name))
