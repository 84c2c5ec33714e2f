"""``codebook``: what every code means, as ``GET /codebook`` answers it."""

from regmap.mcp.envelope import Ground, Reply
from regmap.mcp.question import Question
from regmap.services.codebook import codebook as codebook_document


def codebook(question: Question) -> Reply:
    """The vocabulary; it says nothing of what the law is anywhere."""
    said = "What every code means. The status unknown is never to be read as lawful."
    document = codebook_document(question.asked.snapshot.substances)
    return question.reply(said, document, Ground(), "/docs")
