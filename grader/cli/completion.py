"""What a shell is offered when somebody presses Tab; it never fails, and never prints."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from grader import course as courses
from grader.course import Chapter
from grader.errors import KataError


def names_in_course(incomplete: str) -> list[str]:
    """The exercises of the nearest course that begin with these letters."""
    return [
        exercise.name
        for chapter in _chapters()
        for exercise in chapter.exercises
        if exercise.name.startswith(incomplete)
    ]


def chapters_in_course(incomplete: str) -> list[str]:
    """The chapters of the nearest course that begin with these letters."""
    return [chapter.name for chapter in _chapters() if chapter.name.startswith(incomplete)]


def formats_of_a_mark(incomplete: str) -> list[str]:
    """The formats of kata grade."""
    from grader.reporting import OF_A_MARK

    return [name for name in OF_A_MARK if name.startswith(incomplete)]


def formats_of_a_class(incomplete: str) -> list[str]:
    """The formats of kata report."""
    from grader.reporting import OF_A_CLASS

    return [name for name in OF_A_CLASS if name.startswith(incomplete)]


def one_of(words: Iterable[str]) -> Callable[[str], list[str]]:
    """Offer the words that an option takes."""

    def offered(incomplete: str) -> list[str]:
        return [word for word in words if word.startswith(incomplete)]

    return offered


def _chapters() -> Sequence[Chapter]:
    try:
        return courses.read(courses.find(Path.cwd())).chapters
    except KataError:
        return ()
