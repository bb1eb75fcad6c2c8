"""Small plots as SVG, in the colours of the page, that say in words what they show."""

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence

from markupsafe import Markup

from grader.bars import duration
from grader.speed import HEAVY, LOOP, REFERENCE, YOURS, Figures, Speed, shown

BINS = 20
CELL, GAP, HEIGHT = 6, 3, 14
"""Of a cell of the heat map, and between chapters, in pixels."""

NARROW, WIDEST = 300, 4
"""A heat map that is not as wide is stretched, up to so many times."""

LEVELS = {"p": 14, "f": 9, "b": 6, "t": 2, "m": 2, "n": 2}
"""How high each status is: a shape of its own, where colours are not told apart."""

SHADES = {"m": "t"}
"""The colour of a status that has none of its own."""


def columns(chapters: Sequence[int]) -> list[int]:
    """Where the cell of each exercise begins, from the number of exercises in each chapter."""
    found, left = [], 0
    for size in chapters:
        found += [left + CELL * n for n in range(size)]
        left += CELL * size + GAP
    return found


def width(at: Sequence[int]) -> int:
    """How wide the heat map is."""
    return at[-1] + CELL if at else CELL


def stretched(at: Sequence[int]) -> int:
    """How wide the heat map is drawn."""
    return width(at) * max(1, min(WIDEST, NARROW // width(at)))


def strip(statuses: str, at: Sequence[int]) -> Markup:
    """The heat map's row of one student: a letter an exercise, drawn from the place of each.

    A run of one status is a single thick line; that it is drawn in dashes makes cells of it.
    """
    paths: dict[str, list[str]] = {}
    for letter, run in itertools.groupby(range(len(at)), lambda n: statuses[n]):
        if letter in LEVELS:
            middle = HEIGHT / 2 if letter == "n" else HEIGHT - LEVELS[letter] / 2
            lines = (f"M{left} {middle:g}h{long - 1}" for left, long in _blocks([*run], at))
            paths.setdefault(SHADES.get(letter, letter), []).extend(lines)
    drawn = Markup("").join(
        Markup('<path class="{}" d="{}"/>').format(name, "".join(d)) for name, d in paths.items()
    )
    return _map(at, HEIGHT, drawn)


def rates(shares: Sequence[float], at: Sequence[int]) -> Markup:
    """Above the heat map: for each of its columns a bar as high as the share that passed."""
    tall = 2 * HEIGHT
    d = "".join(
        f"M{left} {tall - high}h{CELL - 1}v{high}h-{CELL - 1}z"
        for left, high in zip(at, (max(1, round(tall * s)) for s in shares), strict=True)
    )
    return _map(at, tall, Markup('<path class="p" d="{}"/>').format(d))


def bar(share: float, name: str = "p") -> Markup:
    """A share of a whole; it stands beside the figure, so that it says nothing itself."""
    return Markup(
        '<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="track" width="100" height="8"/>'
        '<rect class="{}" width="{}" height="8"/></svg>'
    ).format(name, f"{100 * min(1.0, max(0.0, share)):.4g}")


def histogram(shares: Sequence[float], middle: float) -> Markup:
    """How many students have which share of the points, and where the median is."""
    counts = [0] * BINS
    for share in shares:
        counts[min(BINS - 1, max(0, int(share * BINS + 1e-9)))] += 1
    most = max([*counts, 1])
    wide, tall, base = 640, 150, 190
    at = round(wide * middle, 1)
    parts = [
        Markup('<line class="rule" x1="0" x2="{}" y1="{}" y2="{}"/>').format(wide, base, base),
        Markup('<line class="middle" x1="{0}" x2="{0}" y1="16" y2="{1}"/>').format(at, base),
        _text(at, 11, "median", "start" if middle < 0.1 else "end" if middle > 0.9 else "middle"),
    ]
    for number, count in enumerate(counts):
        if count:
            parts += _column(number * wide / BINS, wide / BINS, base, tall * count / most, count)
    for percent in range(0, 101, 20):
        anchor = {0: "start", 100: "end"}.get(percent, "middle")
        parts.append(_text(wide * percent / 100, base + 17, f"{percent} %", anchor))
    said = "Students by share of the points: " + ", ".join(
        f"{100 * n // BINS} to {100 * (n + 1) // BINS} %: {count}"
        for n, count in enumerate(counts)
        if count
    )
    return _picture("histogram", wide, base + 22, said, parts)


def _column(left: float, wide: float, base: float, high: float, count: int) -> list[Markup]:
    bar_ = Markup('<rect class="p" x="{}" y="{}" width="{}" height="{}" rx="2"/>').format(
        left + 2, round(base - high, 1), wide - 4, round(high, 1)
    )
    return [bar_, _text(left + wide / 2, base - high - 5, str(count))]


def race(speed: Speed) -> Markup:
    """The times of the loop, the learner's function and the reference, the longest a whole bar."""
    figures = decisive(speed)
    times = {who: getattr(figures, who) for who in (LOOP, YOURS, REFERENCE)}
    times = {who: seconds for who, seconds in times.items() if seconds}
    longest = max(times.values(), default=1.0)
    parts, said = [], []
    for row, (who, seconds) in enumerate(times.items()):
        y, took = 26 * row, duration(seconds)
        long = max(2.0, round(290 * seconds / longest, 1))
        parts += [
            _text(0, y + 14, who, "start"),
            Markup('<rect class="{}" x="78" y="{}" width="{}" height="15" rx="2"/>').format(
                who, y + 2, long
            ),
            _text(86 + long, y + 14, took, "start"),
        ]
        said.append(f"{who} {took}")
    return _picture("race", 460, 26 * len(times), "Times: " + ", ".join(said), parts)


def decisive(speed: Speed) -> Figures:
    """The times at the last size; of what is not fast enough, those where it is worst."""
    last = speed.figures[-1]
    if speed.decision == "fast enough":
        return last
    busy = [figures for figures in speed.figures if figures.reference > HEAVY] or speed.figures
    return max(busy, key=lambda figures: (figures.slower, figures.size == last.size))


def spread(values: Mapping[str, Sequence[float]], over: float) -> Markup:
    """Ratios on a logarithmic scale, a stroke each, by class; `over` is what is asked for."""
    all_ = [value for own in values.values() for value in own if value > 0] + [over or 1.0]
    low = math.floor(math.log10(min(*all_, 1.0)))
    high = max(low + 1, math.ceil(math.log10(max(all_))))
    wide = 300

    def x(value: float) -> float:
        return round(4 + (wide - 8) * (math.log10(value) - low) / (high - low), 1)

    parts = [Markup('<line class="rule" x1="0" x2="{}" y1="20" y2="20"/>').format(wide)]
    for power in range(low, high + 1):
        anchor = {low: "start", high: "end"}.get(power, "middle")
        at = {low: 0, high: wide}.get(power, x(10.0**power))
        parts.append(_text(at, 34, f"{10.0**power:g}×", anchor))
    for name, own in values.items():
        places = sorted({x(value) for value in own if value > 0})
        if places:
            d = "".join(f"M{place} 5v13" for place in places)
            parts.append(Markup('<path class="stroke {}" d="{}"/>').format(name, d))
    if over:
        parts.append(Markup('<path class="limit" d="M{} 1v21"/>').format(x(over)))
    said = f"Times as fast as the loop, {shown(min(all_))} to {shown(max(all_))}"
    return _picture("spread", wide, 38, said, parts)


def _map(at: Sequence[int], tall: int, drawn: Markup) -> Markup:
    """A part of the heat map; what it shows is said beside it."""
    return Markup(
        '<svg width="{}" height="{}" viewBox="0 0 {} {}" preserveAspectRatio="none"'
        ' aria-hidden="true">{}</svg>'
    ).format(stretched(at), tall, width(at), tall, drawn)


def _blocks(run: Sequence[int], at: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The left and the width of cells in a row, apart where a chapter ends."""
    first = last = run[0]
    for n in run[1:]:
        if at[n] - at[last] > CELL:
            yield at[first], at[last] - at[first] + CELL
            first = n
        last = n
    yield at[first], at[last] - at[first] + CELL


def _text(x: float, y: float, text: str, anchor: str = "middle") -> Markup:
    return Markup('<text x="{}" y="{}" text-anchor="{}">{}</text>').format(
        round(x, 1), round(y, 1), anchor, text
    )


def _picture(name: str, wide: int, tall: int, said: str, parts: Sequence[Markup]) -> Markup:
    return Markup('<svg class="{}" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        name, wide, tall, said, Markup("").join(parts)
    )
