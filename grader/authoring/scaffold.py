"""`kata new`: an exercise begun in every place where it has to stand, and in the manifest."""

import ast
import keyword
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

from msgspec.structs import replace

from grader import course as courses
from grader import files, source, stubs
from grader.authoring import insertion, templates
from grader.authoring.part import fault_of, mistakes, prefix
from grader.authoring.templates import NewExercise
from grader.course import MANIFEST, Chapter, Course
from grader.errors import CourseError, KataError

CHAPTER_NAME = re.compile(r"ch\d\d_[a-z][a-z0-9_]*")


def plan(course: Course, chapter_name: str, name: str) -> dict[Path, str]:
    """Make the text of every file that is written for a new exercise, the manifest last.

    Raises
    ------
    KataError
        The exercise or the chapter cannot be called so, or something is in the way.

    """
    known = {chapter.name: chapter for chapter in course.chapters}
    _require_name(course, name)
    if chapter_name in known:
        planned = _in_chapter(course, known[chapter_name], name)
    else:
        planned = _with_chapter(course, _new_chapter(course, chapter_name, name), name)
    return planned


def carry_out(planned: Mapping[Path, str]) -> None:
    """Write these files, all or none.

    Raises
    ------
    KataError
        One cannot be written; what was there before is there again.

    """
    before = {path: path.read_bytes() if path.exists() else None for path in planned}
    made = [folder for path in planned for folder in _missing_folders(path.parent)]
    try:
        for path, text in planned.items():
            _make_folder(path.parent)
            files.write(path, text.encode())
    except BaseException:
        for path, content in before.items():
            if content is None:
                path.unlink(missing_ok=True)
            elif path.read_bytes() != content:
                files.write(path, content)
        for folder in reversed(made):
            if folder.is_dir():
                folder.rmdir()
        raise


def _missing_folders(folder: Path) -> list[Path]:
    return [f for f in (*reversed(folder.parents), folder) if not f.exists()]


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise KataError(f"{folder}: cannot be made: {error.strerror}") from None


def _require_name(course: Course, name: str) -> None:
    words = name.split(".")
    if len(words) > 2 or not all(w.isidentifier() and not keyword.iskeyword(w) for w in words):
        raise KataError(f"{name!r} is no name for an exercise; give one as dense or MyModel.fit")
    if not name.isascii() or any(word.startswith("_") for word in words):
        raise KataError(f"{name!r}: an exercise has a public name of plain letters, as dense")
    if len(words) == 1 and name[0].isupper():
        raise KataError(
            f"{name}: kata new begins functions and methods of classes; write the class by hand, "
            f"then its methods: kata new CHAPTER {name}.method"
        )
    if name in course.exercises:
        where = course.chapter_of(name).name
        raise KataError(f"{name}: is an exercise of {where} already; choose another name")
    if len(words) == 2 and words[0] in course.exercises:
        raise KataError(
            f"{name}: all of {words[0]} is one exercise; take its entry out before its methods "
            "are some"
        )


def _new_chapter(course: Course, chapter_name: str, name: str) -> Chapter:
    """Make a chapter of the one exercise, and see that nothing is in its way."""
    manifest = course.root / MANIFEST
    if not CHAPTER_NAME.fullmatch(chapter_name):
        raise KataError(f"{chapter_name!r}: a chapter is called as ch03_forward is")
    chapter = Chapter(chapter_name, "", ())
    for other in course.chapters:
        if other.name[:4] == chapter_name[:4]:
            raise KataError(f"{manifest}: {chapter_name[:4]} is {other.name}; take another number")
        if other.module == chapter.module:
            raise KataError(
                f"{manifest}: the module of {other.name} is {other.module} too; choose another name"
            )
    if "." in name:
        raise KataError(f"{name}: a new chapter has no classes; begin it with a function")
    if chapter.module in ("baseline", "figures", "mistakes") or keyword.iskeyword(chapter.module):
        raise KataError(f"{chapter_name}: its module cannot be called {chapter.module}")
    taken = [course.lesson(chapter).parent, course.solution(chapter).parent]
    for path in (*taken, course.hidden_tests(chapter)):
        if path.exists():
            raise KataError(f"{path}: is there already, and its chapter is not; move it away")
    return chapter


def _with_chapter(course: Course, chapter: Chapter, name: str) -> dict[Path, str]:
    new = NewExercise(name)
    number = sum(other.name < chapter.name for other in course.chapters)
    head = f'[[chapter]]\nname = "{chapter.name}"\ntitle = "{templates.TITLE}"\n\n'
    solution = insertion.at_end(templates.MODULE, new.solution())
    begun = insertion.at_end(templates.mistakes_module(chapter.name), new.mistakes())
    return {
        course.lesson(chapter): templates.LESSON,
        course.figures(chapter): new.figures(),
        course.solution(chapter): solution,
        course.stub(chapter): stubs.stub(solution, course.solution(chapter)),
        course.mistakes(chapter): begun,
        course.visible_tests(chapter): _tested("", new, "by_hand"),
        course.hidden_tests(chapter): _tested("", new, "agrees"),
        course.root / MANIFEST: _manifest(
            course,
            insertion.before_chapter(_text(course.root / MANIFEST), number, head + new.entry()),
            (*_shape(course)[:number], (chapter.name, (name,)), *_shape(course)[number:]),
        ),
    }


def _in_chapter(course: Course, chapter: Chapter, name: str) -> dict[Path, str]:
    paths = (
        course.solution(chapter),
        course.mistakes(chapter),
        course.visible_tests(chapter),
        course.hidden_tests(chapter),
    )
    for path in paths:
        if fault := fault_of(path) or ("" if path.is_file() else f"{path}: missing"):
            raise CourseError(f"{fault}; put that right first, see: kata check --quick")
    solution, wrong, visible, hidden = map(_text, paths)
    _require_free(course, chapter, name)
    owner = name.rpartition(".")[0]
    has_base = f"_{owner}" in source.definitions(ast.parse(wrong))
    new = NewExercise(name, f"_{owner}" if owner and has_base else "")
    solved = _solved(paths[0], solution, new)
    number = [other.name for other in course.chapters].index(chapter.name)
    shape = [*_shape(course)]
    shape[number] = (chapter.name, (*shape[number][1], name))
    return {
        course.solution(chapter): solved,
        course.stub(chapter): stubs.stub(solved, course.solution(chapter)),
        course.mistakes(chapter): insertion.at_end(wrong, new.mistakes()),
        course.visible_tests(chapter): _tested(visible, new, "by_hand"),
        course.hidden_tests(chapter): _tested(hidden, new, "agrees"),
        course.root / MANIFEST: _manifest(
            course,
            insertion.into_chapter(_text(course.root / MANIFEST), number, new.entry()),
            tuple(shape),
        ),
    }


def _solved(path: Path, solution: str, new: NewExercise) -> str:
    if not new.owner:
        return insertion.at_end(solution, new.solution())
    try:
        return insertion.into_class(solution, new.owner, new.solution())
    except KataError as error:
        raise KataError(f"{path}: {error}") from None


def _require_free(course: Course, chapter: Chapter, name: str) -> None:
    """Refuse a name that something in the chapter has, and stubs that somebody has written in."""
    path = course.solution(chapter)
    if name in source.definitions(ast.parse(_text(path))):
        raise KataError(
            f"{path}: defines {name} already; write its entry by hand, or choose another name"
        )
    wrong = course.mistakes(chapter)
    for node, other in mistakes(wrong, [exercise.name for exercise in chapter.exercises]):
        if node.name.startswith(prefix(name)):
            raise KataError(
                f"{wrong}: {node.name}, of {other or 'no exercise'}, would be taken for a mistake "
                f"of {name}; choose another name"
            )
    for stale in stubs.stale(replace(course, chapters=(chapter,))):
        raise KataError(f"{stale.path}: is not what {path} gives; run: kata stubs")


def _tested(text: str, new: NewExercise, kind: str) -> str:
    """A test module with the new exercise's test behind its others."""
    text = insertion.with_imports(text, templates.TESTED)
    defined = source.definitions(ast.parse(text))
    name, number = f"test_{new.in_names}_{kind}", 2
    while name in defined:
        name, number = f"test_{new.in_names}_{kind}_{number}", number + 1
    test = new.visible_test(name) if kind == "by_hand" else new.hidden_test(name)
    return insertion.at_end(text, test)


def _shape(course: Course) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The names of a course's chapters and exercises, in its order."""
    return tuple((c.name, tuple(e.name for e in c.exercises)) for c in course.chapters)


def _manifest(course: Course, text: str, due: tuple[tuple[str, tuple[str, ...]], ...]) -> str:
    """See that a manifest has what is due and that what it had before it has as it was."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / MANIFEST
        path.parent.mkdir()
        path.write_bytes(text.encode())
        try:
            read: Course | None = courses.read(Path(folder))
        except CourseError:
            read = None
    same = read is not None and _shape(read) == due and read.title == course.title
    if not same or read is None or any(read.exercises[n] != e for n, e in course.exercises.items()):
        raise KataError(
            f"{course.root / MANIFEST}: is laid out in a way that kata new cannot add to; "
            "write the entry by hand, as [[chapter.exercise]]"
        )
    return text


def _text(path: Path) -> str:
    """The text of a file with the line ends that it has."""
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise KataError(f"{path}: cannot be read: {error}") from None
