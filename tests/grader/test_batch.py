"""A whole class: nothing is lost, whatever ends, and nobody's mark depends on the others."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from grader import batch, course, digests, intake
from grader.apart import Hire
from grader.batch import Choice
from grader.bench import Settings
from grader.crew import Judges
from grader.errors import KataError
from grader.journal import Journal
from grader.judge import Judge
from grader.roster import Roster

ROOT = Path(__file__).parents[2]
ADD = "import numpy as np\n\n\ndef add(x, y):\n    return np.asarray(x) + np.asarray(y)\n\n\n"
TOTAL = (
    "def total(xs):\n    result = 0.0\n    for x in xs:\n        result = add(result, x)\n"
    "    return result\n"
)
CLASS = {
    "anna": ADD + TOTAL,
    "ben": ADD.replace("+", "-") + TOTAL,
    "carla": ADD.replace("return", "print(0); x =") + TOTAL,
    "dov": "import numpy as np\n\n\ndef add(x, y)\n    return x\n",
    "emil": ADD + "import os\n\n\ndef total(xs):\n    os._exit(3)\n",
    "frida": TOTAL,
}
POINTS = {"anna": 5, "ben": 3, "carla": 3, "dov": 0, "emil": 2, "frida": 3}
ASKED = ("add", "total")
SLOW = "import time\n\ntime.sleep(2)\n\n\ndef add(x, y):\n    return x\n"


@pytest.fixture(scope="module")
def hire(plain_course):
    return Hire(str(plain_course), 10.0, 0, False)


@pytest.fixture(scope="module")
def two(hire):
    with Judges(hire, 2) as judges:
        yield judges


@pytest.fixture(scope="module")
def alone(plain_course):
    """What each of the class gets when nothing else is marked."""
    with Judge(course.read(plain_course), Settings()) as judge:
        yield judge


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "class"
    folder.mkdir()
    for name, text in CLASS.items():
        (folder / f"{name}.py").write_text(text)
    return folder


class Watched:
    """A crew that keeps what it was asked to mark; `on` is called with each order before it is."""

    def __init__(self, crew, on=lambda order: None):
        self._crew, self._on = crew, on
        self.orders = []
        self.flying = self.most = 0

    def judges(self):
        return self._crew.judges()

    def machines(self):
        return self._crew.machines()

    def submit(self, order):
        self.orders.append(order)
        self._on(order)
        future = self._crew.submit(order)
        self.flying += 1
        self.most = max(self.most, self.flying)
        future.add_done_callback(lambda _: setattr(self, "flying", self.flying - 1))
        return future

    @property
    def names(self):
        return sorted(order.work.name.partition(".")[0] for order in self.orders)


def marked(folder, journal, crew, root, exercises=ASKED, turned=False, **options):
    """Mark a folder; returns the steps that were told of."""
    given, steps = course.read(root), []
    due = digests.of_exercises(given, exercises, 10.0)
    choice = Choice(batch.key(digests.of_all(due), 0, due), **options)
    handed_in = intake.from_paths([folder], given, Roster(), None)
    with Journal(journal, writing=True) as opened:
        made = batch.plan(opened, handed_in[::-1] if turned else handed_in, Roster(), choice)
        batch.run(made, opened, crew, steps.append)
    return steps


def results(journal):
    """The Result of each student, None where there is none."""
    with Journal(journal) as opened:
        return {mark.attempt.student: mark.result for mark in opened.marks()}


def check_against(judge, timeless, folder, found):
    """Hold results against what each submission gets when nothing else is marked."""
    assert sorted(found) == sorted(path.stem for path in folder.iterdir())
    for name, result in found.items():
        own = judge.grade(folder / f"{name}.py", ASKED, nothing_too=True)
        assert timeless(result) == timeless(own), name


def states(journal):
    with Journal(journal) as opened:
        return {mark.attempt.student: mark.state for mark in opened.marks()}


def test_a_class_is_marked_as_each_of_its_submissions_is(
    folder, tmp_path, two, plain_course, alone, timeless
):
    marked(folder, tmp_path / "class.db", two, plain_course)
    found = results(tmp_path / "class.db")
    check_against(alone, timeless, folder, found)
    assert {name: result.score for name, result in found.items()} == POINTS


def test_one_job_or_two_in_any_order_give_the_same(
    folder, tmp_path, two, hire, plain_course, timeless
):
    marked(folder, tmp_path / "two.db", two, plain_course, turned=True)
    with Judges(hire, 1) as one:
        marked(folder, tmp_path / "one.db", one, plain_course)
    first, second = results(tmp_path / "one.db"), results(tmp_path / "two.db")
    assert {n: timeless(r) for n, r in first.items()} == {n: timeless(r) for n, r in second.items()}


def test_run_again_it_marks_what_is_new(folder, tmp_path, two, plain_course):
    journal, again = tmp_path / "class.db", Watched(two)
    marked(folder, journal, two, plain_course)
    before = results(journal)
    (folder / "ben.py").write_text(CLASS["anna"])
    (folder / "gerd.py").write_text(CLASS["anna"])
    marked(folder, journal, again, plain_course)
    assert again.names == ["ben", "gerd"]
    assert results(journal)["anna"] == before["anna"]
    with Journal(journal) as opened:
        assert [mark.result.score for mark in opened.marks("ben")] == [3, 5]


def test_what_waits_for_a_judge_has_not_begun(folder, tmp_path, two, plain_course):
    steps = marked(folder, tmp_path / "class.db", two, plain_course)
    open_ = []
    for step in steps:
        if step.state == "begun":
            open_.append(step.student)
            assert len(open_) <= two.judges(), "more are at work than there are judges"
        else:
            open_.remove(step.student)
    assert not open_


def test_all_is_marked_anew_when_that_is_asked_for(folder, tmp_path, two, plain_course, timeless):
    journal, again = tmp_path / "class.db", Watched(two)
    marked(folder, journal, two, plain_course)
    before = results(journal)
    marked(folder, journal, again, plain_course, regrade=True)
    assert again.names == sorted(CLASS)
    after = results(journal)
    assert {n: timeless(r) for n, r in before.items()} == {n: timeless(r) for n, r in after.items()}


def test_an_old_attempt_handed_in_again_is_not_marked_again(folder, tmp_path, two, plain_course):
    journal, third = tmp_path / "class.db", Watched(two)
    for text in (CLASS["anna"], CLASS["ben"]):
        (folder / "ben.py").write_text(text)
        marked(folder, journal, two, plain_course)
    (folder / "ben.py").write_text(CLASS["anna"])
    marked(folder, journal, third, plain_course)
    assert third.orders == []
    with Journal(journal) as opened:
        assert [mark.result.score for mark in opened.marks("ben")] == [5, 3, 5]


def test_a_part_of_what_is_marked_already_is_not_marked_again(folder, tmp_path, two, plain_course):
    journal, again = tmp_path / "class.db", Watched(two)
    marked(folder, journal, two, plain_course)
    marked(folder, journal, again, plain_course, ["add"])
    assert again.orders == []
    scores = {name: [e.id for e in result.exercises] for name, result in results(journal).items()}
    assert scores == {name: ["add"] for name in CLASS}


def test_a_changed_test_marks_the_exercises_it_touches(folder, tmp_path, plain_course, timeless):
    root, journal = tmp_path / "course", tmp_path / "class.db"
    shutil.copytree(plain_course, root)
    hire = Hire(str(root), 10.0, 0, False)
    with Judges(hire, 1) as crew:
        marked(folder, journal, crew, root)
    tests = root / "tests/hidden/test_sums.py"
    tests.write_text(tests.read_text().replace("size=20", "size=30"))
    with Judges(hire, 1) as crew, Judge(course.read(root), Settings()) as judge:
        again = Watched(crew)
        marked(folder, journal, again, root)
        assert {order.exercises for order in again.orders} == {("total",)}
        check_against(judge, timeless, folder, results(journal))


def test_races_come_last_and_one_at_a_time(tmp_path, judge, timeless):
    folder, text = tmp_path / "class", "def dense_vectorized(X, W, b):\n"
    text = "import numpy as np\nfrom grader.given import sigmoid\n\n\n" + text
    text += "    X, W, b = (np.asarray(a, float) for a in (X, W, b))\n"
    fast = text + "    return sigmoid(X @ W + b)\n"
    slow = text + (
        "    return np.stack([sigmoid(X @ W[:, j] + b[j]) for j in range(len(b))], axis=1)\n"
    )
    folder.mkdir()
    for name, code in {"fast": fast, "slow": slow, "wrong": fast.replace(" + b", "")}.items():
        (folder / f"{name}.py").write_text(code)
    with Judges(Hire(str(ROOT), 10.0, 0, False), 2) as two:
        crew = Watched(two)
        steps = marked(folder, tmp_path / "class.db", crew, ROOT, ["dense_vectorized"])
    kinds = [order.result is not None for order in crew.orders]
    assert kinds == [False, False, False, True, True]
    assert [s.state for s in steps].index("unraced") < len(steps) - 1
    found = results(tmp_path / "class.db")
    scores = {name: result.score for name, result in found.items()}
    assert scores == {"fast": 2, "slow": 0, "wrong": 0}
    for name in ("fast", "wrong"):
        own = judge.grade(folder / f"{name}.py", ["dense_vectorized"])
        assert timeless(found[name]) == timeless(own), name


def killing(judges, names, times):
    """Have the judge killed, some times, that marks the work of one of these names."""
    left = [times]

    def on(order):
        if order.work.name.partition(".")[0] in names and left[0]:
            left[0] -= 1
            threading.Thread(target=kill, daemon=True).start()

    def kill():
        before = {judge.pid for judge in judges._all if judge.pid}
        deadline = time.monotonic() + 60
        while not before and time.monotonic() < deadline:
            time.sleep(0.01)
            before = {judge.pid for judge in judges._all if judge.pid}
        time.sleep(1)  # the work of `slow` takes longer
        for pid in before:
            os.kill(pid, signal.SIGKILL)

    return on


def test_a_judge_that_is_killed_costs_nobody_a_mark(folder, tmp_path, hire, plain_course):
    (folder / "slow.py").write_text(SLOW)
    journal = tmp_path / "class.db"
    with Judges(hire, 1) as judges:
        watched = Watched(judges, killing(judges, {"slow"}, 1))
        marked(folder, journal, watched, plain_course)
    assert watched.names.count("slow") == 2
    assert set(states(journal).values()) == {"marked"}


def test_what_kills_its_judge_twice_is_left_alone(folder, tmp_path, hire, plain_course):
    (folder / "slow.py").write_text(SLOW)
    journal = tmp_path / "class.db"
    with Judges(hire, 1) as judges:
        marked(folder, journal, Watched(judges, killing(judges, {"slow"}, 2)), plain_course)
        found = states(journal)
        assert found.pop("slow") == "quarantined"
        assert set(found.values()) == {"marked"}
        again = Watched(judges)
        marked(folder, journal, again, plain_course)
        assert again.orders == []
        marked(folder, journal, again, plain_course, retry=True)
    assert again.names == ["slow"]
    assert states(journal)["slow"] == "marked"


def test_what_brings_every_batch_down_is_left_alone(folder, tmp_path, two, plain_course):
    """It is marked with others, then twice alone: the first time may have been no fault of its."""
    journal, crews = tmp_path / "class.db", []

    def pulled(order):
        if order.work.name == "emil.py":
            raise SystemExit

    for _ in range(4):
        crews.append(Watched(two, pulled))
        with contextlib.suppress(SystemExit), contextlib.ExitStack() as stack:
            stack.enter_context(pytest.MonkeyPatch.context()).setattr(
                Journal, "forget", lambda self, mark: None
            )  # as if nothing had been left that could tidy up
            marked(folder, journal, crews[-1], plain_course)
    assert [crew.names.count("emil") for crew in crews] == [1, 1, 1, 0]
    found = states(journal)
    assert found.pop("emil") == "quarantined"
    assert set(found.values()) == {"marked"}
    again = Watched(two)
    marked(folder, journal, again, plain_course, retry=True)
    assert again.names == ["emil"]
    assert states(journal)["emil"] == "marked"


def kata(*words, **options):
    return subprocess.Popen(
        [sys.executable, "-m", "grader", *map(str, words)],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        **options,
    )


def batch_of(folder, journal, root, *options, **more):
    names = [word for name in ASKED for word in ("--exercise", name)]
    where = ("--journal", journal, "--course", root, "--jobs", 1)
    return kata("batch", folder, *where, *names, *options, **more)


def heed_ctrl_c():
    """Take SIGINT as at a terminal: what a shell starts in the background is told to ignore it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def wait_for_marks(journal, count):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with contextlib.suppress(KataError), Journal(journal) as opened:  # it may be on its way
            if len(opened.marks()) >= count:
                return
        time.sleep(0.05)
    raise AssertionError(f"not {count} marks in 60 s")


def judges_of(process):
    """The processes that a batch has started, by what they run."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes()
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, IndexError):
                continue
            if b"grader.apart" in command and parent == process.pid:
                found.append(int(entry.name))
    return found


def test_a_batch_that_is_killed_goes_on_where_it_was(
    folder, tmp_path, plain_course, timeless, alone
):
    journal = tmp_path / "class.db"
    killed = batch_of(folder, journal, plain_course)
    wait_for_marks(journal, 2)
    judges = judges_of(killed)
    killed.kill()
    killed.communicate()
    deadline = time.monotonic() + 10
    while any(Path(f"/proc/{pid}").exists() for pid in judges) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert judges
    assert not any(Path(f"/proc/{pid}").exists() for pid in judges), (
        "a judge has outlived its batch"
    )
    second = batch_of(folder, journal, plain_course)
    told, _ = second.communicate(timeout=120)
    assert second.returncode == 0, told
    assert int(re.search(r"(\d+) to mark", told)[1]) <= len(CLASS) - 2
    check_against(alone, timeless, folder, results(journal))


def test_ctrl_c_says_how_to_go_on(folder, tmp_path, plain_course):
    journal = tmp_path / "class.db"
    stopped = batch_of(folder, journal, plain_course, preexec_fn=heed_ctrl_c)
    wait_for_marks(journal, 1)
    stopped.send_signal(signal.SIGINT)
    told, _ = stopped.communicate(timeout=60)
    assert stopped.returncode == 130, told
    assert re.search(r"stopped: \d+ of 6 marked", told)
    assert f"to go on: kata batch {folder} --journal {journal} --course" in told
    assert "Traceback" not in told
    second = batch_of(folder, journal, plain_course)
    told, _ = second.communicate(timeout=120)
    assert second.returncode == 0, told


def test_two_batches_on_one_journal(folder, tmp_path, plain_course):
    journal = tmp_path / "class.db"
    with Journal(journal, writing=True):
        second = batch_of(folder, journal, plain_course)
        told, _ = second.communicate(timeout=60)
    assert second.returncode == 2
    assert told == f"kata: {journal}: another batch is writing to it; wait for its end\n"


def test_work_that_cannot_be_read_is_said_and_the_rest_marked(folder, tmp_path, plain_course):
    (folder / "zoe.zip").write_bytes(b"no zip")
    (folder / "yan.py").write_text("print('nothing to see')\n")
    process = batch_of(folder, tmp_path / "class.db", plain_course)
    told, _ = process.communicate(timeout=120)
    assert process.returncode == 2
    assert "zoe: refused:" in told
    assert "7 of 7 marked" in told
    found = states(tmp_path / "class.db")
    assert found.pop("zoe") == "refused"
    assert set(found.values()) == {"marked"}
    yan = results(tmp_path / "class.db")["yan"]
    assert [(e.status, e.score) for e in yan.exercises] == [("missing", 0), ("missing", 0)]


def test_a_list_on_standard_input(folder, tmp_path, plain_course):
    lines = f"{folder / 'anna.py'}\nsomebody\t{folder / 'ben.py'}\n"
    process = batch_of("-", tmp_path / "class.db", plain_course, stdin=subprocess.PIPE)
    told, _ = process.communicate(lines, timeout=120)
    assert process.returncode == 0, told
    scores = {name: result.score for name, result in results(tmp_path / "class.db").items()}
    assert scores == {"anna": 5, "somebody": 3}
    shown, _ = kata("results", "somebody", "--journal", tmp_path / "class.db").communicate()
    assert "3 of 5" in shown
    assert "You subtract" in shown
    figures, _ = kata(
        "stats", "--journal", tmp_path / "class.db", "--course", plain_course
    ).communicate()
    assert "2 students, 2 with a result" in figures
    asked, _ = kata("results", "sombody", "--journal", tmp_path / "class.db").communicate()
    assert asked.endswith("there is no student 'sombody'; did you mean somebody?\n")


def test_a_cluster_without_dask_says_what_to_install(folder, tmp_path, plain_course):
    code = "import sys; sys.modules['distributed'] = None; from grader.cli import main; main()"
    words = ["batch", folder, "--journal", tmp_path / "class.db", "--course", plain_course]
    words += ["--scheduler", "tcp://127.0.0.1:1"]
    command = [sys.executable, "-c", code, *map(str, words)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2
    last = done.stderr.splitlines()[-1]
    assert last == "kata: --scheduler: Dask is missing; pip install 'tensorkata[cluster]'"
