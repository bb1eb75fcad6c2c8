"""Are the hidden tests sharp? The references, changed in one place each, have to fail them.

Every operator of Cosmic Ray that needs no settings is tried at every place of every solution. A
mutant that survives is either killed by a better test or stands in `equivalent.toml` with the
reason why nobody could tell it from the reference.
"""

import ast
import difflib
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest
from cosmic_ray import plugins
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code

from grader import course
from grader.bench import Settings
from grader.judge import Judge

ROOT = Path(__file__).parents[2]
COURSE = course.read(ROOT)


class Equivalent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A mutant that is as right as the reference: in which function, the line it has, and why."""

    function: str
    line: str
    reason: str


class Equivalents(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file `equivalent.toml`."""

    mutants: tuple[Equivalent, ...] = msgspec.field(name="mutant", default=())


@dataclass(frozen=True, slots=True)
class Mutant:
    """A reference with one place changed; `line` is the changed one, as it stands now."""

    module: str
    function: str
    line: str
    text: str


def mutants_of(chapter):
    """Every mutant of a chapter's solution that is still Python and changes an exercise."""
    text = COURSE.solution(chapter).read_text("utf-8")
    exercises = {e.name.partition(".")[0] for e in chapter.exercises}
    spans = {
        node.name: range(node.lineno, node.end_lineno + 1)
        for node in ast.parse(text).body
        if getattr(node, "name", None) in exercises
    }
    for name in plugins.operator_names():
        kind = plugins.get_operator(name)
        if kind.arguments():
            continue
        places = sum(len([*kind().mutation_positions(n)]) for n in ast_nodes(get_ast(text)))
        for occurrence in range(places):
            mutated = mutate_code(text, kind(), occurrence)
            changed = _change(text, mutated) if mutated else None
            if changed and _parses(mutated):
                number, line = changed
                for function, span in spans.items():
                    if number in span:
                        yield Mutant(chapter.module, function, line, mutated)


def _change(before, after):
    """The number of the first line that differs, and what it is now; None if nothing does."""
    lines = before.splitlines(), after.splitlines()
    for tag, _, _, start, end in difflib.SequenceMatcher(None, *lines, False).get_opcodes():
        if tag != "equal":
            return start + 1, " ".join(" ".join(lines[1][start:end]).split())
    return None


def _parses(text):
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


EQUIVALENT = msgspec.toml.decode(
    Path(__file__).with_name("equivalent.toml").read_bytes(), type=Equivalents
).mutants
REASONS = {(e.function, e.line): e.reason for e in EQUIVALENT}
MUTANTS = [mutant for chapter in COURSE.chapters for mutant in mutants_of(chapter)]


@pytest.fixture(scope="session")
def judge():
    """A judge that waits three seconds for a call: some mutants never end."""
    with Judge(COURSE, Settings(seconds=3)) as started:
        yield started


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda m: f"{m.module}-{m.function}: {m.line}"[:90])
def test_a_mutant_fails_a_hidden_test(judge, tmp_path, mutant):
    path = tmp_path / f"{mutant.module}.py"
    path.write_text(mutant.text, "utf-8")
    names = [e for e in COURSE.exercises if e.partition(".")[0] == mutant.function]
    tests = [test for e in judge.grade(path, names).exercises for test in e.tests]
    survived = {t.status for t in tests if t.visibility == "hidden"} == {"passed"}
    reason = REASONS.get((mutant.function, mutant.line))
    if survived and reason:
        pytest.skip(f"equivalent: {reason}")
    assert not reason, "equivalent.toml calls it equivalent, and a hidden test fails it"
    assert not survived, f"{mutant.function} passes every hidden test with the line {mutant.line}"


def test_every_entry_of_the_list_is_a_mutant():
    assert set(REASONS) <= {(mutant.function, mutant.line) for mutant in MUTANTS}
