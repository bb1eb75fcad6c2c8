"""The learner's bundle: a course without its answers, and the package to work through it."""

import os
import re
import tempfile
import tomllib
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path

import msgspec

from grader import stubs
from grader.bundle import FORMAT, RECORD, Record, digest, written
from grader.course import MANIFEST, Chapter, Course
from grader.cut import cut
from grader.errors import CourseError, KataError

PACKAGE = Path(__file__).parent
HANDOUT = PACKAGE / "handout"
"""What a bundle has besides the course and the package, as this package has it."""

PLACES = {
    "README.md": "README.md",
    "LICENSE": "LICENSE",
    "pyproject.toml": "pyproject.toml",
    "gitignore": ".gitignore",
    "devcontainer.json": ".devcontainer/devcontainer.json",
    "grade.yml": ".github/workflows/grade.yml",
    "gitlab-ci.yml": ".gitlab-ci.yml",
}
"""Where those files go."""

RUBBISH = re.compile(r"^\.|^__pycache__$|\.pyc$|\.(bak|new|orig|rej)(-\d+)?$|~$")
"""What caches, copies and hidden files are called, and the folders that they are in."""

Files = Iterator[tuple[str, bytes]]
Part = Callable[[Course], Files]


def bundle(course: Course, more: Sequence[Part] = ()) -> dict[str, bytes]:
    """All files of a learner's bundle, by path; the same course gives the same bytes.

    `more` are parts besides those that every bundle has.

    Raises
    ------
    CourseError
        A solution is missing, or one of the other files.

    """
    try:
        files = dict(sorted(each for part in (*PARTS, *more) for each in part(course)))
    except OSError as error:
        raise CourseError(f"{error.filename}: cannot be read: {error.strerror}") from None
    modules = {
        name: cut(files[name].decode()).digests
        for name in (_named(course, course.stub(chapter)) for chapter in course.chapters)
    }
    digests = {name: digest(content) for name, content in files.items()}
    record = Record(FORMAT, course.title, _version(), digests, modules)
    return files | {RECORD: written(record)}


def left_out(course: Course) -> list[str]:
    """What lies in the folders of chapters and gets into no bundle, on purpose or not."""
    known = {name for name, _ in _chapters(course)}
    folders = [course.stub(chapter).parent for chapter in course.chapters]
    there = (path for folder in folders for path in _wanted(folder))
    return [name for path in there if (name := _named(course, path)) not in known]


def require_free(out: Path) -> None:
    """Refuse a place where something is, before any work is done for it.

    Raises
    ------
    KataError
        It is no folder that is new or empty.

    """
    if (out / RECORD).exists():
        raise KataError(
            f"{out}: holds a bundle; name a new folder, and learners take it by kata update"
        )
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise KataError(f"{out}: is there already; name a folder that is new or empty")


def release(files: dict[str, bytes], out: Path) -> None:
    """Write a bundle into a folder that is not there yet, or is empty; as a whole or not at all.

    Raises
    ------
    KataError
        There is something in its place, or it cannot be written.

    """
    require_free(out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        _write(files, out)
    except OSError as error:
        raise KataError(f"{out}: cannot be written: {error.strerror}") from None


def _write(files: dict[str, bytes], out: Path) -> None:
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".kata-") as temporary:
        whole = Path(temporary, "bundle")
        for name, content in files.items():
            path = whole / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        if out.exists():
            out.rmdir()  # it is empty, or there is an error now
        os.rename(whole, out)


def _manifest(course: Course) -> Files:
    yield MANIFEST.as_posix(), (course.root / MANIFEST).read_bytes()


def _chapters(course: Course) -> Files:
    """The lessons, stubs made anew from the solutions, and what stands open beside them."""
    for chapter in course.chapters:
        yield _named(course, course.stub(chapter)), _begun(course, chapter).text.encode()
        yield from _as_it_is(course, course.lesson(chapter))
        yield from _as_it_is(course, course.visible_tests(chapter))
        for path in (course.baseline(chapter), course.figures(chapter)):
            if path.is_file():
                yield from _as_it_is(course, path)


def _stubs(course: Course) -> Files:
    """The stubs once more, all in one file, for what compares with them or goes back to them."""
    known = {chapter.name: _begun(course, chapter) for chapter in course.chapters}
    data = msgspec.json.format(msgspec.json.encode(known), indent=1)
    yield stubs.BEGUN.as_posix(), data + b"\n"


def _package(course: Course) -> Files:
    """The package itself, as it is running now."""
    for path in _wanted(PACKAGE):
        yield f"{PACKAGE.name}/{path.relative_to(PACKAGE).as_posix()}", path.read_bytes()


def _handout(course: Course, wanted: Collection[str] = tuple(PLACES)) -> Files:
    """What a learner's folder has at its top; a course with a licence of its own has that."""
    for name in wanted:
        own = course.root / name if name == "LICENSE" else HANDOUT / name
        text = (own if own.is_file() else HANDOUT / name).read_text("utf-8")
        yield PLACES[name], (_filled(text, course) if name == "README.md" else text).encode()


def package(course: Course) -> Files:
    """All that pip needs to install the package, as it is running now."""
    yield from _package(course)
    yield from _handout(course, ("README.md", "LICENSE", "pyproject.toml"))


PARTS: tuple[Part, ...] = (
    _manifest,
    _chapters,
    _stubs,
    _package,
    _handout,
)
"""What a bundle is made of. Nothing gets into one but what one of these names."""


def _begun(course: Course, chapter: Chapter) -> stubs.Begun:
    solution = course.solution(chapter)
    begun = stubs.begun(solution) if solution.is_file() else None
    if begun is None:
        raise CourseError(f"{solution}: missing; a bundle is released from the course itself")
    return begun


def _as_it_is(course: Course, path: Path) -> Files:
    yield _named(course, path), path.read_bytes()


def _named(course: Course, path: Path) -> str:
    return path.relative_to(course.root).as_posix()


def _filled(text: str, course: Course) -> str:
    """The learner's README, about this course."""
    first = course.chapters[0]
    blanks = {
        "title": course.title,
        "chapter": first.name,
        "module": first.module,
        "exercise": first.exercises[0].name,
    }
    for name, value in blanks.items():
        text = text.replace(f"<{name}>", value)
    return text


def _version() -> str:
    return str(tomllib.loads((HANDOUT / "pyproject.toml").read_text("utf-8"))["project"]["version"])


def _wanted(folder: Path) -> Iterator[Path]:
    """The files below a folder that somebody has written, no copies and no caches."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not any(map(RUBBISH.search, path.relative_to(folder).parts)):
            yield path
