"""Start over: a learner's version of an exercise gives way to its stub, and is kept beside it."""

from pathlib import Path

from grader import files, source, stubs
from grader.course import Course


def reset(course: Course, exercise: str) -> Path | None:
    """Put the stub of an exercise back in its place; returns the backup of the learner's file.

    None if it is a stub already. The rest of the file stays as it is, to the byte. A file that is
    no Python, or lacks the exercise, is put back as a whole.

    Raises
    ------
    KataError
        The stub is not known, or the file cannot be written.

    """
    chapter = course.chapter_of(exercise)
    path, original = course.stub(chapter), stubs.original(course, chapter)
    text = path.read_bytes().decode("utf-8", "surrogateescape") if path.is_file() else ""
    new = _replaced(text, original, exercise)
    if new == text:
        return None
    backup = files.back_up(path) if text else None
    path.parent.mkdir(parents=True, exist_ok=True)
    files.write(path, new.encode("utf-8", "surrogateescape"))
    return backup or path


def _replaced(text: str, original: str, exercise: str) -> str:
    """A module with the lines of one exercise as the original has them."""
    try:
        there, due = source.lines_of(text, exercise), source.lines_of(original, exercise)
    except SyntaxError:
        return original
    if there is None or due is None:
        return original
    lines, wanted = text.split("\n"), original.split("\n")
    lines[there.start : there.stop] = wanted[due.start : due.stop]
    return "\n".join(lines)
