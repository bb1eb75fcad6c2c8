"""Every picture of every chapter, drawn from the solutions: whole, readable, true to its name."""

import io
import itertools
from dataclasses import dataclass
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from matplotlib import pyplot
from matplotlib.axis import Axis
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.image import imread
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from grader import course as courses
from grader import draw
from grader.datasets import NoData
from grader.inprocess import load

COURSE = courses.read(Path(__file__).parents[2])
PICTURES = [
    pytest.param((chapter, picture), id=f"{chapter.name}-{picture.name}")
    for chapter in COURSE.chapters
    for picture in draw.pictures(COURSE.figures(chapter))
]

SAMPLE = 4
"""One of so many pictures is drawn, if not all of them are asked for."""

ONE_LINE = 30
"""Pixels of height that a title stays below if it has not been wrapped."""

LEAST_POINTS = 10
LEAST_CONTRAST = 4.5
"""Of text against white, as the Web Content Accessibility Guidelines 2 define and ask for it."""


class Only:
    """The solution as far as a picture names it; notes what the picture asks for."""

    def __init__(self, solution, names):
        self._solution, self._names, self.asked = solution, names, set()

    def __getattr__(self, name):
        if name not in self._names:
            raise AttributeError(f"the picture calls {name}, and its @figure does not name it")
        self.asked.add(name)
        return getattr(self._solution, name)


@dataclass(frozen=True)
class Drawn:
    """A picture of a chapter: its PNG, its canvas, what it asked for, what it left changed."""

    chapter: courses.Chapter
    picture: draw.Picture
    png: bytes
    canvas: Figure
    asked: set[str]
    changed: set[str]


def names(picture):
    """What a learner's module has to have for a picture: for a method its class."""
    return {exercise.partition(".")[0] for exercise in picture.exercises}


def pyplot_state():
    """What pyplot keeps for everybody: the settings, and the figures that are open."""
    return {**matplotlib.rcParams, "open figures": pyplot.get_fignums()}


def pytest_generate_tests(metafunc):
    """Draw some pictures or all of them."""
    if "drawn" in metafunc.fixturenames:
        drawn = PICTURES if metafunc.config.option.all_pictures else PICTURES[::SAMPLE]
        metafunc.parametrize("drawn", drawn, indirect=True, scope="module")


@pytest.fixture(scope="module")
def drawn(request):
    """Every picture in turn, drawn once for all tests of it; none whose data is not here."""
    chapter, picture = request.param
    path = COURSE.solution(chapter)
    learner = Only(load(path, str(path), COURSE.forbidden_to_all(chapter)), names(picture))
    on_canvas, canvases, before = draw.on_canvas, [], pyplot_state()

    def kept(*args):
        canvases.append(on_canvas(*args))
        return canvases[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(draw, "on_canvas", kept)
        try:
            png = draw.png(picture, learner)
        except NoData as error:
            pytest.skip(str(error))
    changed = {name for name, value in pyplot_state().items() if value != before[name]}
    return Drawn(chapter, picture, png, canvases[0], learner.asked, changed)


def ticks_in_view(axis):
    """The ticks of an axis that are inside of its limits, on whatever scale."""
    ticks = [*axis.get_major_ticks(), *axis.get_minor_ticks()]
    scaled = axis.get_transform().transform
    low, high = sorted(scaled(np.array(axis.get_view_interval(), float)))
    room = 1e-6 * (high - low)
    places = scaled(np.array([tick.get_loc() for tick in ticks], float))
    return [
        tick
        for tick, place in zip(ticks, places, strict=True)
        if low - room <= place <= high + room
    ]


def texts(canvas):
    """Every text that can be seen on a canvas, and where."""
    axes = canvas.findobj(Axis)
    ticks = {tick for axis in axes for tick in [*axis.get_major_ticks(), *axis.get_minor_ticks()]}
    labels = {label for tick in ticks for label in (tick.label1, tick.label2)}
    seen = {
        label
        for axis in axes
        if axis.get_visible() and axis.axes.get_visible() and axis.axes.axison
        for tick in ticks_in_view(axis)
        for label in (tick.label1, tick.label2)
    }
    renderer = canvas.canvas.get_renderer()
    return [
        (text, text.get_window_extent(renderer))
        for text in canvas.findobj(Text)
        if text.get_visible() and text.get_text().strip() and (text not in labels or text in seen)
    ]


def overlap(one, other, allowed=1.5):
    """Whether two boxes share more than a hair, which a font's line height leaves empty."""
    common = Bbox.intersection(one, other)
    return common is not None and min(common.width, common.height) > allowed


def contrast_with_white(colour):
    """How well a colour can be told from white: 1 for white itself, 21 for black."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return 1.05 / (float(np.dot([0.2126, 0.7152, 0.0722], linear)) + 0.05)


def faults(canvas):
    """What is wrong with texts on a canvas: outside of it, too small, too pale, upon another."""
    found = texts(canvas)
    whole = Bbox.from_bounds(-1, -1, 802, 602)
    for text, box in found:
        told = repr(text.get_text())
        if not (whole.contains(box.x0, box.y0) and whole.contains(box.x1, box.y1)):
            yield f"{told} leaves the picture"
        if text.get_fontsize() < LEAST_POINTS:
            yield f"{told} is smaller than {LEAST_POINTS} points"
        if contrast_with_white(text.get_color()) < LEAST_CONTRAST:
            yield f"{told} is too pale"
    for (one, box), (other, next_box) in itertools.combinations(found, 2):
        if overlap(box, next_box):
            yield f"{one.get_text()!r} lies upon {other.get_text()!r}"


def test_a_picture_of_800_by_600_pixels_that_is_not_blank(drawn):
    assert drawn.png.startswith(b"\x89PNG\r\n")
    pixels = imread(io.BytesIO(drawn.png))
    assert pixels.shape[:2] == (600, 800)
    below_the_title = pixels[60:, :, :3]
    ink = np.any(below_the_title < 0.9, axis=-1)
    assert ink.mean() > 0.005


def test_its_title_is_one_line(drawn):
    assert "\n" not in drawn.picture.draw.__doc__.strip()
    boxes = {text.get_text(): box for text, box in texts(drawn.canvas)}
    assert boxes[drawn.picture.title].height < ONE_LINE


def test_all_text_can_be_read(drawn):
    assert list(faults(drawn.canvas)) == []


def test_it_calls_what_it_names_and_nothing_else(drawn):
    assert drawn.asked == names(drawn.picture)


def test_it_waits_for_nothing_that_comes_later(drawn):
    own = [
        exercise
        for exercise in drawn.picture.exercises
        if draw.of_exercise(COURSE, exercise).name == drawn.picture.name
    ]
    for exercise in own:
        later = [n for n in drawn.picture.exercises if COURSE.order[n] > COURSE.order[exercise]]
        assert not later, f"the picture of {exercise} has to wait for {', '.join(later)}"


def test_it_leaves_pyplot_alone(drawn):
    assert not drawn.changed
    assert "pyplot" not in COURSE.figures(drawn.chapter).read_text("utf-8")


def crowded(learner, canvas):
    """A picture that has every fault"""
    axes = canvas.subplots()
    axes.set_xticks([0.5, 0.5001], ["one label", "and the next"])
    axes.plot([0, 1], [0, 1], label="the line")
    axes.legend(loc="lower left")
    axes.text(0.02, 0.02, "in the legend")
    axes.text(1.5, 0.5, "too far to the right")
    axes.text(0.5, 0.8, "small", size=9)
    axes.text(0.5, 0.6, "pale", color="#aaaaaa")
    lines = axes.contour([0, 1], [0, 1], [[0, 0], [1, 1]], [0.5])
    axes.text(lines.clabel()[0].get_position()[0], 0.5, "on the contour")


def plain(learner, canvas):
    """A picture that has none"""
    axes = canvas.subplots()
    axes.loglog([1e-17, 1], [1, 2], label="the line")
    axes.legend()


def test_the_faults_of_a_crowded_picture_are_found():
    assert sorted(faults(draw.on_canvas(crowded, None))) == [
        "'0.5' lies upon 'on the contour'",
        "'in the legend' lies upon 'the line'",
        "'one label' lies upon 'and the next'",
        "'pale' is too pale",
        "'small' is smaller than 10 points",
        "'too far to the right' leaves the picture",
    ]
    assert list(faults(draw.on_canvas(plain, None))) == []
