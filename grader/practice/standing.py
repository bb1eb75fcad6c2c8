"""What is known of each exercise: its last verdicts, and what they depended on.

All of it comes from running tests. What is kept in a file saves running them again; a file that
does not fit, of another version or half there, counts as none.
"""

import ast
import contextlib
import functools
import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import msgspec

from grader import files, source
from grader.course import Chapter, Course
from grader.errors import KataError
from grader.verdict import Status, Verdict, overall

FORMAT = 1
FILE = Path(".kata", "standing.json")
"""Where a course keeps it; the folder is made with a .gitignore of its own."""

MEASURING = ("numpy", "tensorflow-cpu", "tensorflow", "tensorkata")


class Standing(msgspec.Struct, frozen=True):
    """The verdicts of an exercise's visible tests, and the digest of all that they depended on."""

    digest: str
    verdicts: tuple[Verdict, ...]


class Record(msgspec.Struct, frozen=True):
    """The file: its format, the versions of what measured, and the standings by exercise."""

    format: int
    versions: tuple[str, ...]
    exercises: dict[str, Standing]


def read(course: Course) -> dict[str, Standing]:
    """Read what is known of a course; nothing where there is no file, or one that does not fit."""
    try:
        record = msgspec.json.decode((course.root / FILE).read_bytes(), type=Record)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return {}
    if (record.format, record.versions) != (FORMAT, _versions()):
        return {}
    return {name: s for name, s in record.exercises.items() if name in course.exercises}


def write(course: Course, standings: Mapping[str, Standing]) -> None:
    """Keep what is known; where nothing can be written, tests run again next time."""
    path = course.root / FILE
    record = Record(FORMAT, _versions(), dict(standings))
    with contextlib.suppress(OSError, KataError):
        files.private_folder(course.root, FILE.parent)
        files.write(path, msgspec.json.encode(record))


def digests(course: Course) -> dict[str, str]:
    """The SHA-256 of what the visible tests of each exercise depend on: the learner's code, mostly.

    Comments and layout count for nothing, other functions of a file only where they are used. Of a
    file that does not parse, all counts.
    """
    own = {
        exercise.name: digest
        for chapter in course.chapters
        for exercise, digest in zip(chapter.exercises, _chapter(course, chapter), strict=True)
    }
    return {
        name: _digest([own[name], *(own[n] for n in sorted(course.all_needs(name)))])
        for name in course.exercises
    }


def stamps(course: Course) -> dict[Path, tuple[int, int, int]]:
    """When each file that `digests` reads was changed, in nanoseconds, its size, and its number.

    They tell of a file that was being written while tests read it, whatever stands there now.
    """
    folders = {course.stub(chapter).parent for chapter in course.chapters}
    paths = [path for folder in folders for path in folder.glob("*.py")]
    found = {}
    for path in paths:
        with contextlib.suppress(FileNotFoundError):
            about = path.stat()
            found[path] = (about.st_mtime_ns, about.st_size, about.st_ino)
    return found


def stale(
    standings: Mapping[str, Standing], now: Mapping[str, str], names: Collection[str] = ()
) -> list[str]:
    """The exercises whose tests have to run: changed since, or never run to an end."""
    return [
        name
        for name, digest in now.items()
        if (not names or name in names)
        and (name not in standings or standings[name].digest != digest)
    ]


def current(course: Course) -> dict[str, Status | None]:
    """The status of each exercise as far as it is known and still holds; nothing is run for it."""
    known, now = read(course), digests(course)
    return {
        name: overall(known[name].verdicts) if name not in stale(known, now, [name]) else None
        for name in course.exercises
    }


def is_final(verdicts: Iterable[Verdict]) -> bool:
    """Whether verdicts hold as long as the code does: data may be there next time."""
    found = [*verdicts]
    if any(v.status in ("todo", "failed", "blocked") for v in found):
        return True
    return bool(found) and all(v.gpu or v.status == "passed" for v in found)


def _chapter(course: Course, chapter: Chapter) -> Iterator[str]:
    """The digest of each exercise of a chapter, without what it needs of others."""
    module, tests = course.stub(chapter), course.visible_tests(chapter)
    text = module.read_bytes() if module.is_file() else b""
    known = {module, tests, course.figures(chapter)}
    beside = [path for path in sorted(module.parent.glob("*.py")) if path not in known]
    around = [tests.read_bytes(), *(path.read_bytes() for path in beside)]
    own = _parts(text, tuple(exercise.name for exercise in chapter.exercises))
    for exercise, part in zip(chapter.exercises, own, strict=True):
        entry = msgspec.json.encode((chapter.module, chapter.bans, exercise.gates, exercise.needs))
        yield _digest([entry, part, *around])


@functools.lru_cache(64)  # a save changes one chapter, and is asked about three times
def _parts(text: bytes, exercises: tuple[str, ...]) -> tuple[str | bytes, ...]:
    """What each exercise is made of in its module, and the line where it begins.

    The line is that of the messages about it. Statements that define nothing run for all.
    """
    try:
        decoded = text.decode("utf-8-sig")
        tree = source.parse(decoded, "")
    except (SyntaxError, UnicodeDecodeError):
        return (text,) * len(exercises)
    loose = [node for node in tree.body if not isinstance(node, source.FunctionNode | ast.ClassDef)]
    always, defined = ast.unparse(ast.Module(loose, [])), source.definitions(tree)
    found = []
    for exercise in exercises:
        top = exercise.partition(".")[0]
        line = defined[top].line if top in defined else 0
        found.append(f"{line}\n{source.excerpt(decoded, [top])}\n{always}")
    return tuple(found)


def _digest(parts: Iterable[str | bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8))
        digest.update(data)
    return digest.hexdigest()


def _versions() -> tuple[str, ...]:
    """The versions of what the verdicts come from."""
    found = []
    for name in MEASURING:
        with contextlib.suppress(PackageNotFoundError):
            found.append(f"{name} {version(name)}")
    return tuple(found)
