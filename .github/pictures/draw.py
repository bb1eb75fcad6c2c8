"""Draw the pictures of the README anew, from a real run: `tox -e pictures`.

A learner has solved the first three exercises, and their sigmoid overflows. What `kata` and
`kata watch` then show is exported by rich as SVG.
"""

import io
import os
import re
import shutil
import tempfile
from pathlib import Path

from rich.console import Console, RenderableType

from grader import course
from grader.board import Glyphs, board
from grader.practice.desk import Desk
from grader.practice.screen import View, page

HERE = Path(__file__).parent.resolve()
ROOT = HERE.parents[1]
SOLVED = ("weighted_sum", "step", "tlu")
OVERFLOWS = "return 1 / (1 + np.exp(-np.asarray(z, float)))"
STUB = 'raise NotImplementedError("{} is still to do")'
WIDTH = 80
FONTS = re.compile(r"@font-face \{.*?\}", re.DOTALL)
"""Those that rich would fetch from elsewhere; the reader's own will do."""


def main() -> None:
    """Work through the first exercises in a folder of its own, and draw."""
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary, "kata")
        shutil.copytree(ROOT / "exercises", root / "exercises")
        shutil.copytree(ROOT / "solutions", root / "solutions")
        _work(root / "exercises/ch01_neuron/neuron.py")
        given = course.read(root)
        first = course.Course(root, given.title, given.chapters[:4])
        os.chdir(root)  # as somebody who sits there: paths are shown from where one stands
        desk = Desk.of(first)
        desk.refresh()
        statuses = {name: desk.status(name) or "todo" for name in first.exercises}
        drawn = {
            "board": board(first, desk.verdicts, Glyphs(), detail="begun"),
            "watch": page(
                View(first, statuses, desk.verdicts, "sigmoid", hints=_hints(first)),
                Glyphs(),
                WIDTH,
            ),
        }
        for name, what in drawn.items():
            text = _svg(what, f"kata {name if name == 'watch' else ''}".strip(), name)
            (HERE / f"{name}.svg").write_text(text)


def _work(path: Path) -> None:
    """Solve what is to be solved, and make the mistake."""
    answers = {
        "weighted_sum": "return np.dot(w, x) + b",
        "step": "return np.where(np.asarray(z) >= 0, 1, 0)",
        "tlu": "return step(weighted_sum(x, w, b))",
        "sigmoid": OVERFLOWS,
    }
    text = path.read_text("utf-8")
    for name, code in answers.items():
        assert STUB.format(name) in text, f"{path}: {name} is no stub"
        text = text.replace(STUB.format(name), code)
    path.write_text(text, "utf-8")


def _hints(given: course.Course) -> tuple[str, ...]:
    return given.exercises["sigmoid"].hints[:1]


def _svg(what: RenderableType, title: str, name: str) -> str:
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    console.print(what)
    text = console.export_svg(title=title, unique_id=name)
    return FONTS.sub("", text).replace("Fira Code", "ui-monospace, Consolas")


if __name__ == "__main__":
    main()
