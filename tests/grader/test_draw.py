"""Pictures by a learner's own functions: `kata draw`, and what stands in the way of one."""

import re
import sys
import warnings

import matplotlib
import numpy as np
import pytest
from matplotlib import pyplot
from matplotlib.image import imread

from grader import cli, draw
from grader import course as courses
from grader.errors import CourseError

PNG = b"\x89PNG\r\n"

FIGURES = '''
"""Pictures of sums."""

import numpy as np

from grader.draw import BLUE, figure


@figure("add")
def a_line(learner, canvas):
    """What your add makes of x and 1"""
    x = np.arange(5.0)
    canvas.subplots().plot(x, learner.add(x, 1), color=BLUE)


@figure("total", "add")
def a_staircase(learner, canvas):
    """Your totals, term by term"""
    totals = [float(learner.total(range(n))) for n in range(5)]
    canvas.subplots().plot(totals, label=f"{learner.add(1, 1)}")
'''

SUMS = """
def add(x, y):
    return x + y


def total(xs):
    return sum(xs)


class Counter:
    def __init__(self):
        self.count = 0

    def up(self, by=1):
        raise NotImplementedError("Counter.up is still to do")
"""


@pytest.fixture
def sums(small_course):
    """A small course with pictures; the learner's file is to be written, once for each test."""
    (small_course / "exercises/ch01_sums/figures.py").write_text(FIGURES)
    return small_course


@pytest.fixture
def written(sums):
    """Write the learner's file."""

    def write(text):
        (sums / "exercises/ch01_sums/sums.py").write_text(text)
        return courses.read(sums)

    return write


@pytest.fixture
def kata(monkeypatch, capfd):
    """Run the command in a folder; returns (exit status, output, errors)."""

    def run(folder, *arguments):
        monkeypatch.chdir(folder)
        monkeypatch.setattr(sys, "argv", ["kata", *map(str, arguments)])
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return (ended.value.code or 0, *capfd.readouterr())

    return run


def said(kata, sums, *arguments):
    """The one line with which the command ends, with status 2."""
    status, printed, errors = kata(sums, "draw", *arguments)
    assert (status, printed) == (2, "")
    assert errors.count("\n") == 1, errors
    return errors.removeprefix("kata: ").rstrip("\n")


def test_a_picture_is_saved_as_a_png(kata, written, sums):
    written(SUMS)
    path = sums / "line.png"
    assert kata(sums, "draw", "add", "--save", path) == (0, f"drawn in {path}\n", "")
    assert imread(path).shape[:2] == (600, 800)


def test_without_save_it_is_opened_where_there_are_windows(kata, written, sums, monkeypatch):
    written(SUMS)
    opened = []
    monkeypatch.setattr("typer.launch", opened.append)
    monkeypatch.setattr(draw, "has_display", lambda: False)
    status, printed, _ = kata(sums, "draw", "add")
    path = printed.removeprefix("drawn in ").rstrip("\n")
    assert (status, opened) == (0, [])
    monkeypatch.setattr(draw, "has_display", lambda: True)
    assert kata(sums, "draw", "add")[0] == 0
    assert opened == [path]
    with open(path, "rb") as file:
        assert file.read().startswith(PNG)


def test_a_stub_is_still_to_do(kata, sums):
    assert said(kata, sums, "add") == "add is still to do; there is nothing to draw"


def test_so_is_a_picture_that_needs_another_stub(kata, written, sums):
    written(SUMS.replace("return x + y", "raise NotImplementedError"))
    assert said(kata, sums, "total") == "add is still to do; there is nothing to draw"


def test_a_function_that_is_not_there_is_named(kata, written, sums):
    written(SUMS.replace("def total", "def totals"))
    place = "exercises/ch01_sums/sums.py"
    assert said(kata, sums, "total") == f"total: is not in {place}; there is nothing to draw"


def test_a_function_that_raises_is_one_line_with_its_place(kata, written, sums):
    written(SUMS.replace("return x + y", "return x + y.nonsense"))
    line = said(kata, sums, "add")
    assert line.startswith("exercises/ch01_sums/sums.py:3: cannot be drawn: AttributeError: ")
    assert "nonsense" in line


def test_a_long_message_of_several_lines_becomes_a_short_one(kata, written, sums):
    written(SUMS.replace("return x + y", "raise ValueError('so\\n' * 500)"))
    line = said(kata, sums, "add")
    assert line.startswith("exercises/ch01_sums/sums.py:3: cannot be drawn: ValueError: so so so")
    assert len(line) < 400


def test_an_answer_that_no_picture_can_be_made_of_is_named_by_its_exercises(kata, written, sums):
    written(SUMS.replace("return sum(xs)", "return [*xs]"))
    line = said(kata, sums, "total")
    assert line.startswith("total, add: the answers cannot be drawn: TypeError: ")
    assert line.endswith("; the tests say more")


def test_a_file_with_a_syntax_error_is_shown_the_place(kata, written, sums):
    written("def add(x, y:\n    return x + y\n")
    status, printed, errors = kata(sums, "draw", "add")
    assert (status, printed) == (2, "")
    assert "exercises/ch01_sums/sums.py:1: SyntaxError: '(' was never closed" in errors
    assert "Traceback" not in errors


def test_a_file_that_is_gone_is_missed(kata, sums):
    (sums / "exercises/ch01_sums/sums.py").unlink()
    assert said(kata, sums, "add").endswith("sums.py: missing; chapter ch01_sums needs it")


def test_an_unknown_exercise_is_not_drawn(kata, sums):
    assert "there is no exercise 'ad'" in said(kata, sums, "ad", "--save", "ad.png")
    assert not (sums / "ad.png").exists()


def test_a_chapter_without_pictures_says_so(kata, sums):
    (sums / "exercises/ch01_sums/figures.py").unlink()
    assert said(kata, sums, "add") == "add: has no picture; its chapter has no figures.py"


def test_a_place_that_cannot_be_written_is_said_before_anything_is_drawn(kata, sums):
    # add is still to do, and that is not what is said
    assert "there is no folder nowhere" in said(kata, sums, "add", "--save", "nowhere/line.png")


def test_a_picture_that_could_not_be_drawn_leaves_the_last_one(kata, sums):
    path = sums / "line.png"
    path.write_bytes(b"of yesterday")
    said(kata, sums, "add", "--save", path)
    assert path.read_bytes() == b"of yesterday"


@pytest.mark.parametrize(
    ("exercise", "picture"), [("add", "a_line"), ("total", "a_staircase"), ("Counter", "a_line")]
)
def test_an_exercise_gets_the_first_that_shows_it_else_the_chapters_first(sums, exercise, picture):
    assert draw.of_exercise(courses.read(sums), exercise).name == picture


def test_a_picture_needs_a_title(sums):
    path = sums / "exercises/ch01_sums/figures.py"
    path.write_text(FIGURES.replace('"""Your totals, term by term"""', ""))
    with pytest.raises(CourseError, match="a_staircase has no docstring to stand above"):
        draw.pictures(path)


def test_warnings_are_left_to_the_tests(written):
    course = written(SUMS.replace("return x + y", "return x / (x - x) + y"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert draw.drawn(course, "add").startswith(PNG)


def test_another_file_can_be_drawn_in_place_of_the_chapters(sums, tmp_path):
    path = tmp_path / "handed_in.py"
    path.write_text(SUMS)
    assert draw.drawn(courses.read(sums), "add", path).startswith(PNG)


def test_two_functions_that_differ_give_two_pictures(sums, tmp_path):
    drawn = []
    for name, body in [("right", "x + y"), ("again", "y + x"), ("wrong", "x - y")]:
        path = tmp_path / f"{name}.py"
        path.write_text(SUMS.replace("x + y", body))
        drawn.append(draw.drawn(courses.read(sums), "add", path))
    assert drawn[0] == drawn[1] != drawn[2]


def test_data_that_are_not_there_are_asked_for_in_their_own_words(kata, written, sums):
    written(SUMS)
    figures = sums / "exercises/ch01_sums/figures.py"
    missing = 'from grader.datasets import NoData\n    raise NoData("clothes: not on this machine")'
    figures.write_text(FIGURES.replace("x = np.arange(5.0)", missing))
    assert said(kata, sums, "add") == "clothes: not on this machine"


def test_the_title_is_the_docstring_and_the_style_stays_in_the_picture():
    def steep(learner, canvas):
        """Twice
        as steep"""
        assert matplotlib.rcParams["axes.grid"]
        canvas.subplots().plot([0, learner.twice(1)])

    canvas = draw.inline(steep, {"twice": lambda x: 2 * x})
    assert canvas.get_suptitle() == "Twice as steep"
    assert canvas.axes[0].lines[0].get_ydata()[1] == 2
    assert not matplotlib.rcParams["axes.grid"]


def test_a_figure_of_the_learners_is_taken_as_large_as_fits_and_closed():
    figure = pyplot.figure(figsize=(8, 4))
    figure.add_subplot().plot([1, 2])
    pixels = draw.pixels(figure, 600, 500)
    assert pixels.shape == (300, 600, 4)
    assert np.ptp(pixels) > 0
    assert not pyplot.fignum_exists(figure.number)


def test_what_is_no_figure_is_refused():
    with pytest.raises(TypeError, match="a Figure of matplotlib's is due, and this is list"):
        draw.pixels([], 600, 500)


@pytest.mark.parametrize(
    ("exercise", "line"),
    [
        ("numerical_gradient", "numerical_gradient is still to do; there is nothing to draw"),
        ("MySequential.fit", "MySequential.fit is still to do; there is nothing to draw"),
    ],
)
def test_the_stubs_of_the_real_course_are_to_do(kata, course, exercise, line):
    status, _, errors = kata(course.root, "draw", exercise)
    assert (status, errors) == (2, f"kata: {line}\n")


def test_a_program_that_is_to_be_mended_is_drawn_as_it_is(kata, course, tmp_path):
    path = tmp_path / "pots.png"
    assert kata(course.root, "draw", "fix_shuffle", "--save", path)[0] == 0
    mended = draw.drawn(course, "fix_shuffle", course.solution(course.chapter_of("fix_shuffle")))
    assert re.match(PNG, path.read_bytes())
    assert path.read_bytes() != mended
