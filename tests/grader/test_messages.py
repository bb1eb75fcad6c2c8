"""What a learner reads about every mistake of the course: golden files, a chapter each.

Each entry is what `pytest exercises/` prints under the board about the first visible test that
fails; of a mistake that only hidden tests see, it is what `kata grade` tells. Read what has changed
in them as the learner would. By default some mistakes of each chapter are tried, chosen by their
names; all of them with --all-mistakes. With --rewrite-golden the files are written anew, which
takes a quarter of an hour on one processor; -n 2 and -k ch03 work as ever.

Numbers may be off by RTOL: they come from sums in an order that a processor chooses. Line numbers
are left out, since what stands in `mistakes.py` has others in a learner's file.
"""

import contextlib
import difflib
import math
import re
import zlib
from pathlib import Path

import pytest

from grader import course, diagnose, files, inprocess, session, source, verdict
from grader.here import Here
from grader.learner import Budget, Learner
from grader.run import Run

COURSE = course.read(Path(__file__).parents[2])
MESSAGES = Path(__file__).parent / "messages"
CHAPTERS = [pytest.param(chapter, id=chapter.name) for chapter in COURSE.chapters]
SAMPLE = 24
"""One in so many mistakes is tried by default."""

NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.])")
RTOL = 1e-2
"""How far the numbers of a message may be from the golden ones, on another machine."""

LARGEST = 300_000
INTERNALS = re.compile(
    r"Traceback|conftest|_pytest|site-packages|tensorflow[./]python|\b0x[0-9a-f]{4}|^E   |<locals>"
    r"|mistakes\.py|INTERNALERROR|function_node|NodeDef|\[Op:|EagerTensor|ResourceVariable",
    re.MULTILINE,
)
"""What is nothing to a learner."""


class Mistaken:
    """The bench of a learner who made one mistake; the rest of the file is right."""

    supplies = True  # of what is needed nothing is wrong, and the diagnosis comes at the end

    def __init__(self, chapter, mistake, names):
        self._chapter, self._names = chapter, names | mistake.names
        solution = source.parse(COURSE.solution(chapter).read_text("utf-8"), "")
        self._parameters = {n: d.parameters for n, d in source.definitions(solution).items()}

    def tells_all(self, exercise):
        return True

    def untouched(self, exercise):
        return False

    def gpus(self, exercise):
        return ()

    def rivals(self, exercise):
        return {}

    def learner(self, exercise, test_file, wrong, seed):
        file, label = COURSE.mistakes(self._chapter), f"exercises/{self._chapter.name}/"
        side = Here(lambda: self._names, str(file), f"{label}{self._chapter.module}.py")
        budget = Budget(math.inf)
        return Learner(side, self._chapter.module, self._parameters, budget, exercise, seed)


def mistakes_of(chapter):
    return diagnose.read(COURSE.mistakes(chapter), [e.name for e in chapter.exercises])


def is_in_the_sample(mistake):
    return zlib.crc32(mistake.name.encode()) % SAMPLE == 0


def messages(chapter, mistakes):
    """What learners are told who make these mistakes, by the name of the mistake."""
    names = [e.name for e in chapter.exercises]
    path = COURSE.solution(chapter)
    right = vars(inprocess.load(path, inprocess.shown(path)))
    with contextlib.closing(session.Session(COURSE, names, 0)) as tests:
        return {m.name: message(tests, Mistaken(chapter, m, right), m) for m in mistakes}


def message(tests, bench, mistake):
    """What a learner is told who makes a mistake, line numbers left out."""
    for visible_only in (True, False):
        run = Run(COURSE, bench, races=False)
        verdicts = tests.run(run, frozenset({mistake.exercise}), visible_only=visible_only)
        failed = next((v for v in verdicts if v.status == "failed"), None)
        if failed:
            lines = verdict.advice(failed)
            if failed.visibility == "hidden":
                lines = ["(hidden test)", failed.shown, failed.diagnosis]
            text = re.sub(r"(\.py):\d+", r"\1:…", "\n".join(lines))
            return text.replace("<_", "<")  # a class of mistakes.py that is no mistake itself
    return "(no test sees it)"


def told(found):
    """The text of a golden file."""
    return "".join(f"== {name}\n{text}\n\n" for name, text in found.items())


def golden(chapter):
    """The messages of a golden file, by mistake."""
    text = (MESSAGES / f"{chapter.name}.txt").read_text("utf-8")
    parts = (part.partition("\n") for part in re.split("^== ", text, flags=re.MULTILINE)[1:])
    return {name: said.strip() for name, _, said in parts}


def alike(one, other):
    """Whether two messages are the same but for the last digits of their numbers."""
    if NUMBER.sub("#", one) != NUMBER.sub("#", other):
        return False
    pairs = zip(NUMBER.findall(one), NUMBER.findall(other), strict=True)
    return all(math.isclose(float(a), float(b), rel_tol=RTOL, abs_tol=1e-9) for a, b in pairs)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_mistake_is_told_as_it_was_read_and_approved(request, chapter):
    option = request.config.option
    everything = option.all_mistakes or option.rewrite_golden
    asked = [m for m in mistakes_of(chapter) if everything or is_in_the_sample(m)]
    found = messages(chapter, asked)
    if option.rewrite_golden:
        MESSAGES.mkdir(exist_ok=True)
        files.write(MESSAGES / f"{chapter.name}.txt", told(found))
    known = golden(chapter)
    other = [name for name, text in found.items() if not alike(known.get(name, ""), text)]
    shown = [
        "\n".join(difflib.ndiff(known.get(name, "").split("\n"), found[name].split("\n")))
        for name in other
    ]
    assert not other, "\n\n".join(["told anew; look, then --rewrite-golden:", *shown])


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_mistake_has_its_message_and_no_other_has(chapter):
    assert [*golden(chapter)] == [mistake.name for mistake in mistakes_of(chapter)]
    assert (MESSAGES / f"{chapter.name}.txt").stat().st_size < LARGEST


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_message_says_how_to_see_it_again_and_shows_nothing_of_the_machinery(chapter):
    for name, text in golden(chapter).items():
        assert not INTERNALS.search(text), name
        assert "again: pytest exercises/" in text or text.startswith("(hidden test)"), name


def test_messages_are_alike_when_only_the_last_digits_differ():
    said = "f(x (3,)) gave 2 of 3 values, yours 0.12345, expected 1e-08"
    assert alike(said, said.replace("0.12345", "0.12346"))
    assert not alike(said, said.replace("0.12345", "0.13"))
    assert not alike(said, said.replace("(3,)", "(4,)"))
    assert not alike(said, said.replace("2 of 3", "1 of 3"))
