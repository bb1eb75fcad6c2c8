"""What the page of one student shows: where they stand, what was lost, why, and what helps."""

from collections.abc import Iterator, Sequence

import msgspec
from markupsafe import Markup

from grader.course import Chapter, Course
from grader.journal import Mark
from grader.report import account
from grader.report.gradebook import Gradebook
from grader.report.html import charts, code, words
from grader.result import ExerciseResult, Outcome
from grader.stats import points
from grader.verdict import Visibility

MOST_TESTS = 3
"""So many failed tests of an exercise are shown with all that is said about them."""


class Item(msgspec.Struct, frozen=True):
    """An exercise on the board; `anchor` is where the page says more, or empty."""

    name: str
    letter: str
    sign: str
    said: str
    anchor: str
    score: float
    max_score: float


class Part(msgspec.Struct, frozen=True):
    """A chapter on the board."""

    name: str
    title: str
    done: int
    bar: Markup
    items: tuple[Item, ...]


class Test(msgspec.Struct, frozen=True):
    """A failed test in words; the first one with a diagnosis has it above all."""

    said: str
    hidden: bool
    message: str
    seconds: float


class Lost(msgspec.Struct, frozen=True):
    """An exercise that lost points: why, and what to do about it."""

    name: str
    anchor: str
    score: float
    max_score: float
    said: str
    right: int
    asked: int
    message: str
    diagnoses: tuple[str, ...]
    tests: tuple[Test, ...]
    more: int
    hint: str
    supplied: str
    code: tuple[code.Excerpt, ...]


class Race(msgspec.Struct, frozen=True):
    """A speed gate: the bars, and one sentence."""

    name: str
    size: str
    picture: Markup
    words: str
    decision: str
    rounds: int


class Effort(msgspec.Struct, frozen=True):
    """An exercise for the instructor: how many of its tests passed, and how long they ran."""

    name: str
    said: str
    visible: str
    hidden: str
    seconds: float


class Student(msgspec.Struct, frozen=True):
    """Everything on the page; `without` says why there is no result."""

    name: str
    mark: Mark
    points: float
    score: float
    max_score: float
    bar: Markup
    late: str
    without: str
    reason: str
    board: tuple[Part, ...]
    lost: tuple[Lost, ...]
    left: tuple[str, ...]
    races: tuple[Race, ...]
    not_run: tuple[tuple[str, str], ...]
    effort: tuple[Effort, ...]


def view(book: Gradebook, mark: Mark) -> Student:
    """Gather the page of a student from their mark."""
    result, attempt = mark.result, mark.attempt
    exercises = result.exercises if result else ()
    files = code.sources(book.files.get(attempt.student, {}))
    without = "" if result else account.NO_RESULT.get(mark.state, account.UNFINISHED)
    told = book.audience == "instructor" or mark.state == "refused"
    return Student(
        attempt.student,
        mark,
        points(mark),
        result.score if result else 0,
        result.max_score if result else 0,
        charts.bar(points(mark) / result.max_score if result and result.max_score else 0),
        _late(mark),
        without,
        mark.message if without and told else "",
        tuple(_board(book.course, exercises)),
        tuple(_lost(book.course, e, files) for e in exercises if _explained(e)),
        tuple(e.id for e in exercises if e.status in ("todo", "missing") and not _explained(e)),
        tuple(race for exercise in exercises for race in _races(exercise)),
        tuple((e.id, why) for e in exercises if (why := words.not_run(e))),
        tuple(_effort(e) for e in exercises) if book.audience == "instructor" else (),
    )


def _late(mark: Mark) -> str:
    late = mark.attempt.late_days
    if not late:
        return ""
    days = words.counted(late, "day")
    if mark.result is None or not mark.attempt.penalty:
        return f"{days} late"
    share = min(1.0, late * mark.attempt.penalty)
    return f"{days} late, which costs {share:.0%}: {mark.result.score:g} before that"


def _explained(exercise: ExerciseResult) -> bool:
    """Whether there is more to say of an exercise than that it is still to do."""
    if exercise.status in ("passed", "not_run"):
        return False
    if exercise.status in ("todo", "missing"):
        usual = (f"{exercise.id} is still to do", "")
        told = [exercise.message, *(test.message for test in exercise.tests)]
        return any(text not in usual for text in told) and exercise.status != "missing"
    return True


def _board(course: Course, exercises: Sequence[ExerciseResult]) -> Iterator[Part]:
    titles = {chapter.name: chapter.title for chapter in course.chapters}
    for name in dict.fromkeys(e.chapter for e in exercises):
        own = [e for e in exercises if e.chapter == name]
        done = sum(e.status == "passed" for e in own)
        items = tuple(
            Item(
                e.id,
                words.LETTERS[e.status],
                words.sign(e.status),
                words.SAID[e.status],
                anchor(e.id) if _explained(e) else "",
                e.score,
                e.max_score,
            )
            for e in own
        )
        yield Part(name, titles.get(name, ""), done, charts.bar(done / len(own)), items)


def anchor(exercise: str) -> str:
    """The name of an exercise's place on the page."""
    return "on-" + exercise.replace(".", "-")


def _lost(course: Course, exercise: ExerciseResult, files: dict[str, str]) -> Lost:
    failed = account.failed(exercise)
    known = course.exercises.get(exercise.id)
    texts = [exercise.message, *(test.message for test in failed)]
    place = code.place(texts, files)
    return Lost(
        exercise.id,
        anchor(exercise.id),
        exercise.score,
        exercise.max_score,
        words.SAID[exercise.status],
        sum(test.status == "passed" for test in exercise.tests),
        len([test for test in exercise.tests if test.status != "not_run"]),
        exercise.message,
        tuple(dict.fromkeys(test.diagnosis for test in failed if test.diagnosis)),
        tuple(_test(exercise.id, test) for test in failed[:MOST_TESTS]),
        max(0, len(failed) - MOST_TESTS),
        known.hints[0] if known and known.hints else "",
        account.together(exercise.supplied) if exercise.supplied else "",
        code.excerpts(files, exercise.id, _module(course, exercise.chapter), place),
    )


def _test(exercise: str, test: Outcome) -> Test:
    """A test in words, also where it has none of its own."""
    said = account.in_words(test.name)
    message = test.message
    if not message:
        message = f"{exercise} does not do yet what this test is named after: {said}"
    return Test(said, test.visibility == "hidden", message, test.duration)


def _module(course: Course, chapter: str) -> str:
    found: Chapter | None = next((c for c in course.chapters if c.name == chapter), None)
    return found.module if found else chapter.partition("_")[2]


def _races(exercise: ExerciseResult) -> Iterator[Race]:
    for test in exercise.tests:
        speed = test.speed
        if speed is None or not speed.figures:
            continue
        sizes = zip(charts.decisive(speed).size, speed.axes, strict=False)
        yield Race(
            exercise.id,
            " × ".join(f"{number} {axis}" for number, axis in sizes),
            charts.race(speed),
            speed.words[:1].upper() + speed.words[1:],
            speed.decision,
            speed.rounds,
        )


def _effort(exercise: ExerciseResult) -> Effort:
    return Effort(
        exercise.id,
        words.SAID[exercise.status],
        _passed(exercise, "visible"),
        _passed(exercise, "hidden"),
        sum(test.duration for test in exercise.tests),
    )


def _passed(exercise: ExerciseResult, visibility: Visibility) -> str:
    own = [test for test in exercise.tests if test.visibility == visibility]
    return f"{sum(test.status == 'passed' for test in own)} of {len(own)}" if own else "–"
