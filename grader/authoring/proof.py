"""The proof of a course: its solutions pass, its stubs are to do, its mistakes are told apart."""

import itertools
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from grader import diagnose
from grader.course import Chapter, Course
from grader.diagnose import Mistake
from grader.errors import CourseError, KataError
from grader.judge import Judge
from grader.result import ExerciseResult
from grader.session import GraderFailed

Kind = Literal["solution", "stubs", "mistakes"]

LONGEST = 200
"""How much of a message is told, so that a finding stays a line."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One run of a chapter's tests: which exercises, and of what; mistakes are several at once."""

    chapter: Chapter
    kind: Kind
    names: tuple[str, ...]
    mistakes: tuple[Mistake, ...] = ()


def trials(course: Course, names: Collection[str]) -> list[Trial]:
    """The runs that show whether solutions pass and stubs are to do."""
    found = []
    for chapter in course.chapters:
        own = tuple(e.name for e in chapter.exercises if e.name in names)
        if own:
            found += [Trial(chapter, "solution", own), Trial(chapter, "stubs", own)]
    return found


def handfuls(
    chapter: Chapter,
    mistakes: Sequence[Mistake],
    names: Collection[str],
    most: int | None = None,
) -> Iterator[Trial]:
    """Mistakes of a chapter, one of each function or class at a time: a submission has several.

    Of an exercise there are `most`, all of them for None.
    """
    columns: dict[str, list[Mistake]] = {}
    for exercise in chapter.exercises:
        if exercise.name in names:
            own = [m for m in mistakes if m.exercise == exercise.name]
            columns.setdefault(exercise.name.partition(".")[0], []).extend(own[:most])
    for row in itertools.zip_longest(*columns.values()):
        made = tuple(mistake for mistake in row if mistake is not None)
        yield Trial(chapter, "mistakes", tuple(m.exercise for m in made), made)


def mistakes_of(course: Course, chapter: Chapter) -> tuple[Mistake, ...]:
    """Read the mistakes of a chapter.

    Raises
    ------
    CourseError
        They cannot be imported, or one has no exercise or no docstring.

    """
    path = course.mistakes(chapter)
    try:
        return diagnose.read(path, [exercise.name for exercise in chapter.exercises])
    except CourseError:
        raise
    except Exception as error:  # an author's code may raise anything
        told = _in_a_line(f"{type(error).__name__}: {error}")
        raise CourseError(f"{path}: cannot be imported: {told}") from None


def handed_in(path: Path, course: Course, trial: Trial) -> Path:
    """Write a chapter in which the mistakes of a trial were made; the rest is right."""
    sources = (course.solution(trial.chapter), course.mistakes(trial.chapter))
    text = "\n\n".join(source.read_text("utf-8") for source in sources)
    made = "\n".join(f"{mistake.top} = {mistake.name}" for mistake in trial.mistakes)
    path.write_text(f"{text}\n\n{made}\n", "utf-8")
    return path


def findings(course: Course, judge: Judge, trial: Trial, folder: Path) -> Iterator[str]:
    """Run a trial and tell what is wrong; `folder` is where a submission may be written."""
    work = {
        "solution": course.solution(trial.chapter),
        "stubs": course.stub(trial.chapter),
        "mistakes": folder / f"{trial.chapter.module}.py",
    }[trial.kind]
    if trial.mistakes:
        handed_in(work, course, trial)
    try:
        result = judge.grade(work, trial.names, nothing_too=True)
    except (KataError, GraderFailed) as error:
        named = ", ".join(m.name for m in trial.mistakes) or f"the {trial.kind} of {trial.names}"
        yield (
            f"{course.hidden_tests(trial.chapter).parent}: the tests of {trial.chapter.name} fail "
            f"by themselves on {named}: {_in_a_line(str(error))}; mend them"
        )
        return
    found = {exercise.id: exercise for exercise in result.exercises}
    if trial.kind == "mistakes":
        for mistake in trial.mistakes:
            yield from _undiagnosed(course, trial.chapter, mistake, found[mistake.exercise])
        return
    for exercise in result.exercises:
        yield from (_unsolved if trial.kind == "solution" else _begun)(work, exercise)


def _unsolved(path: Path, exercise: ExerciseResult) -> Iterator[str]:
    """Whether a solution passes; what needs a GPU that is not here is left out."""
    if exercise.status in ("passed", "not_run"):
        return
    lost = [test for test in exercise.tests if test.status not in ("passed", "not_run")]
    if lost:
        told = f"fails {lost[0].name}: {_in_a_line(lost[0].message) or lost[0].status}"
    else:
        told = f"is {_said(exercise)}"
    yield f"{path}: the solution of {exercise.id} {told}; mend the solution, or the test"


def _begun(path: Path, exercise: ExerciseResult) -> Iterator[str]:
    """Whether a stub is to do."""
    if exercise.status not in ("todo", "not_run"):
        yield (
            f"{path}: the stub of {exercise.id} is {_said(exercise)} where it should be to do; "
            "see that its solution has marks, and run: kata stubs"
        )


def _undiagnosed(
    course: Course, chapter: Chapter, mistake: Mistake, exercise: ExerciseResult
) -> Iterator[str]:
    """Whether a mistake fails, and every test that it fails says what it is."""
    where = f"{course.mistakes(chapter)}: {mistake.name}"
    if exercise.status != "failed":
        advice = "write a test that it fails, or take it out"
        does = "passes" if exercise.status == "passed" else f"is {_said(exercise)}"
        yield f"{where} {does} where it should fail; {advice}"
        return
    wrong = [
        test
        for test in exercise.tests
        if test.status == "failed" and test.diagnosis != mistake.explanation
    ]
    if wrong:
        told = f"diagnosed as {wrong[0].diagnosis!r}" if wrong[0].diagnosis else "not recognised"
        yield (
            f"{where} fails {wrong[0].name} and is {_in_a_line(told)} there; have the test ask "
            "what only this mistake answers so, or take it out"
        )


def _said(exercise: ExerciseResult) -> str:
    told = f" ({_in_a_line(exercise.message)})" if exercise.message else ""
    return f"{exercise.status}{told}"


def _in_a_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}…"
