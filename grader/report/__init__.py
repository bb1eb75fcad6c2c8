"""Results to what people and programs read: one small pure module a format."""

from collections.abc import Callable, Sequence
from typing import Literal

from grader.report import json, text
from grader.result import Result

Format = Literal["text", "json"]
FORMATS: dict[Format, Callable[[Sequence[Result]], bytes]] = {
    "text": text.render,
    "json": json.render,
}
