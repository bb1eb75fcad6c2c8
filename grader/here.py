"""Code in this very process, asked as a worker would be: a learner's own file, or a mistake."""

import linecache
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from grader import calls, wire
from grader.worker import Desk


class Here:
    """Names to be called in this process.

    `names` gives them when they are first asked for; `label` is what people call the `file` that
    they come from.
    """

    notes: Mapping[str, Sequence[wire.Note]] = MappingProxyType({})

    def __init__(
        self, names: Callable[[], Mapping[str, Any]], file: str = "", label: str = ""
    ) -> None:
        self._names, self._label = names, label
        self.labels = {file}
        self._desk = Desk(self)

    def namespace(self, name: str) -> Mapping[str, Any]:
        """All the names there are, whatever the module is called."""
        return self._names()

    def ask(self, kind: Any, *content: Any) -> wire.Answer | wire.Failure | wire.Absent:
        """Put a request to the code and return the reply."""
        reply = self._desk.reply(kind(0, *content))
        assert isinstance(reply, wire.Answer | wire.Failure | wire.Absent)
        return reply

    def lend(self, function: wire.Given) -> wire.Given:
        """The function: it is here."""
        return function

    def pause(self) -> None:
        """Nothing: what works here is the one that asks."""

    def resume(self) -> None:
        """Nothing."""

    def places(self, lines: Iterable[wire.Line]) -> Iterator[calls.Place]:
        """Lines of the file, with their text, under the name that people know."""
        for line in lines:
            code = linecache.getline(line.label, line.number)
            yield calls.Place(self._label, line.number, line.function, code)

    def error(self, kinds: Sequence[str], text: str) -> BaseException:
        """The very exception, so that a debugger finds the line."""
        assert self._desk.error is not None
        return self._desk.error

    def limit_met(self, kinds: Sequence[str], text: str) -> str:
        """Nothing: here are no limits."""
        return ""

    def absence(self, module: str, name: str) -> str:
        """Say that the file defines no such name."""
        return f"{self._label} defines no {name!r}: is it misspelt or renamed?"

    def shown(self, kind: str) -> str:
        """The name of a type as it is: nothing is hidden here."""
        return kind
