"""`kata check`: everything that is missing in a course, told while it is found."""

import contextlib
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from grader.authoring import inspection, proof
from grader.authoring.proof import Trial
from grader.bench import Settings
from grader.course import Chapter, Course
from grader.diagnose import Mistake
from grader.errors import CourseError
from grader.judge import Judge
from grader.report.text import clean

Advance = Callable[[Trial], None]


class Telling:
    """Says what is found, a line each, and counts it; and how far the proof has come.

    On a terminal that is a bar, elsewhere a line a chapter, on `aside`. Paths are told as somebody
    in `folder` would type them.
    """

    def __init__(self, console: Console, aside: Console, folder: Path) -> None:
        self._console, self._aside, self._prefix = console, aside, f"{folder}/"
        self.count = 0

    def found(self, line: str) -> None:
        """Tell a finding."""
        self.count += 1
        self.say(line)

    def say(self, line: str) -> None:
        """Tell what is no finding."""
        shown = clean(line).replace(self._prefix, "")
        self._console.print(escape(shown), highlight=False, soft_wrap=True)

    @contextmanager
    def steps(self, what: str, trials: Sequence[Trial]) -> Iterator[Advance]:
        """Show how far these trials are; what is given is to be called before each."""
        if not self._console.is_terminal:
            yield self._line_a_chapter(what)
            return
        columns = (TextColumn("{task.description}"), BarColumn(20), MofNCompleteColumn())
        with Progress(*columns, console=self._console, transient=True) as bar:
            task = bar.add_task(what, total=len(trials))
            begun = 0

            def advance(trial: Trial) -> None:
                nonlocal begun
                name = f"{trial.chapter.name}: {what}"
                bar.update(task, completed=begun, description=name)
                begun += 1

            yield advance

    def _line_a_chapter(self, what: str) -> Advance:
        seen: set[str] = set()

        def advance(trial: Trial) -> None:
            if trial.chapter.name not in seen:
                seen.add(trial.chapter.name)
                line = f"{trial.chapter.name}: {what}"
                self._aside.print(line, highlight=False, soft_wrap=True)

        return advance


def check(course: Course, names: Sequence[str], telling: Telling, *, quick: bool) -> bool:
    """Tell what is missing in these exercises; returns whether nothing is.

    With `quick` no answer is run.
    """
    for line in inspection.findings(course, names):
        telling.found(line)
    if quick:
        pass
    elif fault := inspection.unrunnable(course):
        telling.found(fault)
    else:
        ready = inspection.provable(course, names)
        if left := [name for name in names if name not in ready]:
            telling.say(f"not run, put right the above first: {', '.join(left)}")
        if ready:
            _prove(course, ready, telling)
    telling.say(f"{_number(telling.count)} to put right in {_exercises(names)}")
    return not telling.count


def _prove(course: Course, names: Collection[str], telling: Telling) -> None:
    """Run solutions and stubs, then every mistake."""
    with contextlib.ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory()))
        judge = held.enter_context(Judge(course, Settings()))

        def run(what: str, trials: Sequence[Trial]) -> None:
            with telling.steps(what, trials) as advance:
                for trial in trials:
                    advance(trial)
                    for line in proof.findings(course, judge, trial, folder):
                        telling.found(line)

        run("solutions and stubs", proof.trials(course, names))
        # the judge has imported by now what the mistakes need
        made = [
            trial
            for chapter in course.chapters
            for trial in proof.handfuls(chapter, _mistakes(course, chapter, names, telling), names)
        ]
        run("mistakes", made)


def _mistakes(
    course: Course, chapter: Chapter, names: Collection[str], telling: Telling
) -> tuple[Mistake, ...]:
    """The mistakes of a chapter that is proven; none where they cannot be read, which is told."""
    if not any(exercise.name in names for exercise in chapter.exercises):
        return ()
    try:
        return proof.mistakes_of(course, chapter)
    except CourseError as error:
        telling.found(str(error))
        return ()


def _number(count: int) -> str:
    return {0: "nothing", 1: "1 thing"}.get(count, f"{count} things")


def _exercises(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{len(names)} exercises"
