"""Whether the files of a course are all there and agree with its manifest."""

import difflib
from collections.abc import Iterator
from pathlib import Path

from grader import source
from grader.course import Chapter, Course
from grader.errors import CourseError


def require_files(course: Course) -> None:
    """Refuse a course that lacks a file or a test.

    Raises
    ------
    CourseError
        The first fault, as one line that names the file and the entry.

    """
    for fault in faults(course):
        raise CourseError(fault)


def faults(course: Course) -> Iterator[str]:
    """Everything that is missing, one line each.

    A learner's bundle has no solutions and no hidden tests: each folder is asked for only where
    the course has it at all.
    """
    for chapter in course.chapters:
        yield from faults_of(course, chapter)


def faults_of(course: Course, chapter: Chapter) -> Iterator[str]:
    """What is missing in one chapter."""
    yield from _missing_files(course, chapter)
    yield from _missing_tests(course, chapter, course.visible_tests(chapter))
    yield from _missing_baselines(course, chapter)
    if (course.root / "tests" / "hidden").is_dir():
        yield from _missing_tests(course, chapter, course.hidden_tests(chapter))


def _missing_files(course: Course, chapter: Chapter) -> Iterator[str]:
    paths = [course.lesson(chapter), course.stub(chapter), course.visible_tests(chapter)]
    if (course.root / "solutions").is_dir():
        paths += [course.solution(chapter), course.mistakes(chapter)]
    if (course.root / "tests" / "hidden").is_dir():
        paths.append(course.hidden_tests(chapter))
    for path in paths:
        if not path.is_file():
            yield f"{path}: missing; chapter {chapter.name} needs it{_renamed(path)}"


def _renamed(path: Path) -> str:
    """Say which file beside a missing one may be that, under another name."""
    others = [p.name for p in path.parent.glob("*.py") if not p.name.startswith("test_")]
    near = difflib.get_close_matches(path.name, others, 1)
    return f"; is it {near[0]} beside it? Name it {path.name}" if near else ""


def _missing_baselines(course: Course, chapter: Chapter) -> Iterator[str]:
    path = course.baseline(chapter)
    wanted = {gate.baseline for e in chapter.exercises for gate in e.gates}
    if wanted and not path.is_file():
        yield f"{path}: missing; the speed gates of {chapter.name} need it"
    elif wanted:
        try:
            defined = source.definitions(source.parse(path.read_text("utf-8"), str(path)))
        except (SyntaxError, UnicodeDecodeError) as error:
            yield f"{path}: not Python: {error}"
            return
        for name in sorted(wanted - set(defined)):
            yield f"{path}: defines no {name}, which a speed gate of {chapter.name} names"


def _missing_tests(course: Course, chapter: Chapter, path: Path) -> Iterator[str]:
    if not path.is_file():
        return
    try:
        tested = source.marked_exercises(source.parse(path.read_text("utf-8"), str(path)))
    except (SyntaxError, UnicodeDecodeError) as error:
        yield f"{path}: not Python: {error}"
        return
    names = {exercise.name for exercise in chapter.exercises}
    for name in sorted(names - tested, key=course.order.__getitem__):
        yield f"{path}: no test of exercise {name}; mark one with @exercise({name!r})"
    for name in sorted(tested - names):
        yield f"{path}: tests {name!r}, which is no exercise of {chapter.name}"
