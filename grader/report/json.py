"""The whole Result, as JSON; its schema is `result.schema.json` beside this file."""

from collections.abc import Sequence

import msgspec

from grader.result import Result


def render(results: Sequence[Result]) -> bytes:
    """One submission as an object, several as an array of them."""
    data = results[0] if len(results) == 1 else list(results)
    return msgspec.json.format(msgspec.json.encode(data), indent=2) + b"\n"
