"""What is missing in a course, as far as its files tell without running any answer."""

from collections.abc import Callable, Collection, Iterator

from grader import check
from grader.authoring import answers, lessons, strays
from grader.authoring.part import Part, fault_of, parts
from grader.authoring.unfinished import unfinished
from grader.course import Course


def files(part: Part) -> Iterator[str]:
    """What every command needs is there, as `grader.check` says."""
    yield from check.faults_of(part.course, part.chapter)


def python(part: Part) -> Iterator[str]:
    """Every module is Python. Of tests and baselines `files` tells it."""
    course, chapter = part.course, part.chapter
    for path in (course.solution(chapter), course.mistakes(chapter), course.figures(chapter)):
        if fault := fault_of(path):
            yield f"{fault}; mend it"


def still_to_write(part: Part) -> Iterator[str]:
    """Nothing is marked as left for later."""
    yield from map(str, unfinished(part))


CHECKS: tuple[Callable[[Part], Iterator[str]], ...] = (
    files,
    python,
    still_to_write,
    answers.three_hints,
    answers.no_answer_in_a_hint,
    answers.docstrings,
    answers.something_to_do,
    answers.fresh_stubs,
    answers.enough_mistakes,
    answers.mistakes_that_speak,
    answers.raced,
    lessons.lessons,
    lessons.properties,
    lessons.pictures,
    strays.strays_of_chapter,
)
"""Each takes a part of a course and gives what it finds, one line each: where, what, what to do."""


def findings(course: Course, names: Collection[str]) -> Iterator[str]:
    """Everything that is missing in these exercises, and in what belongs to their chapters.

    Where it is not every exercise of a chapter, what belongs to the whole of it is left out.
    """
    found = parts(course, names)
    for part in found:
        for look in CHECKS:
            yield from look(part)
    if all(part.whole for part in found) and len(found) == len(course.chapters):
        yield from strays.strays_of_course(course)


def unrunnable(course: Course) -> str:
    """Say why no answer of a course can be run: a judge reads every solution. Empty if all can."""
    for chapter in course.chapters:
        path = course.solution(chapter)
        if not path.is_file() or fault_of(path):
            fault = fault_of(path) or f"{path}: missing; chapter {chapter.name} needs it"
            return f"{fault}; until that is put right nothing is run"
    return ""


def provable(course: Course, names: Collection[str]) -> tuple[str, ...]:
    """Those exercises that are written to their end, in chapters whose files can be run."""
    found = []
    for part in parts(course, names):
        if not any((*files(part), *python(part))):
            left = {name for each in unfinished(part) for name in each.exercises}
            found += [name for name in part.names if name not in left]
    return tuple(found)
