"""What a mark comes to and why: the facts that every format tells, in the words it tells them in.

Points are rounded to cents here, once, so that in every format they add up.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from grader.course import Course
from grader.errors import KataError
from grader.journal import Mark, State
from grader.report.gradebook import Audience, Gradebook, marked
from grader.report.text import clean
from grader.result import ExerciseResult, Outcome, Result
from grader.stats import points

CENTS = 2
SHORT = len("sha256:") + 12
"""How much of a digest is shown, which is enough to tell two submissions apart."""

UNFINISHED = "This has not been marked to its end yet."
NO_RESULT: dict[State, str] = {
    "refused": "This could not be marked.",
    "failed": "The grader failed on this, and the work is not to blame. It has no mark yet.",
    "quarantined": "Marking this was broken off more than once. A person is to look at it.",
    "begun": UNFINISHED,
    "lost": UNFINISHED,
}
"""Why there is no result, by how far the marking came."""


class Item(msgspec.Struct, frozen=True):
    """An exercise, or what lateness costs, whose score is below 0 and has no `exercise`.

    `why` are the lines that say what was lost and what helps, `hint` is the last of them where it
    is a hint of the course's; `seconds` is how long its tests took. Where `counts` is false its
    points are in no total.
    """

    name: str
    score: float
    max_score: float
    said: str
    why: tuple[str, ...] = ()
    hint: str = ""
    seconds: float = 0.0
    exercise: ExerciseResult | None = None

    @property
    def passed(self) -> bool:
        """Whether all of its points were earned."""
        return self.exercise is not None and self.exercise.status == "passed"

    @property
    def counts(self) -> bool:
        """Whether its points are in the total."""
        return self.exercise is None or self.exercise.status != "not_run"

    @property
    def told(self) -> str:
        """All that is to be said about it, a line each."""
        return "\n".join([*self.why, f"hint: {self.hint}"] if self.hint else self.why)


class Account(msgspec.Struct, frozen=True):
    """A student's mark: the scores of the `items` that count add up to `score`.

    `trouble` says why there is no result, and is empty where there is one. `notes` are the
    grader's own.
    """

    student: str
    score: float
    max_score: float
    items: tuple[Item, ...] = ()
    trouble: str = ""
    notes: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def full(self) -> bool:
        """Whether nothing was lost."""
        return not self.trouble and self.score >= self.max_score

    @property
    def share(self) -> float:
        """The part of the points that counts, 0 to 1."""
        if self.trouble:
            return 0.0
        return self.score / self.max_score if self.max_score else 1.0


def of(book: Gradebook, mark: Mark) -> Account:
    """What a mark of a gradebook comes to."""
    student = clean(mark.attempt.student)
    if mark.result is None:
        return Account(student, 0.0, _most(book, mark), trouble=_trouble(book.audience, mark))
    result = mark.result
    items = tuple(_item(book, exercise) for exercise in result.exercises)
    score = cents(points(mark))
    earned = cents(sum(item.score for item in items if item.counts))
    if late := _late(mark, cents(score - earned)):
        items = (*items, late)
    most = cents(sum(item.max_score for item in items if item.counts))
    notes = (*map(clean, result.notes), *_marking(book.audience, mark, result))
    return Account(student, score, most, items, "", notes, result.duration)


def in_a_book(*results: Result) -> Gradebook:
    """A gradebook of results that are in none, and of no course: to a learner, without hints."""
    return Gradebook(Course(Path(), "", ()), tuple(map(marked, results)))


def only(book: Gradebook, name: str) -> Account:
    """The account of the only mark, for a format that is about one submission.

    Raises
    ------
    KataError
        There are several.

    """
    if len(book.marks) != 1:
        raise KataError(f"{name} is about one submission, here are {len(book.marks)}; name one")
    return of(book, book.marks[0])


def cents(number: float) -> float:
    """Round points to cents."""
    return round(number, CENTS) + 0.0  # -0.0 would be shown as such


def in_words(test: str) -> str:
    """The name of a test as a sentence goes: `a bias for each unit`."""
    return test.partition("[")[0].removeprefix("test_").replace("_", " ")


def spoken(test: Outcome) -> str:
    """The name of a test: as it is where it can be run again, as words where it is hidden."""
    if test.visibility == "visible":
        return clean(test.name)
    return f"{clean(in_words(test.name))} (a hidden test)"


def numbered(test: Outcome) -> str:
    """What `spoken` gives; the cases of a hidden test are told apart by their numbers."""
    _, bracket, number = test.name.partition("[")
    hidden = test.visibility == "hidden"
    return spoken(test) + (f" [{clean(number)}" if hidden and bracket else "")


def together(names: Sequence[str]) -> str:
    """Names in a row: dense, relu and predict."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def failed(exercise: ExerciseResult) -> list[Outcome]:
    """The tests that cost the points, visible ones first."""
    wrong = [test for test in exercise.tests if test.status not in ("passed", "not_run")]
    return sorted(wrong, key=lambda test: test.visibility == "hidden")


def diagnosis(exercise: ExerciseResult) -> str:
    """The mistake by name, as the first test that knows it says."""
    return clean(next((test.diagnosis for test in failed(exercise) if test.diagnosis), ""))


def told(test: Outcome) -> list[str]:
    """What is said about a test that failed: its name, what is wrong, and the mistake by name.

    There is always something besides the name, that it is not all to say that a test failed.
    """
    wordless = f"what it is named after is not so yet: {in_words(test.name)}"
    said = [text for text in (test.message, test.diagnosis) if text] or [wordless]
    return [spoken(test), *map(clean, said)]


def besides(item: Item) -> str:
    """What is to be said of an exercise that lost points and that is said of none of its tests."""
    exercise = item.exercise
    if exercise is None or item.passed or (exercise.tests and not exercise.message):
        return ""
    return clean(exercise.message) or "\n".join(item.why) or item.said


def _item(book: Gradebook, exercise: ExerciseResult) -> Item:
    known = book.course.exercises.get(exercise.id)
    wanting = exercise.status not in ("passed", "not_run")
    learner = book.audience == "learner"
    return Item(
        exercise.id,
        cents(exercise.score),
        cents(exercise.max_score),
        _said(exercise),
        tuple(_why(exercise, book.audience)),
        known.hints[0] if known and known.hints and wanting and learner else "",
        round(sum(test.duration for test in exercise.tests), 4),
        exercise,
    )


def _said(exercise: ExerciseResult) -> str:
    """How an exercise came out, in a few words."""
    if exercise.status in ("todo", "missing", "error"):
        return {"todo": "to do"}.get(exercise.status, exercise.status)
    if exercise.status == "not_run":
        return "not run; its points are in no total"
    ran = [test.status for test in exercise.tests if test.status != "not_run"]
    text = f"{ran.count('passed')} of {len(ran)} tests passed"
    if exercise.supplied:
        text += f", with {together(exercise.supplied)} from the course"
    return text


def _why(exercise: ExerciseResult, audience: Audience) -> Iterator[str]:
    """The reasons: a learner has the first failed test, an instructor has them all."""
    if exercise.message:
        yield clean(exercise.message)
    if exercise.status == "not_run":
        yield from _not_run(exercise)
        return
    wrong = failed(exercise)
    if exercise.status == "todo" and audience == "learner":
        yield from dict.fromkeys(clean(test.message) for test in wrong[:1] if test.message)
        return
    shown = wrong if audience == "instructor" else wrong[:1]
    for test in shown:
        name, *said = told(test)
        yield name
        yield from said if audience == "learner" else _indented(said)
    if shown and not any(test.diagnosis for test in shown) and (named := diagnosis(exercise)):
        yield named
    if exercise.status == "missing" and not (exercise.message or wrong):
        yield f"{exercise.id} is not in what was handed in"


def _indented(said: Sequence[str]) -> Iterator[str]:
    return (f"  {line}" for text in said for line in text.splitlines())


def _not_run(exercise: ExerciseResult) -> Iterator[str]:
    if exercise.message:
        return
    said = (clean(test.message) for test in exercise.tests if test.message)
    yield next(said, "not run here; its points are in no total")


def _late(mark: Mark, cost: float) -> Item | None:
    days, penalty = mark.attempt.late_days, mark.attempt.penalty
    if not days or not cost:
        return None
    counted = f"{days:g} day{'' if days == 1 else 's'}"
    why = f"Handed in {counted} late: each day costs {penalty:.0%} of the points."
    return Item(f"late by {counted}", cost, 0.0, "late", (why,))


def _most(book: Gradebook, mark: Mark) -> float:
    """What there was to earn for who has no result: as for the others, else as the course says."""
    asked = mark.key.exercises
    others = (m.result for m in book.marks if m.result and m.key.exercises == asked)
    found = max((result.max_score for result in others), default=None)
    if found is not None:
        return cents(found)
    known = book.course.exercises
    return cents(sum(e.points - e.gpu for n, e in known.items() if not asked or n in asked))


def _trouble(audience: Audience, mark: Mark) -> str:
    """Why there is no result. What the grader says of its own failure may tell of hidden tests."""
    said = NO_RESULT.get(mark.state, UNFINISHED)
    if mark.state == "failed" and audience == "learner":
        said = f"{said} Ask your instructor."
    if mark.message and (audience == "instructor" or mark.state == "refused"):
        said = f"{said} {clean(mark.message)}"
    return said


def _marking(audience: Audience, mark: Mark, result: Result) -> Iterator[str]:
    """What an instructor is told besides."""
    if audience == "instructor":
        yield f"attempt {mark.attempt.number}, {clean(result.submission.digest)[:SHORT]}"
        yield f"isolation {result.isolation.level}, seed {result.seed}, {result.duration:.2f} s"
        if mark.state == "unraced":
            yield "its races have not been run; run kata batch again"
