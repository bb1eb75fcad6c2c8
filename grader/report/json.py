"""The whole Result, as JSON; its schema is `result.schema.json` beside this file."""

import msgspec

from grader.report.gradebook import Gradebook


def render(book: Gradebook) -> bytes:
    """One submission as an object, several as an array; those without a result are in neither."""
    results = book.results
    data = results[0] if len(results) == 1 else results
    return msgspec.json.format(msgspec.json.encode(data), indent=2) + b"\n"
