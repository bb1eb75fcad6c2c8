"""What the page of the class shows: who stands where, what was hard, what wants a human eye."""

import collections
import statistics
from collections.abc import Iterator, Mapping, Sequence

import msgspec
from markupsafe import Markup

from grader.journal import Mark
from grader.report import account
from grader.report.gradebook import Gradebook
from grader.report.html import charts, words
from grader.result import ExerciseResult, Result
from grader.speed import Speed
from grader.stats import ExerciseStats, Stats, of_class, points

COMMONEST = 12
PADDING = 16
"""Pixels beside the heat map, in its column."""

NARROWEST = 176
"""Pixels of that column at least: what stands above it needs them."""

SHADES = {"fast enough": "p", "inconclusive": "b", "too slow": "f"}


GRAVEST = (
    "quarantined",
    "failed",
    "refused",
    "alike",
    "refused call",
    "not raced",
    "inconclusive",
)
"""The kinds of what wants a human eye, in the order in which they are listed."""


class Row(msgspec.Struct, frozen=True):
    """A student in the table: `statuses` has a letter for each exercise."""

    name: str
    page: str
    points: float
    share: float
    right: int
    wrong: int
    statuses: str
    strip: Markup
    said: str
    state: str


class Column(msgspec.Struct, frozen=True):
    """An exercise of the heat map, and where it begins."""

    name: str
    left: int


class Task(msgspec.Struct, frozen=True):
    """An exercise in figures."""

    stats: ExerciseStats
    share: float
    bar: Markup
    hardest: str


class Diagnosis(msgspec.Struct, frozen=True):
    """A mistake by name, and how many made it."""

    times: int
    exercise: str
    text: str
    bar: Markup


class Gate(msgspec.Struct, frozen=True):
    """A speed gate in figures: how many were decided how, and the ratios of all."""

    exercise: str
    fast: int
    open: int
    slow: int
    faster: float
    slower: float
    picture: Markup


class Eye(msgspec.Struct, frozen=True):
    """Something that a person should look at."""

    student: str
    page: str
    kind: str
    what: str
    other: str = ""
    other_page: str = ""


class Class(msgspec.Struct, frozen=True):
    """Everything on the page."""

    stats: Stats
    median: float
    full: int
    histogram: Markup
    rows: tuple[Row, ...]
    columns: tuple[Column, ...]
    chapters: tuple[str, ...]
    rates: Markup
    width: int
    tasks: tuple[Task, ...]
    diagnoses: tuple[Diagnosis, ...]
    gates: tuple[Gate, ...]
    eyes: tuple[Eye, ...]
    slowest: tuple[tuple[str, str, float], ...]
    not_run: tuple[tuple[str, int], ...]


def view(book: Gradebook, paths: Sequence[str]) -> Class:
    """Gather the page of the class; `paths` are those of the students' pages."""
    stats = of_class(book.marks)
    chapter_of = _exercises(book)
    names = [*chapter_of]
    sizes = [*collections.Counter(chapter_of.values()).values()]
    at = charts.columns(sizes)
    middle = statistics.median(stats.shares) if stats.shares else 0.0
    pages = {m.attempt.student: page for m, page in zip(book.marks, paths, strict=True)}
    by_id = {e.id: e for e in stats.exercises}
    shares = [_share(by_id[name]) for name in names]
    return Class(
        stats,
        middle,
        sum(share == 1 for share in stats.shares),
        charts.histogram(stats.shares, middle),
        tuple(_row(*each, names, at) for each in zip(book.marks, paths, strict=True)),
        tuple(Column(*each) for each in zip(names, at, strict=True)),
        tuple(dict.fromkeys(chapter_of.values())),
        charts.rates(shares, at),
        max(NARROWEST, charts.stretched(at) + PADDING),
        tuple(_task(by_id[name]) for name in names),
        tuple(_diagnoses(stats)),
        tuple(_gates(book, names)),
        tuple(sorted(_eyes(book, stats, pages), key=_gravity)),
        tuple((slow.student, pages[slow.student], slow.seconds) for slow in stats.slowest),
        tuple(_not_run(book.results)),
    )


def _exercises(book: Gradebook) -> dict[str, str]:
    """The chapter of every exercise in any result, in course order, strangers last."""
    seen = {e.id: e.chapter for result in book.results for e in result.exercises}
    place = {name: number for number, name in enumerate(book.course.exercises)}
    chapters = [chapter.name for chapter in book.course.chapters]
    known = dict.fromkeys([*chapters, *sorted(seen.values())])
    order = {name: number for number, name in enumerate(known)}
    names = sorted(seen, key=lambda n: (order[seen[n]], place.get(n, len(place)), n))
    return {name: seen[name] for name in names}


def _row(mark: Mark, page: str, names: Sequence[str], at: Sequence[int]) -> Row:
    student, result = mark.attempt.student, mark.result
    if result is None:
        return Row(student, page, 0, -1, 0, 0, "", Markup(), "", mark.state)
    found = {e.id: words.LETTERS[e.status] for e in result.exercises}
    statuses = "".join(found.get(name, words.NOT_ASKED) for name in names)
    counts = collections.Counter(statuses)
    share = points(mark) / result.max_score if result.max_score else 1.0
    said = f"{counts['p']} right, {counts['f']} not right, {counts['t'] + counts['m']} to do"
    strip = charts.strip(statuses, at)
    return Row(
        student, page, points(mark), share, counts["p"], counts["f"], statuses, strip, said, ""
    )


def _share(stats: ExerciseStats) -> float:
    """How many of those that were asked have it right."""
    asked = stats.tried + stats.left
    return stats.passed / asked if asked else 0.0


def _task(stats: ExerciseStats) -> Task:
    rate = stats.passed / stats.tried if stats.tried else 0.0
    hardest = ""
    if stats.hardest:
        hardest = f"{account.in_words(stats.hardest.what)} ({stats.hardest.times})"
    return Task(stats, rate, charts.bar(rate), hardest)


def _diagnoses(stats: Stats) -> Iterator[Diagnosis]:
    counts = [(c.times, e.id, c.what) for e in stats.exercises for c in e.diagnoses]
    counts.sort(key=lambda count: (-count[0], count[1], count[2]))
    for times, exercise, text in counts[:COMMONEST]:
        yield Diagnosis(times, exercise, text, charts.bar(times / counts[0][0], "f"))


def _gates(book: Gradebook, names: Sequence[str]) -> Iterator[Gate]:
    raced: dict[str, list[Speed]] = {}
    for exercise in (e for result in book.results for e in result.exercises):
        speeds = [test.speed for test in exercise.tests if test.speed]
        raced.setdefault(exercise.id, []).extend(speeds)
    for name in names:
        if speeds := raced[name]:
            yield _gate(name, speeds, _over(book, name))


def _gate(name: str, speeds: Sequence[Speed], over: float) -> Gate:
    decided = collections.Counter(speed.decision for speed in speeds)
    faster = [speed.faster[0] for speed in speeds if speed.faster]
    slower = [speed.slower[0] for speed in speeds if speed.slower]
    by_shade: dict[str, list[float]] = {"p": [], "b": [], "f": []}
    for speed in speeds:
        if speed.faster:
            by_shade[SHADES[speed.decision]].append(speed.faster[0])
    return Gate(
        name,
        decided["fast enough"],
        decided["inconclusive"],
        decided["too slow"],
        statistics.median(faster) if faster else 0,
        statistics.median(slower) if slower else 0,
        charts.spread(by_shade, over) if faster else Markup(),
    )


def _over(book: Gradebook, name: str) -> float:
    """How many times as fast as the loop an exercise has to be."""
    known = book.course.exercises.get(name)
    return known.gates[0].over if known and known.gates else 0


def _eyes(book: Gradebook, stats: Stats, pages: Mapping[str, str]) -> Iterator[Eye]:
    states = {m.attempt.student: m.state for m in book.marks if m.result is None}
    for trouble in stats.troubles:
        state = states.get(trouble.student, "")
        what = trouble.what.removeprefix(f"{state}: ") if state else trouble.what
        yield Eye(trouble.student, pages[trouble.student], state or _kind(what), what)
    for pair in book.alike:
        what = f"{pair.share:.0%} of what is rare in their code is the same"
        others = pair.other, pages.get(pair.other, "")
        yield Eye(pair.one, pages.get(pair.one, ""), "alike", what, *others)


def _gravity(eye: Eye) -> int:
    return GRAVEST.index(eye.kind) if eye.kind in GRAVEST else 0


def _kind(note: str) -> str:
    if note.startswith("Refused: "):
        return "refused call"
    return "inconclusive" if "inconclusive" in note else "not raced"


def _not_run(results: Sequence[Result]) -> list[tuple[str, int]]:
    """The exercises that were not run, wholly or in part, and for how many students."""
    all_: Iterator[ExerciseResult] = (e for result in results for e in result.exercises)
    return [*collections.Counter(e.id for e in all_ if words.not_run(e)).items()]
