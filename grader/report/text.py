"""A Result for a person at a terminal."""

import io
import re
import shutil
from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.result import ExerciseResult, Outcome, Result

SIGNS = {"passed": ("✔", "green"), "todo": ("○", "bright_black"), "not_run": ("–", "yellow")}
WRONG = ("✘", "bold red")


def render(results: Sequence[Result], *, colour: bool = False, width: int = 0) -> bytes:
    """Lay the results out one below the other, for a terminal of `width` columns."""
    parts: list[RenderableType] = []
    for number, result in enumerate(results):
        parts += [Text()] if number else []
        parts += _parts(result)
    return laid_out(parts, colour=colour, width=width)


def laid_out(parts: Iterable[RenderableType], *, colour: bool = False, width: int = 0) -> bytes:
    """Lay parts out one below the other, with nothing in it that a CI job would obey."""
    file = io.StringIO()
    width = width or shutil.get_terminal_size().columns
    console = Console(
        file=file, width=width, force_terminal=colour, no_color=not colour, highlight=False
    )
    for part in parts:
        console.print(part)
    lines = [_no_command(line.rstrip()) for line in file.getvalue().splitlines()]
    return ("\n".join(lines) + "\n").encode()


def _no_command(line: str) -> str:
    """Break what a CI job would take for a command to it: ::error, ##[error], ##vso[…]."""
    return HASHES.sub("# #", COLONS.sub(r"\1: :", line))


COLONS = re.compile(r"^(\s*)::")
HASHES = re.compile(r"##(?=\[|vso\[|teamcity\[)")


def _parts(result: Result) -> Iterator[RenderableType]:
    name = in_a_line(result.submission.name)
    points = f"{result.score:g} of {result.max_score:g} points"
    yield Text.assemble((name, "bold"), "   ", (points, "bold"))
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    table.add_column()
    table.add_column(justify="right")
    table.add_column()
    for exercise in result.exercises:
        sign, style = SIGNS.get(exercise.status, WRONG)
        table.add_row(
            Text(f"{sign} {exercise.id}", style),
            Text(f"{exercise.score:g}/{exercise.max_score:g}"),
            Text(_tests(exercise)),
        )
    yield table
    for exercise in result.exercises:
        yield from _explained(exercise)
    for note in result.notes:
        yield Text(f"note: {in_a_line(note)}", "bright_black")
    yield Text(
        f"isolation: {result.isolation.level}   seed: {result.seed}   {result.duration:.2f} s",
        "bright_black",
    )


def _tests(exercise: ExerciseResult) -> str:
    if exercise.status in ("todo", "missing", "error"):
        return {"todo": "to do"}.get(exercise.status, exercise.status)
    if exercise.status == "not_run":
        return "not run; its points are in no total"
    right = sum(test.status == "passed" for test in exercise.tests)
    text = f"{right} of {len(exercise.tests)} tests passed"
    if exercise.supplied:
        *first, last = exercise.supplied
        text += f", with {', '.join(first)}{' and ' if first else ''}{last} from the course"
    return text


def _explained(exercise: ExerciseResult) -> Iterator[RenderableType]:
    """Why an exercise lost its points: the first failed test, a visible one if there is any."""
    if exercise.status in ("passed", "todo", "not_run"):
        return
    lines = [exercise.message] if exercise.message else []
    failed = [test for test in exercise.tests if test.status not in ("passed", "todo")]
    if failed:
        test = min(failed, key=_is_hidden)
        lines += [f"{test.name}", test.message, test.diagnosis]
    yield Text()
    yield Text(f"{WRONG[0]} {exercise.id}", WRONG[1])
    yield Padding(Text("\n".join(clean(line) for line in lines if line)), (0, 0, 0, 2))


def _is_hidden(test: Outcome) -> bool:
    return test.visibility == "hidden"


def in_a_line(text: str) -> str:
    """What `clean` gives, in a single line."""
    return clean(" ".join(text.split()))


def clean(text: str) -> str:
    """Show control characters as what they are, so that a name cannot steer the terminal."""
    return "".join(c if c.isprintable() or c in "\n\t" else repr(c)[1:-1] for c in text)
