"""Which submissions have code in common that hardly anybody else has: a reason to look, no more.

The code of each becomes a set of fingerprints by winnowing (Schleimer, Wilkerson and Aiken,
"Winnowing: local algorithms for document fingerprinting", 2003): of every few runs of tokens in a
row the least hash is kept, so that a copy is found wherever it stands. Names do not count, comments
and layout neither. What the course gave to all, and what many wrote, tells nothing.
"""

import collections
import io
import itertools
import keyword
import tokenize
import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from grader.collect import Work
from grader.errors import SubmissionError
from grader.notebook import code_cells

RUN, WINDOW = 12, 4
"""Tokens in a run, and how many runs in a row have a fingerprint among them."""

RARE = 0.02
"""What a larger share of the class has, and more than a few do, is how one writes it."""

FEW = 3
ALIKE, ENOUGH = 0.6, 8
"""Two are alike that share so much of what is rare in either, and so many fingerprints."""

MORE = "https://dolos.ugent.be"
"""A tool that compares in earnest, and shows the places side by side."""

SILENT = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)


class Pair(NamedTuple):
    """Two students, and the share of their rare code that is the same, 0 to 1."""

    one: str
    other: str
    share: float


def pairs(works: Mapping[str, Work], given: Iterable[str] = ()) -> list[Pair]:
    """The students whose work is alike, most alike first; `given` are texts that all had."""
    known = {print_ for text in given for print_ in fingerprints(text)}
    found = {name: set(_of_work(work)) - known for name, work in works.items()}
    owners: dict[int, list[str]] = {}
    for name, prints in found.items():
        for print_ in prints:
            owners.setdefault(print_, []).append(name)
    most = max(2, min(FEW, len(works) // 2), RARE * len(works))
    rare = {print_: names for print_, names in owners.items() if len(names) <= most}
    size = collections.Counter(name for names in rare.values() for name in names)
    shared = collections.Counter(
        pair for names in rare.values() for pair in itertools.combinations(sorted(names), 2)
    )
    alike = (
        Pair(one, other, count / min(size[one], size[other]))
        for (one, other), count in shared.items()
        if count >= ENOUGH
    )
    return sorted((p for p in alike if p.share >= ALIKE), key=lambda p: (-p.share, p.one, p.other))


def fingerprints(text: str) -> Iterator[int]:
    """The fingerprints of some Python code; of what is no Python those up to there."""
    tokens = [*_tokens(text)]
    runs = [
        zlib.crc32(" ".join(tokens[i : i + RUN]).encode()) for i in range(len(tokens) - RUN + 1)
    ]
    for i in range(max(0, len(runs) - WINDOW + 1)):
        yield min(runs[i : i + WINDOW])


def _of_work(work: Work) -> Iterator[int]:
    for label, content in work.contents.items():
        if label.lower().endswith(".ipynb"):
            try:
                texts = [cell.text for cell in code_cells(content, label)]
            except SubmissionError:
                continue
        else:
            texts = [content.decode("utf-8", "replace")]
        for text in texts:
            yield from fingerprints(text)


def _tokens(text: str) -> Iterator[str]:
    start = True
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type in SILENT:
                start = start or token.type in (tokenize.NEWLINE, tokenize.INDENT)
                continue
            if token.type == tokenize.STRING and start:
                continue  # a docstring
            start = False
            name = token.type == tokenize.NAME and not keyword.iskeyword(token.string)
            yield "name" if name else token.string
    except (tokenize.TokenError, SyntaxError):
        return
