"""Chapters to notebooks: the lesson, and each exercise to write, to check and to look at."""

import itertools
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import nbformat

from grader import draw, files
from grader.course import Chapter, Course
from grader.draw import Picture
from grader.errors import CourseError, KataError
from grader.inprocess import shown
from grader.notebook import lesson, pieces
from grader.notebook.pieces import Module
from grader.notebook.read import DIGEST, KEY, digest

LONGEST_ID = 64
FOLDER = "notebooks"
FIRST_CELL = Path(__file__).with_name("first_cell.py")
HOW = """\
*This is the chapter as a notebook. Where the lesson speaks of `{file}`, write into the cells below
instead; the cell after each runs its tests, with no need for `pytest`. Run the very first cell
before any other. `hint("{exercise}")` gives a hint, `hint("{exercise}", 2)` a bigger one.*"""

Role = Literal["set-up", "lesson", "how", "exercise", "work", "check", "picture"]
Fate = Literal["built", "kept", "unchanged"]
FATES: tuple[Fate, ...] = ("built", "kept", "unchanged")
OWN: tuple[Role, ...] = ("set-up", "check", "picture")
"""Code of the course's own: nobody writes into it, and it is not marked."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a notebook. `name` tells it from others of its role."""

    role: Role
    name: str
    text: str

    @property
    def is_code(self) -> bool:
        """Whether it runs."""
        return self.role == "work" or self.role in OWN


@dataclass(frozen=True, slots=True)
class Built:
    """What became of a notebook. `backup` has what was there before."""

    path: Path
    fate: Fate
    backup: Path | None = None


def build(course: Course, folder: Path, address: str = "", *, force: bool = False) -> list[Built]:
    """Write the notebooks of a course into a folder; one that differs is kept unless `force`.

    Raises
    ------
    KataError
        A file of the course cannot be read, or a notebook not written.

    """
    texts = {chapter.name: notebook(course, chapter, address) for chapter in course.chapters}
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise KataError(f"{folder}: cannot be made: {error.strerror}") from None
    return [_written(folder / f"{name}.ipynb", text, force) for name, text in texts.items()]


def told(built: Sequence[Built]) -> Iterator[str]:
    """What became of notebooks, in lines: first what was left alone or moved, then all in one."""
    for each in built:
        if each.fate == "kept":
            yield f"kept: {shown(each.path)}, which is not as it was built; --force builds it anew"
        elif each.backup:
            yield f"built anew: {shown(each.path)}; yours is {each.backup.name}"
    counts = Counter(each.fate for each in built)
    yield ", ".join(f"{counts[fate]} {fate}" for fate in FATES if counts[fate])


def notebook(course: Course, chapter: Chapter, address: str = "") -> str:
    """The notebook of a chapter, always the same of the same course.

    `address` is that of a git repository or a zip from which the course can be fetched.

    Raises
    ------
    CourseError
        A file of the chapter is at fault.

    """
    taken: set[str] = set()
    made: dict[str, Any] = {
        "cells": [_formatted(c, _id(chapter, c, taken)) for c in cells(course, chapter, address)],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    made["metadata"][KEY] = {DIGEST: _digest_of_all(made)}
    nbformat.validate(made)
    return json.dumps(made, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def cells(course: Course, chapter: Chapter, address: str) -> Iterator[Cell]:
    """The cells of a chapter's notebook, in order."""
    yield Cell("set-up", "", _first_cell(chapter, address))
    yield from _lesson(course, chapter)
    yield Cell("lesson", "exercises", "## Exercises")
    names = [exercise.name for exercise in chapter.exercises]
    work, tests = _module(course.stub(chapter)), _module(course.visible_tests(chapter))
    pictures = _pictures(course, chapter)
    done: set[str] = set()
    for block in pieces.blocks(work, names):
        if block.name and block.name not in block.exercises:
            yield Cell("exercise", block.name, f"### `{block.name}`")
        elif block.name:
            yield _exercise(course, block.name, tests)
        yield Cell("work", block.name or "imports", block.text)
        for name in block.exercises:
            if name != block.name:
                yield _exercise(course, name, tests)
            yield Cell("check", name, f'check("{name}")')
            done.add(name)
            ready = [p for p in pictures if {*p.exercises} & {*names} <= done]
            yield from (_picture(course, chapter, picture) for picture in ready)
            pictures = [p for p in pictures if p not in ready]
    yield Cell("check", "board", "board()")


def _first_cell(chapter: Chapter, address: str) -> str:
    """The code that finds the course, or fetches it."""
    text = FIRST_CELL.read_text("utf-8").strip()
    text = text.replace('CHAPTER = ""', f'CHAPTER = "{chapter.name}"')
    return text.replace('FROM = ""', f"FROM = {json.dumps(address)}")


def _lesson(course: Course, chapter: Chapter) -> Iterator[Cell]:
    """The lesson, and below its first lines how this page goes with it."""
    path = course.lesson(chapter)
    known = {each.name: f"{each.name}.ipynb" for each in course.chapters}
    text = lesson.portable(_read(path), path.parent, lambda name: known.get(name, ""))
    for number, section in enumerate(lesson.sections(text)):
        yield Cell("lesson", section.heading, section.text)
        if number == 0:
            file = course.stub(chapter).name
            yield Cell("how", "", HOW.format(file=file, exercise=chapter.exercises[0].name))


def _exercise(course: Course, name: str, tests: Module) -> Cell:
    """What is to be written, for how many points, and the tests, folded up."""
    asked = course.exercises[name]
    points = f"{asked.points:g} point{'s' * (asked.points != 1)}"
    extras = [f"{asked.gpu:g} of them only with a GPU"] if asked.gpu else []
    extras += ["raced against a loop"] if asked.gates else []
    extras += [f"after {', '.join(f'`{need}`' for need in asked.needs)}"] if asked.needs else []
    level = "####" if "." in name else "###"
    head = f"{level} `{name}`\n\n{', '.join([points, *extras])}"
    code = f"```python\n{pieces.tests(tests, name)}\n```"
    folded = f"<details><summary>Its tests</summary>\n\n{code}\n\n</details>"
    return Cell("exercise", name, f"{head}\n\n{folded}")


def _pictures(course: Course, chapter: Chapter) -> list[Picture]:
    return [*draw.pictures(course.figures(chapter))]


def _picture(course: Course, chapter: Chapter, picture: Picture) -> Cell:
    """The code of a picture, and the line that draws it."""
    code = pieces.picture(_module(course.figures(chapter)), picture.name)
    asked = ", ".join(f'"{name}"' for name in picture.exercises)
    return Cell("picture", picture.name, f"{code}\n\n\npicture({picture.name}, {asked})")


def _formatted(cell: Cell, name: str) -> dict[str, Any]:
    """A cell as the format has it; what is the course's own is signed, and then not marked."""
    kept = {"id": name, "source": cell.text.splitlines(keepends=True)}
    if not cell.is_code:
        return {**kept, "cell_type": "markdown", "metadata": {}}
    signed = {DIGEST: digest(cell.text)} if cell.role in OWN else {}
    own = {KEY: {"role": cell.role, **signed}}
    return {**kept, "cell_type": "code", "execution_count": None, "metadata": own, "outputs": []}


def _id(chapter: Chapter, cell: Cell, taken: set[str]) -> str:
    """A name for a cell that others have no part in, unless two would have the same."""
    whole = f"{chapter.name.partition('_')[0]}-{cell.role}-{cell.name}"
    name = re.sub(r"[^a-zA-Z0-9_]+", "-", whole).strip("-")[:LONGEST_ID]
    if name in taken:
        count = next(n for n in itertools.count(2) if f"{name[: LONGEST_ID - 4]}-{n}" not in taken)
        name = f"{name[: LONGEST_ID - 4]}-{count}"
    taken.add(name)
    return name


def _module(path: Path) -> Module:
    return pieces.parsed(_read(path), shown(path))


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"{shown(path)}: cannot be read: {error}") from None


def _written(path: Path, text: str, force: bool) -> Built:
    files.require_writable(path)
    before = path.read_bytes() if path.exists() else text.encode()
    if path.exists() and before == text.encode():
        return Built(path, "unchanged")
    worked_on = path.exists() and not _is_as_built(before)
    if worked_on and not force:
        return Built(path, "kept")
    backup = files.back_up(path) if worked_on else None
    files.write(path, text)
    return Built(path, "built", backup)


def _is_as_built(data: bytes) -> bool:
    """Whether nobody has written into a notebook since it was built; to run it is no writing."""
    try:
        found = json.loads(data)
        return bool(found["metadata"][KEY][DIGEST] == _digest_of_all(found))
    except (ValueError, KeyError, TypeError, RecursionError):
        return False


def _digest_of_all(made: Mapping[str, Any]) -> str:
    return digest(json.dumps(["".join(cell["source"]) for cell in made["cells"]]))
