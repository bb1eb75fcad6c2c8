"""Does a judge grow? The same judge marks a class over and over; its memory is told on the way.

Run by hand: `python tests/bench/memory.py --submissions 10000`. What counts is what the judge and
the processes that its workers come from hold of their own, in MB. Submissions whose calls do not
end are left out: they only take time.
"""

import argparse
import os
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path

import population

from grader import course, memory
from grader.bench import Settings
from grader.judge import Judge

ROOT = Path(__file__).parents[2]
EXERCISES = ("sigmoid", "dense")
SIZE = 1000
"""How many submissions there are before they come again."""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--submissions", type=int, default=10_000)
    asked = parser.parse_args()
    print("| submissions | MB of the judge | MB with its zygotes | s |")
    print("| --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder, Judge(course.read(ROOT), Settings()) as judge:
        population.write(Path(folder), SIZE)
        ending = [
            path
            for path in sorted(Path(folder).iterdir())
            if not any(hang in path.read_text() for hang in population.HANGS)
        ]
        started = time.monotonic()
        for number, path in enumerate(islice(cycle(ending), asked.submissions), 1):
            judge.grade(path, EXERCISES, races=False, nothing_too=True)
            if number in (1, 100) or number % SIZE == 0:
                own, whole = (f"{size:.0f}" for size in held())
                print(
                    f"| {number} | {own} | {whole} | {time.monotonic() - started:.0f} |", flush=True
                )


def held():
    """MB that this process holds, and it with all below it."""
    return memory.own(os.getpid()) / 1e6, memory.used(os.getpid()) / 1e6


if __name__ == "__main__":
    main()
