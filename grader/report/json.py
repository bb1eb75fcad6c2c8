"""The whole Result, as JSON; its schema is `result.schema.json` beside this file."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from grader.result import Result

if TYPE_CHECKING:
    from grader.report.gradebook import Gradebook


def render(book: "Gradebook | Sequence[Result]") -> bytes:
    """One submission as an object, several as an array; those without a result are in neither."""
    results = book if isinstance(book, Sequence) else book.results
    data = results[0] if len(results) == 1 else list(results)
    return msgspec.json.format(msgspec.json.encode(data), indent=2) + b"\n"
