"""Files in the places of a course that belong to nothing."""

import re
from collections.abc import Iterator
from pathlib import Path

from grader import stubs
from grader.authoring.lessons import linked
from grader.authoring.part import Part
from grader.course import MANIFEST, Course

UNSEEN = re.compile(r"\..*|__pycache__|.*\.bak(-\d+)?")
"""What is no file of a course: what is hidden, what Python makes, backups of somebody's work."""

ALTERNATIVES = Path("tests", "grader", "alternatives")


def strays_of_chapter(part: Part) -> Iterator[str]:
    """In a chapter's folders stands only what the chapter has."""
    course, chapter = part.course, part.chapter
    if not part.whole:
        return
    lesson = course.lesson(chapter)
    beside = {
        lesson,
        course.stub(chapter),
        course.visible_tests(chapter),
        course.baseline(chapter),
        course.figures(chapter),
        course.fingerprints(chapter),
        *map(Path.absolute, linked(lesson)),
    }
    for path in _files_in(lesson.parent):
        if path not in beside and path.absolute() not in beside:
            yield f"{path}: belongs to nothing; link it from {lesson.name}, or remove it"
    for path in _files_in(course.solution(chapter).parent):
        if path not in (course.solution(chapter), course.mistakes(chapter)):
            yield f"{path}: belongs to nothing; remove it"


def strays_of_course(course: Course) -> Iterator[str]:
    """In a course's folders stand only its chapters, and their files."""
    chapters = {chapter.name for chapter in course.chapters}
    hidden = {course.hidden_tests(chapter).name for chapter in course.chapters}
    modules = tuple(f"{chapter.module}_" for chapter in course.chapters)
    manifest, digests = course.root / MANIFEST, course.root / stubs.BEGUN
    for path in _in(course.root / "exercises"):
        if path.name not in chapters and path not in (manifest, digests):
            yield f"{path}: no chapter of {manifest}; write its entry, or remove it"
    for path in _in(course.root / "solutions"):
        if path.name not in chapters:
            yield f"{path}: no chapter of {manifest}; write its entry, or remove it"
    for path in _in(course.root / "tests" / "hidden"):
        if path.name not in hidden:
            yield f"{path}: tests no chapter; name it test_MODULE.py after one, or remove it"
    for path in _in(course.root / ALTERNATIVES):
        if not path.name.startswith(modules):
            yield f"{path}: belongs to no chapter; begin its name with a module's, or remove it"


def _in(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return [path for path in sorted(folder.iterdir()) if not UNSEEN.fullmatch(path.name)]


def _files_in(folder: Path) -> Iterator[Path]:
    """The files of a folder and of those in it."""
    for path in _in(folder):
        if path.is_dir():
            yield from _files_in(path)
        else:
            yield path
