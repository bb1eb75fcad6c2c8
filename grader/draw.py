"""Pictures drawn by the learner's own functions: the `figures.py` of a chapter, and its style.

A picture is a function of a chapter's `figures.py`, marked with the exercises that it shows:

    @figure("sigmoid")
    def sigmoid_beside_tensorflow(learner, canvas):
        '''Your sigmoid, TensorFlow's, and how far apart they are.'''
        axes = canvas.subplots()
        axes.plot(z, learner.sigmoid(z))

`learner` has the learner's functions, `canvas` is a `matplotlib.figure.Figure` of 800 by 600
pixels. The docstring is what stands above the picture. Colours are told apart by everybody.
"""

import importlib.util
import inspect
import io
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from cycler import cycler
from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

from grader import source
from grader.course import Course
from grader.datasets import NoData
from grader.errors import CourseError, KataError
from grader.inprocess import load, shown
from grader.worker import lines_of

BLUE, ORANGE, GREEN, RED, PURPLE, SKY = (
    "#0072b2", "#b35900", "#007a5a", "#b2182b", "#7b3294", "#56b4e9",
)  # fmt: skip
DARK, GREY, LIGHT = "#222222", "#767676", "#dddddd"
"""Okabe and Ito's colours, darkened where text or thin lines need it; ink, and what recedes."""

CYCLE = (BLUE, ORANGE, GREEN, PURPLE, RED, SKY)
SIZE = (8, 6)
DPI = 100
STYLE: dict[Any, Any] = {
    "axes.axisbelow": True,
    "axes.edgecolor": GREY,
    "axes.grid": True,
    "axes.labelcolor": DARK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 12,
    "figure.constrained_layout.h_pad": 0.08,
    "figure.constrained_layout.w_pad": 0.1,
    "figure.facecolor": "white",
    "figure.titlesize": 14,
    "font.size": 11,
    "grid.color": LIGHT,
    "legend.frameon": False,
    "lines.linewidth": 2,
    "text.color": DARK,
    "xtick.color": DARK,
    "ytick.color": DARK,
}

DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY")
"""What the environment has where there are windows."""

Drawing = Callable[[Any, Figure], None]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a chapter: the exercises that it shows, its title, and what draws it."""

    name: str
    exercises: tuple[str, ...]
    title: str
    draw: Drawing


def figure(*exercises: str) -> Callable[[Drawing], Drawing]:
    """Mark a function of a `figures.py` with the exercises whose work it shows."""

    def mark(draw: Drawing) -> Drawing:
        vars(draw)["exercises"] = exercises
        return draw

    return mark


def pictures(path: Path) -> tuple[Picture, ...]:
    """Read the pictures of a `figures.py`, in its order; none where there is no such file.

    Raises
    ------
    CourseError
        A picture has no docstring to stand above it.

    """
    if not path.is_file():
        return ()
    spec = importlib.util.spec_from_file_location(f"figures_of_{path.parent.name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found = []
    for name, draw in vars(module).items():
        if exercises := getattr(draw, "exercises", ()):
            title = " ".join((inspect.getdoc(draw) or "").split())
            if not title:
                raise CourseError(f"{path}: {name} has no docstring to stand above the picture")
            found.append(Picture(name, exercises, title, draw))
    return tuple(found)


def of_exercise(course: Course, exercise: str) -> Picture:
    """Return the picture of an exercise: the first that shows it, or its chapter's first.

    Raises
    ------
    KataError
        The chapter has no picture.

    """
    path = course.figures(course.chapter_of(exercise))
    found = pictures(path)
    own = [picture for picture in found if exercise in picture.exercises]
    if not found:
        raise KataError(f"{exercise}: has no picture; its chapter has no {path.name}")
    return (own or found)[0]


def drawn(course: Course, exercise: str, path: Path | None = None) -> bytes:
    """Draw the picture of an exercise from a learner's own file, as a PNG.

    `path` is a file in place of the chapter's own module.

    Raises
    ------
    KataError
        There is no picture or no data for it, or the learner's code is not there yet or raises.

    """
    chapter = course.chapter_of(exercise)
    picture = of_exercise(course, exercise)
    path = path or course.stub(chapter)
    for name in _unwritten(path, picture.exercises):
        raise KataError(f"{name} is still to do; there is nothing to draw")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # else TensorFlow speaks of its CPU
    learner = load(path, shown(path), course.forbidden_to_all(chapter))
    for name in _missing(learner, picture.exercises):
        raise KataError(f"{name}: is not in {shown(path)}; there is nothing to draw")
    try:
        with warnings.catch_warnings(action="ignore"):  # tests are there to speak of them
            return png(picture, learner)
    except NoData:
        raise
    except Exception as error:
        raise KataError(_trouble(picture, error, path)) from None


def png(picture: Picture, learner: Any) -> bytes:
    """Draw a picture of the functions of `learner`, as a PNG of 800 by 600 pixels."""
    file = io.BytesIO()
    on_canvas(picture.draw, learner).savefig(file, format="png")
    return file.getvalue()


def on_canvas(draw: Drawing, learner: Any) -> Figure:
    """Have a picture drawn on a new canvas, under its docstring as a title."""
    with rc_context({**STYLE, "axes.prop_cycle": cycler(color=CYCLE)}):
        canvas = Figure(figsize=SIZE, dpi=DPI, layout="constrained")
        FigureCanvasAgg(canvas)
        canvas.suptitle(" ".join((inspect.getdoc(draw) or "").split()), wrap=True)
        draw(learner, canvas)
        canvas.draw_without_rendering()  # under this style, and not under that of who saves it
    return canvas


def inline(draw: Drawing, names: dict[str, Any]) -> Figure:
    """Draw a picture in a notebook, from the names that its cells have defined."""
    return on_canvas(draw, SimpleNamespace(**names))


def pixels(figure: Any, width: int, height: int) -> NDArray[np.uint8]:
    """Take the pixels of a figure that a learner has made, as large as fits, and close it.

    Raises
    ------
    TypeError
        It is no figure.

    """
    if not isinstance(figure, Figure):
        raise TypeError(f"a Figure of matplotlib's is due, and this is {type(figure).__name__}")
    figure.set_dpi(min(np.array([width, height]) / figure.get_size_inches()))
    canvas: Any = FigureCanvasAgg(figure)
    canvas.draw()
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close(figure)  # where it is kept until then, and a notebook would show it
    return np.array(canvas.buffer_rgba())


def has_display() -> bool:
    """Whether a picture can be shown in a window here."""
    return sys.platform in ("darwin", "win32") or any(map(os.environ.get, DISPLAYS))


def _unwritten(path: Path, exercises: tuple[str, ...]) -> Iterator[str]:
    """The exercises of a picture that its file has as stubs."""
    try:
        unwritten = source.unwritten(source.parse(path.read_text("utf-8"), str(path)))
    except (OSError, SyntaxError, UnicodeDecodeError):
        return  # what is wrong with the file, whoever loads it says
    yield from (name for name in exercises if name in unwritten)


def _missing(learner: Any, exercises: tuple[str, ...]) -> Iterator[str]:
    """The exercises of a picture, methods among them, that a module does not define."""
    for name in exercises:
        try:
            attrgetter(name)(learner)
        except AttributeError:
            yield name


def _trouble(picture: Picture, error: Exception, path: Path) -> str:
    """Say in one line why a picture could not be drawn; the learner's own line where it was."""
    told = " ".join(f"{type(error).__name__}: {error}".split())[:300]
    if lines := lines_of(error, {str(path)}):
        return f"{shown(path)}:{lines[-1].number}: cannot be drawn: {told}"
    names = ", ".join(picture.exercises)
    return f"{names}: the answers cannot be drawn: {told}; the tests say more"
