"""What `kata batch`, `results` and `stats` do, from the options to what is shown."""

import difflib
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from rich.console import Console
from rich.text import Text

from grader import alike, batch, digests, intake, processors, roster, stats
from grader.apart import Hire
from grader.batch import Choice, Crew
from grader.course import Course
from grader.crew import Judges
from grader.errors import KataError
from grader.intake import HandedIn
from grader.journal import Journal
from grader.judge import select
from grader.progress import Telling
from grader.report import figures
from grader.report.text import in_a_line

LISTED = Path("-")
"""Stands for a list of submissions on standard input."""

ALL_MARKED, NOT_GRADED, GRADER_FAILED, INTERRUPTED = 0, 2, 3, 130
STATUS = {"refused": NOT_GRADED, "failed": GRADER_FAILED, "quarantined": GRADER_FAILED}


class Asked(msgspec.Struct, frozen=True):
    """The options of `kata batch`; see there."""

    submissions: tuple[Path, ...]
    journal: Path
    jobs: int
    scheduler: str
    exercises: tuple[str, ...]
    chapters: tuple[str, ...]
    roster: Path | None
    pattern: str
    seconds: float
    seed: int
    retry: bool
    regrade: bool
    trust: bool


def mark(course: Course, asked: Asked, console: Console) -> int:
    """Mark a class, say how it goes on the console, and return the exit status.

    Raises
    ------
    KataError
        An option, the journal or a submission's place is at fault.

    """
    exercises = select(course, asked.exercises, asked.chapters)
    known = roster.read(asked.roster) if asked.roster else roster.Roster()
    handed_in = _handed_in(course, asked, known)
    due = digests.of_exercises(course, exercises, asked.seconds)
    choice = Choice(batch.key(digests.of_all(due), asked.seed, due), asked.regrade, asked.retry)
    with Journal(asked.journal, writing=True) as journal:
        made = batch.plan(journal, handed_in, known, choice)
        total = len(made.to_mark) + len(made.to_race)
        console.print(
            f"{len(handed_in)} submissions: {total} to mark, {len(made.kept)} as they were"
            + (f", {len(made.refused)} that cannot be read" if made.refused else "")
        )
        for one in made.refused:
            line = in_a_line(f"{one.student}: refused: {one.trouble}")
            console.print(Text(line), soft_wrap=True)
        telling = Telling(total, console)
        try:
            if total:
                with _crew(course, asked, made, total) as crew, telling:
                    batch.run(made, journal, crew, telling.tell)
        except KeyboardInterrupt:
            told = f"stopped: {telling.summary()}\nto go on: {_again()}"
            console.print(Text(told), soft_wrap=True)
            return INTERRUPTED
        if total:
            console.print(Text(telling.summary()))
        return _status(journal, handed_in)


def results(path: Path, student: str, counting: stats.Counting) -> bytes:
    """What a student has handed in, and the result that counts, for a terminal.

    Raises
    ------
    KataError
        There is no such journal, or nobody of that name in it.

    """
    with Journal(path) as journal:
        marks = journal.marks(student)
        if not marks:
            names = {mark.attempt.student for mark in journal.marks()}
            near = difflib.get_close_matches(student, names, 1)
            meant = f"; did you mean {near[0]}?" if near else ""
            raise KataError(f"{path}: there is no student {student!r}{meant}")
        (counts,) = stats.counted(marks, counting)
        return figures.of_student(marks, counts)


def figures_of(path: Path, course: Course, counting: stats.Counting) -> bytes:
    """The figures of a class, for a terminal.

    Raises
    ------
    KataError
        There is no such journal, or nothing in it.

    """
    with Journal(path) as journal:
        counted = stats.counted(journal.marks(), counting)
        if not counted:
            raise KataError(f"{path}: nothing has been marked yet")
        works = {mark.attempt.student: journal.work(mark.attempt) for mark in counted}
    given = [course.stub(chapter).read_text("utf-8") for chapter in course.chapters]
    return figures.of_class(stats.of_class(counted), alike.pairs(works, given))


def _handed_in(course: Course, asked: Asked, known: roster.Roster) -> list[HandedIn]:
    if LISTED in asked.submissions:
        if asked.submissions != (LISTED,):
            raise KataError("-: stands for a list on standard input; name nothing beside it")
        return intake.from_lines(sys.stdin, course)
    pattern = roster.pattern(asked.pattern) if asked.pattern else None
    return intake.from_paths(asked.submissions, course, known, pattern)


@contextmanager
def _crew(course: Course, asked: Asked, made: batch.Plan, total: int) -> Iterator[Crew]:
    due = {name for task in made.to_mark for name in task.order.exercises}
    exercises = tuple(name for name in course.exercises if name in due)
    root = str(course.root.resolve())
    hire = Hire(root, asked.seconds, asked.seed, asked.trust, exercises=exercises)
    if asked.scheduler:
        try:
            from grader.cluster import Cluster
        except ImportError:
            raise KataError(
                "--scheduler: Dask is missing; pip install 'tensorkata[cluster]'"
            ) from None
        with Cluster(asked.scheduler, course, hire) as cluster:
            yield cluster
        return
    with Judges(hire, min(asked.jobs or processors.COUNT, total)) as judges:
        yield judges


def _status(journal: Journal, handed_in: list[HandedIn]) -> int:
    """The worst of what came of the submissions that were handed in now."""
    now = {one.student for one in handed_in}
    last = {mark.attempt.student: mark.state for mark in journal.marks()}
    return max((STATUS.get(last[name], ALL_MARKED) for name in now if name in last), default=0)


def _again() -> str:
    return shlex.join(["kata", *sys.argv[1:]])
