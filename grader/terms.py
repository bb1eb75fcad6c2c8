"""What an exercise is written without, and in whose worker it can be tested all the same."""

from collections.abc import Collection, Iterator, Mapping

from grader import given
from grader.course import Course
from grader.sources import OWN
from grader.submission import Submission

GIVEN = frozenset(given.__all__)
"""What earlier chapters taught, and later ones may use without having got it right."""


def forbidden(course: Course, exercise: str) -> dict[str, str]:
    """What an exercise does without, and why; what is itself given, without those given."""
    own = {OWN: "what it would give is what you write here"} if exercise in GIVEN else {}
    return course.forbidden(exercise) | own


def shared(
    course: Course, submission: Submission, exercises: Collection[str]
) -> dict[str, Mapping[str, str]]:
    """The terms of another of these exercises, for those that lack nothing by them.

    A worker is dear, and what is itself given has to have one without those given. The others of
    its file can do with that one too, where they are written without the same packages besides,
    and nothing that was handed in names any of them: then no ban is ever felt.
    """
    hosts = [name for name in course.exercises if name in exercises and name in GIVEN]
    texts = [*_texts(submission)]
    found: dict[str, Mapping[str, str]] = {}
    for host in hosts:
        terms = forbidden(course, host)
        words = {word for name in terms for word in name.split(".")}
        if any(word in text for text in texts for word in words):
            continue
        guests = (name for name in exercises if name not in found)
        found |= {name: terms for name in guests if _is_guest(course, submission, name, host)}
    return found


def _is_guest(course: Course, submission: Submission, name: str, host: str) -> bool:
    """Whether an exercise is in the same file as another and lacks just as much, or less by OWN."""
    mine, other = (submission.part(course.chapter_of(each).module) for each in (name, host))
    in_one_file = mine is not None and mine is other
    return in_one_file and {*forbidden(course, name), OWN} == {*forbidden(course, host)}


def _texts(submission: Submission) -> Iterator[str]:
    """All that was handed in and may run."""
    for part in submission.parts.values():
        for module in (part.module, *part.beside):
            yield from (cell.text for cell in module.cells)
