"""How often a mistake is named by fingerprints alone, as in a learner's bundle: run by hand.

    python tests/bench/fingerprints.py [--mutants N] [CHAPTER…]

Every known mistake of the course is made in turn and meets the visible tests. So do the other
right ways to write each chapter, of which none may be called a mistake, and up to N solutions a
chapter that are wrong in one place which nobody has foreseen: what is said of those is printed, to
be read.
"""

import argparse
import ast
import difflib
import random
import tempfile
from collections import Counter
from pathlib import Path

from cosmic_ray import plugins
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from rich.console import Console
from rich.table import Table

from grader import course, fingerprinting, fingerprints
from grader.diagnose import read
from grader.inprocess import InProcess
from grader.session import Session

ROOT = Path(__file__).parents[2]
COURSE = course.read(ROOT)
ALTERNATIVES = ROOT / "tests/grader/alternatives"
FOUND = ["named", "one of two", "another", "nothing said", "unseen"]
COLUMNS = [*FOUND, "right ways", "that fail", "called wrong", "mutants", "of these named"]


class Bundle:
    """A chapter as a learner has it: the visible tests, and what its mistakes answer to them."""

    def __init__(self, chapter, folder):
        self.chapter, self.names = chapter, [exercise.name for exercise in chapter.exercises]
        path = folder / chapter.name
        path.write_bytes(fingerprinting.take(COURSE, chapter))
        self._known = fingerprints.of(path)
        self._session = Session(COURSE, self.names, 0)

    def met(self, bench, names):
        """Run the visible tests of some exercises; the failed ones, and what is said, by name."""
        run = fingerprinting.Undiagnosed(COURSE, bench, races=False)
        self._session.run(run, frozenset(names), visible_only=True)
        failed = {name: set() for name in names}
        for verdict in run.verdicts:
            if verdict.status == "failed":
                failed[verdict.exercise].add(verdict.test)
        return {name: (tests, self._said(run, name, tests)) for name, tests in failed.items()}

    def _said(self, run, name, failed):
        calls = run.calls_of(name)
        wrong = {test: calls[test] for test in failed if test in calls}
        right = {test: calls[test] for test in calls if test not in failed}
        return fingerprints.explain(self._known, name, wrong, right)

    def close(self):
        self._session.close()


def mistakes(bundle):
    """What is found of each mistake of a chapter."""
    for mistake in read(COURSE.mistakes(bundle.chapter), bundle.names):
        bench = fingerprinting.Mistaken(COURSE, bundle.chapter, mistake)
        failed, said = bundle.met(bench, [mistake.exercise])[mistake.exercise]
        if not failed:
            found = "unseen"
        elif said == mistake.explanation:
            found = "named"
        elif mistake.explanation in said:
            found = "one of two"
        else:
            found = "another" if said else "nothing said"
        yield mistake.name, found, failed, said


def right_ways(bundle):
    """What fails of each right way to write a chapter, and what is said of it."""
    others = sorted(ALTERNATIVES.glob(f"{bundle.chapter.module}_*.py"))
    for path in [COURSE.solution(bundle.chapter), *others]:
        yield path, bundle.met(InProcess(COURSE, path), bundle.names)


def mutants(bundle, most, folder):
    """Solutions that are changed in one place and fail: what was changed, and what is said."""
    text = COURSE.solution(bundle.chapter).read_text("utf-8")
    changes = [*_changes(text, bundle.names)]
    random.Random(8).shuffle(changes)
    seen = 0
    for number, (name, line, mutated) in enumerate(changes):
        path = folder / f"mutant_{bundle.chapter.module}_{number}.py"
        path.write_text(mutated, "utf-8")
        try:
            found = bundle.met(InProcess(COURSE, path), [name])
        except Exception as error:  # a module that cannot even be imported
            print(f"    left out: {name}: {line}: {error}")
            continue
        if any(failed for failed, _ in found.values()):
            seen += 1
            yield name, line, found[name][1]
        if seen == most:
            return


def _changes(text, names):
    """Every mutant of a solution: the exercise, its changed line and the whole text."""
    spans = [
        (name, range(node.lineno, node.end_lineno + 1))
        for node in ast.parse(text).body
        for name in names
        if getattr(node, "name", None) == name
    ]
    for operator in map(plugins.get_operator, plugins.operator_names()):
        if operator.arguments():
            continue
        places = sum(len([*operator().mutation_positions(n)]) for n in ast_nodes(get_ast(text)))
        for occurrence in range(places):
            mutated = mutate_code(text, operator(), occurrence)
            number, line = _changed(text, mutated or text)
            for name, span in spans:
                if number in span and _parses(mutated):
                    yield name, line, mutated


def _changed(before, after):
    """The number of the first line that differs, and what stands there now."""
    lines = before.splitlines(), after.splitlines()
    for tag, _, _, start, end in difflib.SequenceMatcher(None, *lines, False).get_opcodes():
        if tag != "equal":
            return start + 1, " ".join(" ".join(lines[1][start:end]).split())
    return 0, ""


def _parses(text):
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def measure(chapter, most, folder):
    """Count all that is found in a chapter, and print what is to be read."""
    counts = Counter()
    bundle = Bundle(chapter, folder)
    print(chapter.name, flush=True)
    for name, found, failed, said in mistakes(bundle):
        counts[found] += 1
        if found != "named":
            print(f"    {name}: {found}", sorted(failed), said, flush=True)
    for path, met in right_ways(bundle):
        counts["right ways"] += 1
        counts["that fail"] += sum(bool(failed) for failed, _ in met.values())
        counts["called wrong"] += sum(bool(said) for _, said in met.values())
        for name, (failed, said) in met.items():
            if failed:
                print(f"    {path.name}: {name}: fails", sorted(failed), said, flush=True)
    for name, line, said in mutants(bundle, most, folder) if most else ():
        counts["mutants"] += 1
        counts["of these named"] += bool(said)
        print(f"    mutant of {name}: {line}\n        {said or '-'}", flush=True)
    bundle.close()
    return counts


def main():
    """Measure chapter after chapter, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("chapters", nargs="*", metavar="CHAPTER")
    parser.add_argument("--mutants", type=int, default=0, metavar="N")
    asked = parser.parse_args()
    table, total = Table("chapter", *COLUMNS), Counter()
    with tempfile.TemporaryDirectory() as folder:
        for chapter in COURSE.chapters:
            if not asked.chapters or chapter.name in asked.chapters:
                counts = measure(chapter, asked.mutants, Path(folder))
                table.add_row(chapter.name, *(str(counts[column]) for column in COLUMNS))
                total += counts
    table.add_row("all", *(str(total[column]) for column in COLUMNS))
    Console(width=150).print(table)
    made = sum(total[found] for found in FOUND)
    print(f"named: {total['named']} of {made}, {total['named'] / made:.1%}")


if __name__ == "__main__":
    main()
