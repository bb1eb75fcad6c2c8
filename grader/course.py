"""A course as data: `exercises/course.toml` in frozen structs, every fault in it one line."""

import difflib
import graphlib
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Annotated

import msgspec

from grader.errors import CourseError

MANIFEST = Path("exercises", "course.toml")
Name = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)?$")]
ChapterName = Annotated[str, msgspec.Meta(pattern=r"^ch\d\d_[a-z][a-z0-9_]*$")]
ModuleName = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]*$")]
Dotted = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$")]


class Gate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How fast an exercise has to be, beside a loop and the reference.

    `baseline` is the loop, of the chapter's `baseline.py`. Each of the `sizes` has a number for
    each of the `axes`, words that go on "the number of". At every size that keeps the reference
    busy it may take `under` times as long as that at most; at the last it has to be `over` times as
    fast as the loop at least, and where there is no reference at every size that keeps the loop
    busy. `advice` is what helps where no growing time gives a loop away.

    Arguments are in the process of the function before the clock starts, its answer comes back
    while it runs. With `placed` arrays are float32 tensors on the device that a test names by then,
    for the loop on the CPU: the way there does not count.
    """

    baseline: Name
    axes: tuple[str, ...]
    sizes: tuple[tuple[Annotated[int, msgspec.Meta(ge=1)], ...], ...]
    over: Annotated[float, msgspec.Meta(gt=1)]
    under: Annotated[float, msgspec.Meta(gt=1)]
    advice: str = ""
    placed: bool = False


class Exercise(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing to write: a function, a class, or a method as `Class.method`.

    `gates` say of one that has to be fast how fast. `gpu` are those of its points that there are
    only where there is a GPU. What its chapter forbids it may use all the same where `allow` names
    it.
    """

    name: Name
    points: float
    hints: tuple[str, ...]
    needs: tuple[str, ...] = ()
    gates: tuple[Gate, ...] = ()
    gpu: Annotated[float, msgspec.Meta(ge=0)] = 0
    allow: tuple[Dotted, ...] = ()


class Ban(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Packages, or names in them, that a learner is to do without, and why, as a sentence goes on.

    "this chapter is written without keras: " and then `why`.
    """

    names: tuple[Dotted, ...]
    why: str


class Chapter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A chapter: one module, its lesson and its tests, under the same name in four places.

    The module is called as the chapter is, unless `file` says otherwise.
    """

    name: ChapterName
    title: str
    exercises: tuple[Exercise, ...] = msgspec.field(name="exercise")
    bans: tuple[Ban, ...] = msgspec.field(name="forbid", default=())
    file: ModuleName = msgspec.field(name="module", default="")

    @property
    def module(self) -> str:
        """The name of the learner's module: `forward` for `ch03_forward`."""
        return self.file or self.name.partition("_")[2]

    @property
    def forbidden(self) -> dict[str, str]:
        """Every name that is forbidden here, and why."""
        return {name: ban.why for ban in self.bans for name in ban.names}


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file `course.toml`."""

    title: str
    chapters: tuple[Chapter, ...] = msgspec.field(name="chapter")


class Course(msgspec.Struct, frozen=True, dict=True):
    """A manifest that has been checked, and the folder that it stands in."""

    root: Path
    title: str
    chapters: tuple[Chapter, ...]

    @cached_property
    def exercises(self) -> dict[str, Exercise]:
        """Every exercise by name, in course order."""
        return {e.name: e for chapter in self.chapters for e in chapter.exercises}

    @cached_property
    def order(self) -> dict[str, int]:
        """The position of each exercise when prerequisites come first, else in course order."""
        placed: dict[str, int] = {}

        def place(name: str) -> None:
            for needed in self.exercises[name].needs:
                if needed not in placed:
                    place(needed)
            placed.setdefault(name, len(placed))

        for name in self.exercises:
            place(name)
        return placed

    @cached_property
    def visible_files(self) -> frozenset[Path]:
        """The tests of all chapters that a learner sees."""
        return frozenset(map(self.visible_tests, self.chapters))

    @cached_property
    def _chapters(self) -> dict[str, Chapter]:
        return {e.name: chapter for chapter in self.chapters for e in chapter.exercises}

    def chapter_of(self, exercise: str) -> Chapter:
        """Return the chapter that an exercise belongs to.

        Raises
        ------
        CourseError
            The course has no exercise of that name.

        """
        if exercise in self._chapters:
            return self._chapters[exercise]
        near = difflib.get_close_matches(exercise, self.exercises, 1)
        meant = f"; did you mean {near[0]}?" if near else ""
        raise CourseError(f"{self.root / MANIFEST}: there is no exercise {exercise!r}{meant}")

    def forbidden(self, exercise: str) -> dict[str, str]:
        """The names that an exercise is to be written without, and why."""
        allowed = self.exercises[exercise].allow
        banned = self.chapter_of(exercise).forbidden
        return {name: why for name, why in banned.items() if name not in allowed}

    def forbidden_to_all(self, chapter: Chapter) -> dict[str, str]:
        """The names that no exercise of a chapter may use, and why."""
        allowed = {name for exercise in chapter.exercises for name in exercise.allow}
        return {name: why for name, why in chapter.forbidden.items() if name not in allowed}

    def all_needs(self, exercise: str) -> frozenset[str]:
        """The prerequisites of an exercise and theirs in turn."""
        return self._all_needs[exercise]

    @cached_property
    def _all_needs(self) -> dict[str, frozenset[str]]:
        found: dict[str, frozenset[str]] = {}
        for name in self.order:  # prerequisites come first
            needs = self.exercises[name].needs
            found[name] = frozenset(needs).union(*(found[needed] for needed in needs))
        return found

    @property
    def modules(self) -> dict[str, str]:
        """The name of each chapter's module, by that of the chapter."""
        return {chapter.name: chapter.module for chapter in self.chapters}

    def chapter(self, name: str) -> Chapter:
        """Return a chapter by its name.

        Raises
        ------
        CourseError
            The course has no chapter of that name.

        """
        for chapter in self.chapters:
            if chapter.name == name:
                return chapter
        raise CourseError(f"{self.root / MANIFEST}: there is no chapter {name!r}")

    def stub(self, chapter: Chapter) -> Path:
        """The module that a learner edits."""
        return self.root / "exercises" / chapter.name / f"{chapter.module}.py"

    def lesson(self, chapter: Chapter) -> Path:
        """The text of the chapter."""
        return self.root / "exercises" / chapter.name / "README.md"

    def baseline(self, chapter: Chapter) -> Path:
        """The loops that the exercises of a chapter have to beat, open to all."""
        return self.root / "exercises" / chapter.name / "baseline.py"

    def figures(self, chapter: Chapter) -> Path:
        """The pictures of the chapter, which its learner's functions draw."""
        return self.root / "exercises" / chapter.name / "figures.py"

    def fingerprints(self, chapter: Chapter) -> Path:
        """What the known mistakes answer in visible tests, for a bundle that lacks their source."""
        return self.root / "exercises" / chapter.name / "fingerprints.bin"

    def visible_tests(self, chapter: Chapter) -> Path:
        """The tests that a learner sees."""
        return self.root / "exercises" / chapter.name / f"test_{chapter.module}.py"

    def hidden_tests(self, chapter: Chapter) -> Path:
        """The tests that a learner does not see."""
        return self.root / "tests" / "hidden" / f"test_{chapter.module}.py"

    def solution(self, chapter: Chapter) -> Path:
        """The reference."""
        return self.root / "solutions" / chapter.name / f"{chapter.module}.py"

    def mistakes(self, chapter: Chapter) -> Path:
        """The known wrong variants."""
        return self.root / "solutions" / chapter.name / "mistakes.py"


def find(start: Path) -> Path:
    """Return the nearest folder, from `start` upwards, that is a course.

    Raises
    ------
    CourseError
        Neither `start` nor a folder above it holds `exercises/course.toml`.

    """
    start = start.resolve()
    for folder in [start, *start.parents]:
        if (folder / MANIFEST).is_file():
            return folder
    raise CourseError(f"{start}: no course here or above (a course has {MANIFEST}); use --course")


def read(root: Path) -> Course:
    """Read and check the manifest of the course in `root`; its files are `grader.check`'s matter.

    Raises
    ------
    CourseError
        The first fault, as one line that names the file and the entry.

    """
    path = root / MANIFEST
    try:
        text = path.read_bytes()
    except OSError as error:
        raise CourseError(f"{path}: cannot be read: {error.strerror}") from None
    try:
        manifest = msgspec.toml.decode(text, type=Manifest)
    except msgspec.ValidationError as error:
        raise CourseError(f"{path}: {_placed(str(error), text)}") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CourseError(f"{path}: not valid TOML: {error}") from None
    for fault in _faults(manifest):
        raise CourseError(f"{path}: {fault}")
    return Course(root, manifest.title, manifest.chapters)


def _placed(message: str, text: bytes) -> str:
    """Turn msgspec's `$.chapter[0].exercise[1]` into the names that an author knows."""
    what, _, place = message.partition(" - at ")
    data = msgspec.toml.decode(text)
    words = []
    for kind, number in re.findall(r"(chapter|exercise)\[(\d+)\]", place):
        entry = data[kind][int(number)]
        words.append(f"{kind} {entry.get('name', f'number {int(number) + 1}')}")
        data = entry
    if "matching regex" in what:
        kinds = {"forbid[": "tensorflow.keras", "exercise[": "dense or MySequential.fit"}
        like = next((kinds[kind] for kind in kinds if kind in place), "ch03_forward")
        what = f"not a name such as {like}"
    key = re.search(r"\.(\w+)(\[\d+\])?`$", place)
    if key and key[1] not in ("chapter", "exercise"):
        words.append(f"key {key[1]}")
    what = what.replace("Object contains unknown field", "unknown key")
    what = what.replace("Object missing required field", "missing key")
    return f"{', '.join(words)}: {what}" if words else what


def _faults(manifest: Manifest) -> Iterator[str]:
    yield from _repeated("chapter", [c.name for c in manifest.chapters])
    exercises = [e for c in manifest.chapters for e in c.exercises]
    names = [e.name for e in exercises]
    yield from _repeated("exercise", names)
    yield from _repeated("module", [c.module for c in manifest.chapters])
    for chapter in manifest.chapters:
        for exercise in chapter.exercises:
            for name in exercise.allow:
                if name not in chapter.forbidden:
                    yield f"exercise {exercise.name}: allows {name!r}, which is not forbidden"
    for exercise in exercises:
        where = f"exercise {exercise.name}"
        if not exercise.points > 0:
            yield f"{where}: points must be above 0, not {exercise.points:g}"
        if not exercise.hints or not all(hint.strip() for hint in exercise.hints):
            yield f"{where}: an empty hint; say something that helps or take it out"
        if exercise.gpu >= exercise.points > 0:
            yield f"{where}: gpu = {exercise.gpu:g} leaves no points for where there is no GPU"
        if any({len(g.axes)} != set(map(len, g.sizes)) for g in exercise.gates):
            yield f"{where}: a gate needs sizes, each with one number an axis"
        if len({gate.baseline for gate in exercise.gates}) < len(exercise.gates):
            yield f"{where}: two gates with the same baseline"
        for needed in exercise.needs:
            if needed not in names:
                yield f"{where}: needs {needed!r}, which is no exercise of this course"
    try:
        graphlib.TopologicalSorter({e.name: e.needs for e in exercises}).prepare()
    except graphlib.CycleError as error:
        circle = " → ".join(reversed(error.args[1]))
        yield f"exercise {error.args[1][0]}: its prerequisites lead back to it: {circle}"


def _repeated(kind: str, names: list[str]) -> Iterator[str]:
    for place, name in enumerate(names):
        if name in names[:place]:
            yield f"{kind} {name}: stands there twice"
