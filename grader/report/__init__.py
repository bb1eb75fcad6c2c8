"""Results to what people and programs read: one small pure module a format.

A folder of files is no format of this table: `grader.report.html` makes one.
"""

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grader.report.gradebook import Gradebook


def _of(name: str) -> "Callable[[Gradebook], bytes]":
    """The renderer of a format, whose module is imported when it is asked for the first time."""

    def render(book: "Gradebook") -> bytes:
        made: bytes = import_module(f"grader.report.{name}").render(book)
        return made

    return render


NAMES = ("text", "json", "junit", "gradescope", "classroom", "exercism", "check50", "markdown")
ONE = ("gradescope", "classroom", "exercism", "check50")
"""The formats that are about one submission."""

TELLS_ALL = ("exercism",)
"""The formats whose reader takes any exit status but 0 for a report that was not written."""

FORMATS: "dict[str, Callable[[Gradebook], bytes]]" = {name: _of(name) for name in NAMES}
