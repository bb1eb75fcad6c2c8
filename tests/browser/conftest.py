"""A class to look at, and Debian's chromium to look at it with, cut off from any network."""

import os
import random
import shutil
from pathlib import Path

import pytest

from grader import course as courses
from grader.alike import Pair
from grader.journal import Attempt, Key, Mark
from grader.report.gradebook import Gradebook
from grader.result import ExerciseResult, Isolation, Outcome, Result, SubmissionId
from grader.speed import Figures, Speed

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

NAMES = (
    "Ada Lovelace",
    "ada lovelace",
    "<img src=x onerror=document.title='owned'>",
    "<script>document.title='owned'</script>",
    "Zoë Ångström-O’Neill",
    "김민지",
    "山田 太郎",
    "Анна Ахматова",
    "ليلى حداد",
    "evil\u202egnp.exe",
    "../../etc/passwd",
    "con",
    "\"quoted\" & 'so on'",
    "long " * 59 + "name",
    "👩🏽‍🔬 lab",
)
FIRST = ("Maya", "Noah", "Ines", "Priya", "Omar", "Lucía", "Tomás", "Freya", "Kofi", "Wei", "Sora")
LAST = ("Okafor", "Berg", "Tanaka", "Silva", "Novak", "Haddad", "Kim", "Rossi", "Weber", "Iyer")

CODE = '''\
"""Work of a learner's; <b>not markup</b>."""

import numpy as np


def weighted_sum(x, w, b):
    # the bias is added to every product </script><script>document.title="owned"</script>
    total = 0.0
    for one, weight in zip(x, w):
        total += one * weight + b
    return total


def step(z):
    return np.where(z > 0, 1, 0)


def sigmoid(z):
    """One over one plus e to the minus z."""
    return 1 / (1 + np.exp(-z["all"]))
'''

DIAGNOSES = (
    "The bias is added once for every input; it belongs to the sum, and only once.",
    "At exactly 0 the answer is 0, where 1 is due: the threshold itself counts.",
    "The sum runs over the units and not over the examples: axis=0 is meant.",
    "The derivative is that of the sigmoid at z, and z is what you were given, not σ(z).",
)


@pytest.fixture(scope="session")
def course():
    return courses.read(ROOT)


@pytest.fixture(scope="session")
def a_class(course):
    """Make a class of so many students: `a_class(60)`; the first ones have the hardest names."""

    def make(size, *, audience="instructor", names=NAMES):
        draw = random.Random(7)
        marks = [mark(course, student(n, names, draw), n, draw) for n in range(size)]
        known = [m.attempt.student for m in marks]
        files = {name: {"neuron.py": CODE} for name in known[:200]}
        alike = (Pair(known[3], known[5], 0.93), Pair(known[0], known[7], 0.71))
        return Gradebook(course, tuple(marks), audience, files, alike if size > 8 else ())

    return make


def student(number, names, draw):
    if number < len(names):
        return names[number]
    return f"{draw.choice(FIRST)} {draw.choice(LAST)} {number}"


def mark(course, name, number, draw):
    late = 2.0 if number % 11 == 5 else 0.0
    attempt = Attempt(
        number, name, 1 + number % 3, f"{name}.zip", f"sha256:{number:064x}", late, 0.1
    )
    key = Key("sha256:c0ffee", 20, "0.1.0", {})
    if number % 29 == 12:
        text = "neuron.py:3: byte 0xe9 is not UTF-8; save it so"
        return Mark(number, attempt, key, "refused", text, 0, None)
    if number % 41 == 13:
        text = "2 judges were lost while they marked it: <b>the judge was killed</b>"
        return Mark(number, attempt, key, "quarantined", text, 2, None)
    return Mark(number, attempt, key, "marked", "", 0, result(course, name, number, draw))


def result(course, name, number, draw):
    skill = 1.05 if number % 17 == 4 else draw.betavariate(3.2, 1.3)
    reach = len(course.exercises) * min(1, draw.betavariate(5, 1.1) + 0.1)
    exercises = tuple(
        exercise(course, each, place, skill, place > reach and skill <= 1, draw)
        for place, each in enumerate(course.exercises.values())
    )
    notes = [f"{e.id}: speed inconclusive, {s.words}" for e in exercises for s in open_races(e)]
    if number % 19 == 3:
        notes.append("Refused: neuron.py:4 asked for the network (socket.connect)")
    counted = [e for e in exercises if e.status != "not_run"]
    return Result(
        SubmissionId(f"{name}.zip", f"sha256:{number:064x}"),
        sum(e.score for e in counted),
        sum(e.max_score for e in counted),
        Isolation("full", ("namespaces", "landlock", "seccomp", "rlimits")),
        20,
        round(draw.lognormvariate(1.4, 0.4), 2),
        exercises,
        tuple(notes),
    )


def open_races(exercise):
    return [t.speed for t in exercise.tests if t.speed and t.speed.decision == "inconclusive"]


def exercise(course, task, place, skill, left, draw):
    name, chapter = task.name, course.chapter_of(task.name).name
    if task.name.endswith("_gpu"):
        tests = (outcome("test_on_the_gpu", "not_run", "hidden", "not run: no GPU visible"),)
        return ExerciseResult(name, chapter, 0, task.points, "not_run", tests)
    if left:
        tests = (outcome("test_an_example", "todo", "visible", f"{name} is still to do"),)
        return ExerciseResult(name, chapter, 0, task.points, "todo", tests)
    right = draw.random() < skill - 0.25 * (place % 7 == 3)
    if right and not (task.gates and draw.random() < 0.2):
        tests = [
            outcome("test_an_example", "passed"),
            outcome("test_property[#1]", "passed", "hidden"),
        ]
        if task.gates:
            tests.append(
                gate(task, "inconclusive" if draw.random() < 0.06 else "fast enough", draw)
            )
        return ExerciseResult(name, chapter, task.points, task.points, "passed", tuple(tests))
    if task.gates:
        tests = (outcome("test_an_example", "passed"), gate(task, "too slow", draw))
    else:
        tests = failed(name, place, draw)
    supplied = tuple(task.needs[:2]) if place % 5 == 2 else ()
    return ExerciseResult(name, chapter, 0, task.points, "failed", tests, "", supplied)


def failed(name, place, draw):
    told = draw.choice([*DIAGNOSES[:2], *DIAGNOSES]) if draw.random() < 0.7 else ""
    if name == "sigmoid":
        said = (
            "sigmoid(z (4,)) raised IndexError: only integers, slices and <b>so on</b> are valid\n"
            'neuron.py:20  return 1 / (1 + np.exp(-z["all"]))'
        )
    else:
        said = (
            f"{name}(x (5,), w (5,), b) gave the right shape (), but the value is wrong\n"
            "yours 3.4061, expected 1.2061"
        )
    return (
        outcome("test_a_single_input", "passed"),
        outcome("test_an_example_by_hand", "failed", "visible", said, told),
        outcome(
            "test_agrees_with_keras[#2]",
            "failed",
            "hidden",
            f"{name} gave wrong values: it agrees with Keras",
        ),
        outcome("test_of_nothing", "failed", "hidden", "")
        if place % 3
        else outcome("test_b", "passed"),
    )


def outcome(name, status, visibility="visible", message="", diagnosis="", speed=None):
    return Outcome(name, status, message, diagnosis, 0.0123, visibility, speed)


def gate(task, decision, draw):
    rule = task.gates[0]
    factor = {"fast enough": 6, "inconclusive": 1.02, "too slow": 0.3}[decision]
    faster = rule.over * factor * draw.lognormvariate(0, 0.4)
    slower = {"fast enough": 1.2, "inconclusive": 3, "too slow": 31}[decision]
    loop = 0.05
    figures = tuple(
        Figures(size, loop / faster, loop, loop / faster / slower, faster, slower)
        for size in rule.sizes
    )
    words = {
        "fast enough": f"fast enough: {faster:.0f} times as fast as the loop",
        "inconclusive": f"this machine is too busy to tell: {faster:.1f} times as fast as the loop",
        "too slow": f"too slow: {faster:.1f} times as fast as the loop; there is a loop over them",
    }[decision]
    speed = Speed(decision, words, rule.axes, figures, (faster, faster, faster), (slower,) * 3, 9)
    status = "failed" if decision == "too slow" else "passed"
    said = words if status == "failed" else ""
    return outcome("test_no_loop_in_the_layer", status, "visible", said, "", speed)


@pytest.fixture(scope="session")
def browser():
    """A browser without a network; skipped, with the reason, where there is none."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("no chromium: apt-get install chromium")
    with api.sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=CHROMIUM, args=[*ARGUMENTS], timeout=120_000
        )
        yield found
        found.close()


class Visit:
    """A page that is open, and all that went wrong or out of it while it was."""

    def __init__(self, browser, **options):
        self.context = browser.new_context(offline=True, **options)
        self.page = self.context.new_page()
        self.page.set_default_timeout(20_000)
        self.complaints, self.requests = [], []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))


@pytest.fixture
def visit(browser):
    """Open a file: `visit(path).page`; the page may not complain, nor ask for anything else."""
    visits = []

    def open_(path, **options):
        visits.append(Visit(browser, **options))
        visits[-1].page.goto(Path(path).as_uri())
        return visits[-1]

    yield open_
    for each in visits:
        each.context.close()
        assert each.complaints == []
        assert [url for url in each.requests if not url.startswith("file:")] == []


@pytest.fixture(scope="session")
def shots(tmp_path_factory):
    """Where screenshots go: the folder that KATA_SHOTS names, else a temporary one."""
    named = os.environ.get("KATA_SHOTS")
    folder = Path(named) if named else tmp_path_factory.mktemp("shots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
