"""A newer bundle into a learner's folder; nothing that the learner wrote is overwritten.

What the learner has not changed since it was released is replaced, or taken away. A module that
both have changed is merged (`grader.merge`); of any other file the learner's stays, and the newer
one is laid beside it. The record of the newer bundle comes last: until then the folder counts as it
was, and another run finishes what one has begun.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from grader import files
from grader.bundle import RECORD, Bundle, Record, digest, read, record_of, written
from grader.errors import KataError
from grader.merge import Merged, merge

Kind = Literal["new", "updated", "merged", "beside", "removed", "left"]
PACKAGE = "grader/"


@dataclass(frozen=True, slots=True)
class Step:
    """What is to become of one file: its `content`, None where it goes or stays as it is.

    `told` is what to say of it. What is merged is copied before; what is laid "beside" a file that
    stays has the name of its own.
    """

    kind: Kind
    name: str
    content: bytes | None = None
    told: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """How a folder comes to hold a newer bundle: step by step, and then its record."""

    steps: tuple[Step, ...]
    record: Record


def plan(folder: Path, path: Path) -> Plan:
    """Say what is to be done to bring a learner's folder up to the bundle at a path.

    Nothing is written. Without steps, and with the record that the folder has, it is up to date.

    Raises
    ------
    KataError
        The folder is no bundle, or the other is none, damaged, of another course or older.

    """
    old = record_of(folder)
    if path.exists() and path.samefile(folder):
        raise KataError(f"{path}: is the folder to be updated; name the newer bundle")
    new = read(path)
    if new.record.digest == old.digest:
        return Plan((), old)
    _require_newer(path, old, new.record)
    try:
        steps = tuple(_steps(folder, old, new))
    except OSError as error:
        raise KataError(f"{error.filename}: cannot be read: {error.strerror}") from None
    before = (*old.before, old.digest)
    return Plan(steps, msgspec.structs.replace(new.record, before=before))


def carry_out(folder: Path, planned: Plan) -> Iterator[str]:
    """Do what is planned, and say of each step that it is done.

    Raises
    ------
    KataError
        A file cannot be written; another run goes on from there.

    """
    try:
        for step in planned.steps:
            copy = _carry_out(folder / step.name, step)
            yield from _described(step)
            if copy:
                yield f"         what was there is in {copy.relative_to(folder).as_posix()}"
        files.write(folder / RECORD, written(planned.record))
    except OSError as error:
        raise KataError(f"{error.filename}: cannot be written: {error.strerror}") from None


def described(planned: Plan) -> Iterator[str]:
    """Say of each step what would be done."""
    for step in planned.steps:
        yield from _described(step)


def _described(step: Step) -> Iterator[str]:
    """What there is to say of a step; of each file of the package nobody wants to read."""
    if not step.name.startswith(PACKAGE) or step.kind in ("beside", "left"):
        yield f"{step.kind:8} {step.name}{step.told and f': {step.told}'}"


def summed_up(planned: Plan) -> Iterator[str]:
    """What there is to say of all steps together, and what is left for the learner to do."""
    if not planned.steps:
        yield "nothing to do: this folder is as new as the bundle"
    changed = {step.name for step in planned.steps}
    inside = sum(name.startswith(PACKAGE) for name in changed)
    if inside:
        yield f"updated  {PACKAGE} ({inside} file{'s' if inside > 1 else ''})"
    if "pyproject.toml" in changed:
        yield "the package may need more than before; run: pip install -e '.[cpu]'"


def _carry_out(path: Path, step: Step) -> Path | None:
    """Do one step; returns the copy that was made of what was there."""
    if step.kind == "removed":
        path.unlink()
        if not any(path.parent.iterdir()):
            path.parent.rmdir()
    if step.content is None:
        return None
    path.parent.mkdir(parents=True, exist_ok=True)
    copied = step.kind in ("merged", "beside") and path.exists()
    copy = files.back_up(path) if copied else None
    files.write(path, step.content)
    return copy


def _require_newer(path: Path, old: Record, new: Record) -> None:
    if new.title != old.title:
        raise KataError(f"{path}: is of the course {new.title!r}; this folder is of {old.title!r}")
    if new.digest in old.before:
        raise KataError(f"{path}: is older than what this folder has, which came after it")
    if _numbers(new.version) < _numbers(old.version):
        raise KataError(
            f"{path}: is older: it has version {new.version}, this folder {old.version}"
        )


def _steps(folder: Path, old: Record, new: Bundle) -> Iterator[Step]:
    """The package comes last: it is what runs another time if this ends early."""
    names = {*old.files, *new.contents}
    for name in sorted(names, key=lambda name: (name.startswith(PACKAGE), name)):
        path = folder / name
        mine = path.read_bytes() if path.is_file() else None
        content, released = new.contents.get(name), old.files.get(name)
        untouched = mine is not None and digest(mine) == released
        if content is None:
            if mine is not None:
                yield Step("removed", name) if untouched else Step("left", name, told=STAYS)
        elif mine is None:
            yield Step("new", name, content)
        elif digest(mine) == digest(content) or digest(content) == released:
            continue
        elif untouched:
            yield Step("updated", name, content)
        elif name in new.record.modules:
            yield from _merged(folder, name, mine, old.modules.get(name, {}), content)
        else:
            yield from _beside(folder, name, content, "yours stays as it is")


STAYS = "is no part of the course any more; you have changed it, so it stays"


def _merged(
    folder: Path, name: str, mine: bytes, released: dict[str, str], content: bytes
) -> Iterator[Step]:
    try:
        found = merge(mine.decode(), released, content.decode())
    except (SyntaxError, UnicodeDecodeError) as error:
        reason = error.msg if isinstance(error, SyntaxError) else "it is not UTF-8"
        yield from _beside(folder, name, content, f"yours stays: it cannot be merged ({reason})")
        return
    if found.taken:
        yield Step("merged", name, found.text.encode(), _told(found))
    if found.kept:
        both = ", ".join(found.kept)
        yield from _beside(folder, name, content, f"yours stays where both have changed: {both}")


def _told(found: Merged) -> str:
    imports = sum(key.startswith("import ") for key in found.taken)
    names = [key for key in found.taken if not key.startswith("import ")]
    names += [f"{imports} import{'s' if imports > 1 else ''}"] * bool(imports)
    return f"new in it: {', '.join(names)}"


def _beside(folder: Path, name: str, content: bytes, told: str) -> Iterator[Step]:
    beside = f"{name}.new"
    there = folder / beside
    if not there.is_file() or there.read_bytes() != content:
        yield Step("beside", beside, content, told)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", version)))
