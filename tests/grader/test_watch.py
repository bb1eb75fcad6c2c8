"""`kata watch` in a real terminal: what a save, a key, and a mistake bring onto the screen."""

import asyncio
import io
import time

import pytest
from rich.console import Console

from grader import course
from grader.board import Glyphs
from grader.practice.desk import Desk
from grader.practice.saves import saves
from grader.practice.screen import View, page

SUMS = "exercises/ch01_sums/sums.py"


@pytest.fixture
def watching(small_course, terminal):
    return lambda: terminal(small_course, "watch", "--timeout", "3")


@pytest.fixture
def save(small_course):
    """Save the module with a line in the place of another."""
    path = small_course / SUMS

    def save(old, new):
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")

    return save


def stub(name):
    return f'raise NotImplementedError("{name} is still to do")'


def test_from_the_first_stub_to_the_last(watching, save):
    screen = watching()
    screen.until("Write it: the docstring says what is asked for.")
    save(stub("add"), "return x - y")
    seen = screen.until("You subtract: write + where there is a -.")
    assert "✘ add   test_two_numbers" in seen
    assert "yours 2, expected 4" in seen
    screen.press("h")
    screen.until("hint 1")
    screen.press("h")
    assert "Python can do it." in screen.until("There is a sign for it.")
    save("return x - y", "return np.add(x, y)")
    seen = screen.until("total   exercises/ch01_sums/sums.py:11")
    assert "✔ add is right." in seen
    assert "the reference" in seen
    assert "return np.asarray(x) + np.asarray(y)" in seen
    screen.press("n")
    screen.until("Counter   exercises")
    screen.press("s")
    screen.until("Counter: has no picture")
    save(stub("total"), "while True: pass")
    screen.until("total was stopped after 3 s")
    save("while True: pass", "return sum(xs)")
    screen.until("✔ total is right.")
    save(stub("up"), "self.count += by; return self.count")
    screen.until("All done: every exercise here is right.")
    screen.press("b")
    screen.until("3/3")
    screen.press("q")
    assert screen.ended() == 0, screen.rest()


def test_ctrl_c_ends_it_and_leaves_the_terminal_as_it_was(watching):
    screen = watching()
    screen.until("q quit")
    screen.press("\x03")
    assert screen.ended() == 0, screen.rest()


def test_a_newer_save_ends_the_run_of_an_older_one(watching, save):
    screen = watching()
    screen.until("Write it")
    save(stub("add"), "import time; time.sleep(2.5)")
    time.sleep(1)
    save("import time; time.sleep(2.5)", "return x * y")
    assert "None" not in screen.until("You multiply: write + where there is a *.")


def test_a_save_that_changes_nothing_while_tests_run_has_them_run_again(
    watching, save, small_course
):
    """They may have read half of it."""
    screen = watching()
    screen.until("Write it")
    save(stub("add"), "import time; time.sleep(0.5); return x + y")
    time.sleep(1)
    save(stub("up"), f"{stub('up')}  # later")
    screen.until("✔ add is right.")
    screen.press("q")
    assert screen.ended() == 0, screen.rest()
    assert "add" not in Desk.of(course.read(small_course)).stale()


@pytest.mark.parametrize("events", [True, False])
def test_saves_are_seen_where_the_file_system_tells_none_too(tmp_path, events):
    """As in containers and on network drives; what is no Python, nobody is told of."""

    async def seen():
        saved = asyncio.Event()
        watching = asyncio.create_task(saves(tmp_path, saved.set, events=events))
        await asyncio.sleep(1)
        (tmp_path / "notes.txt").write_text("nothing")
        await asyncio.sleep(1)
        assert not saved.is_set()
        (tmp_path / "sums.py").write_text("x = 1")
        await asyncio.wait_for(saved.wait(), 10)
        watching.cancel()

    asyncio.run(seen())


def test_a_screen_fits_eighty_columns(small_course, monkeypatch):
    monkeypatch.chdir(small_course)
    given = course.read(small_course)
    view = View(given, dict.fromkeys(given.exercises, "todo"), [], "add", hints=("a nudge " * 20,))
    console = Console(width=80, record=True, file=io.StringIO())
    console.print(page(view, Glyphs(), 80))
    lines = console.export_text().splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[-1].startswith("n next   h hint   s picture")
