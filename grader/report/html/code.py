"""A learner's own code beside what is said about it: the lines of an exercise, in colours."""

import re
from collections.abc import Iterable, Iterator, Mapping

import msgspec
from markupsafe import Markup, escape
from pygments.lexers.python import PythonLexer  # type: ignore[import-untyped]
from pygments.token import Token  # type: ignore[import-untyped]

from grader import source
from grader.errors import SubmissionError
from grader.notebook import code_cells
from grader.report.text import clean

MOST_LINES = 60
"""Of what is longer so many lines are shown, around the one that matters."""

AROUND = 3
"""Lines before and after one that is outside of the exercise's own."""

CLASSES = (
    (Token.Keyword, "k"),
    (Token.Operator.Word, "k"),
    (Token.Literal.String, "s"),
    (Token.Literal.Number, "n"),
    (Token.Comment, "c"),
    (Token.Name.Function, "f"),
    (Token.Name.Class, "f"),
    (Token.Name.Builtin, "b"),
)
"""Kinds of token that have a colour, by the class of their span."""


class Line(msgspec.Struct, frozen=True):
    """A line of code by its number; `matters` is the one that a message speaks of."""

    number: int
    code: Markup
    matters: bool


class Excerpt(msgspec.Struct, frozen=True):
    """Lines of a file that follow one another."""

    file: str
    lines: tuple[Line, ...]
    cut: bool = False


def sources(files: Mapping[str, str]) -> dict[str, str]:
    """What was handed in by the labels that messages use: of a notebook, each of its cells."""
    found: dict[str, str] = {}
    for label, text in files.items():
        if not label.lower().endswith(".ipynb"):
            found[label] = text
            continue
        try:
            cells = code_cells(text.encode("utf-8", "surrogatepass"), label)
        except SubmissionError:
            continue
        found |= {f"{label}[{cell.number}]": cell.text for cell in cells}
    return found


def place(messages: Iterable[str], labels: Iterable[str]) -> tuple[str, int] | None:
    """The last place in a learner's file that messages name, as `forward.py:12`."""
    known = sorted(labels, key=len, reverse=True)
    if not known:
        return None
    names = "|".join(map(re.escape, known))
    pattern = re.compile(rf"(?<![\w./\\-])({names}):(\d{{1,6}})\b")
    found = [match for message in messages for match in pattern.finditer(message)]
    return (found[-1][1], int(found[-1][2])) if found else None


def excerpts(
    files: Mapping[str, str], exercise: str, module: str, at: tuple[str, int] | None
) -> tuple[Excerpt, ...]:
    """The code of an exercise, from the file of its chapter's `module` if others have it as well.

    A place `at` is marked; where it is outside, the lines around it come too.
    """
    parts: list[Excerpt] = []
    found = _defined(files, exercise, module)
    inside = False
    if found is not None:
        label, there = found
        inside = at is not None and at[0] == label and at[1] - 1 in there
        parts.append(_excerpt(label, files[label], there, at[1] if at and inside else 0))
    if at is not None and not inside and at[0] in files:
        last = len(files[at[0]].split("\n"))
        around = range(max(0, at[1] - 1 - AROUND), min(last, at[1] + AROUND))
        if at[1] - 1 in around:
            parts.append(_excerpt(at[0], files[at[0]], around, at[1]))
    return tuple(parts)


def _defined(files: Mapping[str, str], exercise: str, module: str) -> tuple[str, range] | None:
    """The file and the lines that define an exercise: the chapter's own file, else the last."""
    found = []
    for label, text in files.items():
        lines = _lines_of(text, exercise)
        if lines is not None:
            found.append((label, lines))
    own = [each for each in found if each[0].rpartition("/")[2] == f"{module}.py"]
    return own[-1] if own else found[-1] if found else None


def _lines_of(text: str, exercise: str) -> range | None:
    if exercise.rpartition(".")[2] not in text:
        return None
    try:
        return source.lines_of(text, exercise)
    except SyntaxError:
        return None


def _excerpt(label: str, text: str, there: range, matters: int) -> Excerpt:
    shown = there
    if len(there) > MOST_LINES:
        middle = matters - 1 if matters else there.start
        first = min(max(there.start, middle - MOST_LINES // 2), there.stop - MOST_LINES)
        shown = range(first, first + MOST_LINES)
    lines = text.split("\n")[shown.start : shown.stop]
    coloured = highlighted("\n".join(lines))
    numbered = (Line(n, code, n == matters) for n, code in enumerate(coloured, shown.start + 1))
    return Excerpt(label, tuple(numbered), shown != there)


def highlighted(text: str) -> list[Markup]:
    """Python in colours, line by line; what is no Python stays text, and all of it does."""
    lines: list[list[Markup]] = [[]]
    lexer = PythonLexer(stripnl=False, stripall=False, ensurenl=False)
    for kind, value in lexer.get_tokens(text.replace("\r\n", "\n").replace("\r", "\n")):
        for number, piece in enumerate(value.split("\n")):
            if number:
                lines.append([])
            if piece:
                lines[-1].append(_span(_class(kind), clean(piece)))
    return [Markup("").join(line) for line in lines]


def _span(name: str, text: str) -> Markup:
    return Markup('<span class="{}">{}</span>').format(name, text) if name else escape(text)


def _class(kind: object) -> str:
    return next((name for parent, name in CLASSES if kind in parent), "")


def labels(found: Iterable[Excerpt]) -> Iterator[str]:
    """What each excerpt is of, as a person would say it."""
    for excerpt in found:
        first, last = excerpt.lines[0].number, excerpt.lines[-1].number
        yield f"{excerpt.file}, lines {first} to {last}"
