"""A class as pages to open from disk: one for the class, one a student; no network, no server."""

from grader.report.gradebook import Gradebook
from grader.report.html.folder import write

__all__ = ["render", "write"]


def render(book: Gradebook) -> dict[str, bytes]:
    """The pages by path: `students/….html`, and for an instructor `index.html` on the class.

    Each page has all that it needs in itself, so that it can be handed on alone.

    Raises
    ------
    KataError
        The extra `report` is not installed.

    """
    from grader.report.html.pages import render as pages

    return pages(book)
