"""How often a mistake is named by fingerprints alone, as in a learner's bundle: run by hand.

    python tests/bench/fingerprints.py [CHAPTER…]

Every known mistake of the course is made in turn and meets the visible tests; so do the other
right ways to write each chapter, of which none may be called a mistake.
"""

import sys
from collections import Counter
from pathlib import Path

from grader import course, fingerprinting, fingerprints
from grader.diagnose import read
from grader.run import Run
from grader.session import Session

COURSE = course.read(Path(__file__).parents[2])


def measure(chapter, folder):
    """Count what is said of each mistake of a chapter; returns the counts and the ones missed."""
    names = [exercise.name for exercise in chapter.exercises]
    path = folder / chapter.name
    path.write_bytes(fingerprinting.take(COURSE, chapter))
    known = fingerprints.of(path)
    counts, missed = Counter(), []
    session = Session(COURSE, names, 0)
    for mistake in read(COURSE.mistakes(chapter), names):
        run = Run(COURSE, fingerprinting.Mistaken(COURSE, chapter, mistake), races=False)
        session.run(run, frozenset([mistake.exercise]), visible_only=True)
        failed = {v.test for v in run.verdicts if v.status == "failed"}
        calls = run.calls_of(mistake.exercise)
        wrong = {test: calls[test] for test in failed}
        right = {test: calls[test] for test in calls if test not in failed}
        said = fingerprints.explain(known, mistake.exercise, wrong, right)
        if not failed:
            found = "no visible test fails"
        elif said == mistake.explanation:
            found = "named"
        elif mistake.explanation in said:
            found = "one of two named"
        else:
            found = "another named" if said else "nothing said"
        counts[found] += 1
        if found != "named":
            missed.append((mistake.name, found))
    session.close()
    return counts, missed


def main():
    import tempfile

    chosen = [c for c in COURSE.chapters if not sys.argv[1:] or c.name in sys.argv[1:]]
    total = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for chapter in chosen:
            counts, missed = measure(chapter, Path(folder))
            total += counts
            print(f"{chapter.name:22}", dict(counts), flush=True)
            for name, found in missed:
                print(f"    {name}: {found}")
    print("all", dict(total), f"named: {total['named'] / total.total():.1%}")


if __name__ == "__main__":
    main()
