"""A speed gate as a picture: the loop, you and the reference, in a terminal or as a plot."""

import io

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.board import Glyphs
from grader.speed import HEAVY, LOOP, REFERENCE, YOURS, Figures, Speed, shown

WIDTH = 20
STYLES = {LOOP: "yellow", YOURS: "bold cyan", REFERENCE: "bright_black"}
COLOURS = {LOOP: "#b35900", YOURS: "#0072b2", REFERENCE: "#444444"}
"""Told apart by everybody: orange, blue and grey, each with a mark of its own."""

MARKS = {LOOP: "s", YOURS: "o", REFERENCE: "^"}


def bars(exercise: str, speed: Speed, glyphs: Glyphs) -> RenderableType:
    """Lay out the times of a race, the longest as a whole bar, and say what to do.

    They are those at the last size; of what is not fast enough, those where it is worst.
    """
    last = speed.figures[-1]
    if speed.decision != "fast enough":
        busy = [figures for figures in speed.figures if figures.reference > HEAVY] or speed.figures
        last = max(busy, key=lambda figures: (figures.slower, figures.size == last.size))
    times = {who: getattr(last, who) for who in (LOOP, YOURS, REFERENCE) if getattr(last, who)}
    longest = max(times.values(), default=1.0)
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, min_width=9)
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True)
    for who, seconds in times.items():
        length = max(1, round(WIDTH * seconds / longest))
        bar = Text(glyphs.full * length, STYLES[who])
        table.add_row(Text(who), bar, Text(duration(seconds)), Text(_factor(who, last)))
    size = " × ".join(f"{n} {axis}" for n, axis in zip(last.size, speed.axes, strict=True))
    title = Text.assemble((exercise, "bold"), f"   {size}, medians of paired rounds")
    return Group(title, Padding(table, (0, 0, 0, 2)), Padding(Text(_advice(speed)), (0, 0, 0, 2)))


def duration(seconds: float) -> str:
    """Seconds in the unit that a person would take."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds:.1g} s"


def plot(exercise: str, speed: Speed) -> bytes:
    """Draw time against size, both logarithmic, as a PNG of 800 by 600 pixels."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, place = pyplot.subplots(figsize=(8, 6), layout="constrained")
    ticks = range(len(speed.figures))
    for who in (LOOP, YOURS, REFERENCE):
        points = [(tick, getattr(f, who)) for tick, f in zip(ticks, speed.figures, strict=True)]
        points = [(tick, seconds) for tick, seconds in points if seconds]
        if points:
            at = [2.0**tick for tick, _ in points]
            times = [1e3 * seconds for _, seconds in points]
            place.loglog(at, times, color=COLOURS[who], marker=MARKS[who], label=who, linewidth=2)
    labels = ["×".join(map(str, f.size)) for f in speed.figures]
    place.set_xticks([2.0**tick for tick in ticks], labels)
    place.minorticks_off()
    place.set_xlabel(f"size: {' × '.join(speed.axes)}, doubled from one to the next")
    place.set_ylabel("time of a call in ms")
    place.set_title(f"{exercise}: the loop, yours and the reference")
    place.grid(visible=True, which="major", color="#dddddd")
    place.legend()
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=100)
    pyplot.close(figure)
    return file.getvalue()


def _factor(who: str, last: Figures) -> str:
    if who == YOURS and last.faster:
        return f"{shown(last.faster)} times as fast as the loop"
    if who == REFERENCE:
        return f"yours takes {shown(last.slower)} times as long"
    return ""


def _advice(speed: Speed) -> str:
    if speed.decision == "fast enough":
        return "Fast enough: nothing to do."
    return speed.words[0].upper() + speed.words[1:] + "."
