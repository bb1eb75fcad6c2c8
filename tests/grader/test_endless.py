"""A loop that does not end: plain pytest says so, in which line it was, and goes on."""

import time

import pytest

from grader import endless
from grader.endless import Endless, Watch

HERE = __file__


@pytest.fixture
def learn(small_course, learners_pytest):
    """Write `add`, run pytest in the course with a limit, and give what is printed."""

    def learn(body, *options, above="", limit=0.5, typed=""):
        path = small_course / "exercises/ch01_sums/sums.py"
        stub = '    raise NotImplementedError("add is still to do")\n'
        text = path.read_text("utf-8")
        assert stub in text
        path.write_text(above + text.replace(stub, body), "utf-8")
        asked = ["exercises/", "-p", "no:cacheprovider", "-k", "add", f"--kata-timeout={limit}"]
        done = learners_pytest(small_course, *asked, *options, typed=typed)
        return " ".join(f"{done.stdout}\n{done.stderr}".split())

    return learn


@pytest.mark.parametrize(
    "body",
    [
        "    while True:\n        x += 1\n",
        "    while True:\n        x = np.add(x, 1.0)\n",
        "    while True:\n        try:\n            np.add(x, y)\n        except Exception:\n"
        "            x = y\n",
    ],
)
def test_a_call_that_does_not_end_is_ended_and_the_line_shown(learn, body):
    told = learn(body)
    assert "add was stopped after 0.5 s: is there a loop that does not end?" in told
    assert "exercises/ch01_sums/sums.py:" in told
    assert "Traceback" not in told
    assert "INTERNALERROR" not in told


def test_it_costs_its_limit_once(learn):
    told = learn("    while True:\n        pass\n", "-rf")
    assert "add was stopped after 0.5 s; its other tests were not tried" in told


def test_a_file_whose_import_does_not_end(learn):
    told = learn("    return x + y\n", above="n = 1\nwhile n:\n    n += 1\n")
    assert "importing it was stopped after 0.5 s: is there a loop that does not end?" in told


def test_a_call_may_take_up_to_its_limit(learn):
    told = learn("    import time\n    time.sleep(0.2)\n    return np.add(x, y)\n", limit=5)
    assert "✔ add" in told


def test_it_can_be_switched_off(learn):
    told = learn("    import time\n    time.sleep(0.7)\n    return np.add(x, y)\n", limit=0)
    assert "✔ add" in told


def test_a_person_in_a_debugger_may_take_their_time(learn):
    body = "    if y == 1:\n        breakpoint()\n    return np.add(x, y)\n"
    thinking = "import time; time.sleep(1.2)\ncontinue\n"
    told = learn(body, "-k", "two_numbers", limit=0.5, typed=thinking)
    assert "(Pdb)" in told
    assert "✔ add" in told


# The watch itself


def spin(seconds):
    """Work in Python for so long."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass


def test_what_is_over_in_time_is_left_alone():
    watch = Watch(1.0)
    for _ in range(4):
        with watch.over(HERE):
            spin(0.3)
    spin(1.0)  # nobody watches here


def test_code_that_catches_everything_once_is_ended_all_the_same():
    caught = []

    def stubborn():
        try:
            spin(20)
        except BaseException as error:
            caught.append(error)
        spin(20)

    watch = Watch(0.3)
    with pytest.raises(Endless, match=r"was stopped after 0\.3 s"), watch.over(HERE):
        stubborn()
    assert len(caught) == 1


def test_what_an_import_takes_does_not_count(tmp_path, monkeypatch):
    (tmp_path / "slowly.py").write_text("import time\ntime.sleep(1.2)\n")
    monkeypatch.syspath_prepend(tmp_path)
    with Watch(0.5).over(HERE):
        import slowly  # noqa: F401


def test_nothing_arrives_after_the_call(monkeypatch):
    raised = []
    real = endless._raise_in
    monkeypatch.setattr(endless, "_raise_in", lambda *a: (raised.append(a[1]), real(*a)))
    watch = Watch(0.1)
    with pytest.raises(Endless), watch.over(HERE):
        spin(20)
    spin(0.6)  # would be hit
    assert raised[-1] is None
