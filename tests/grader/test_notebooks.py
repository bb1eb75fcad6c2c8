"""Notebooks: made from a chapter, worked on as in Jupyter, handed in again for full marks."""

import importlib.util
import itertools
import json
import linecache
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import nbformat
import pytest
from nbclient import NotebookClient

from grader import cli, stubs
from grader import course as courses
from grader.errors import CourseError
from grader.notebook import build, code_cells, lesson, live, pieces

ROOT = Path(__file__).parents[2]
COURSE = courses.read(ROOT)
FEW = ("ch01_neuron", "ch05_losses")
"""Chapters whose notebooks run unless all are asked for: one of NumPy's, one of TensorFlow's."""

ADD = "import numpy as np\ndef add(x, y):\n    return np.asarray(x) + np.asarray(y)"
FIGURES = '''
import math

import numpy as np
from grader.draw import BLUE, RED, figure
from grader.given import sigmoid as total

HEIGHTS = [1, 2, 3]


def bar(axes, heights):
    axes.bar(range(len(heights)), heights, color=BLUE)


@figure("add")
def sums(learner, canvas):
    """Each number, added to itself."""
    bar(canvas.subplots(), [float(learner.add(n, n)) + total(0) for n in HEIGHTS])
'''


@pytest.fixture
def sums(small_course):
    """The small course, with a picture."""
    (small_course / "exercises/ch01_sums/figures.py").write_text(FIGURES)
    return courses.read(small_course)


@pytest.fixture
def stacks(tmp_path):
    """A small course with methods to write, and names that are forbidden."""
    shutil.copytree(ROOT / "tests/grader/stack_course", tmp_path / "stacks")
    course = courses.read(tmp_path / "stacks")
    for stale in stubs.stale(course):
        stubs.renew(stale)
    return course


def made(course, **options):
    """The notebook of a course's first chapter, as a dict."""
    return json.loads(build.notebook(course, course.chapters[0], **options))


def named(notebook):
    """The text of each cell by its id, in order."""
    return {cell["id"]: "".join(cell["source"]) for cell in notebook["cells"]}


def solved(course, chapter):
    """The notebook of a chapter, with the reference in every cell that a learner writes in."""
    notebook = json.loads(build.notebook(course, chapter))
    path = course.solution(chapter)
    solution = pieces.parsed(stubs.without_marks(path.read_text("utf-8")), str(path))
    work = [
        c for c in notebook["cells"] if c["metadata"].get("tensorkata", {}).get("role") == "work"
    ]
    blocks = pieces.blocks(solution, [exercise.name for exercise in chapter.exercises])
    for cell, block in zip(work, blocks, strict=True):
        assert cell["id"].endswith(f"-work-{block.name or 'imports'}")
        cell["source"] = block.text
    return notebook


def run(notebook, folder):
    """Run a notebook in a kernel, top to bottom; an error in a cell is one here."""
    found = nbformat.reads(json.dumps(notebook), as_version=4)
    where = {"metadata": {"path": str(folder)}}
    NotebookClient(found, timeout=600, kernel_name="python3", resources=where).execute()
    return found


def printed(cell):
    """What stands below a cell as text."""
    texts = [o.get("text") or o.get("data", {}).get("text/plain", "") for o in cell.outputs]
    return re.sub(r"\x1b\[[\d;]*m", "", "".join(texts))


# What is built


@pytest.mark.parametrize("chapter", COURSE.chapters, ids=lambda chapter: chapter.name)
def test_every_chapter_becomes_a_valid_notebook_without_outputs(chapter):
    text = build.notebook(COURSE, chapter)
    assert text == build.notebook(COURSE, chapter)
    notebook = json.loads(text)
    nbformat.validate(notebook)
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len({*ids}) == len(ids)
    assert all(re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", name) for name in ids)
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
    assert notebook["cells"][0] == code[0]
    checks = [f"{ids[0][:4]}-check-{e.name.replace('.', '-')}" for e in chapter.exercises]
    assert sorted(checks) == sorted(n for n in ids if "-check-" in n and not n.endswith("board"))


def test_the_cells_of_a_chapter_in_their_order(sums):
    cells = named(made(sums))
    assert [*cells] == [
        "ch01-set-up",
        "ch01-lesson-Adding-up",
        "ch01-how",
        "ch01-lesson-exercises",
        "ch01-work-imports",
        "ch01-exercise-add",
        "ch01-work-add",
        "ch01-check-add",
        "ch01-picture-sums",
        "ch01-exercise-total",
        "ch01-work-total",
        "ch01-check-total",
        "ch01-exercise-Counter",
        "ch01-work-Counter",
        "ch01-check-Counter",
        "ch01-check-board",
    ]
    assert cells["ch01-work-total"].startswith('def total(xs):\n    """The sum of a list')
    assert cells["ch01-work-total"].endswith('raise NotImplementedError("total is still to do")')
    assert "3 points, after `add`" in cells["ch01-exercise-total"]
    assert "same(learner.total([1.0, 2.0, 3.0]), 6.0)" in cells["ch01-exercise-total"]
    assert cells["ch01-check-total"] == 'check("total")'


def test_methods_are_checked_below_the_cell_of_their_class(stacks):
    cells = named(made(stacks))
    order = [*cells]
    first = order.index("ch01-exercise-Stack")
    assert order[first : first + 6] == [
        "ch01-exercise-Stack",
        "ch01-work-Stack",
        "ch01-exercise-Stack-push",
        "ch01-check-Stack-push",
        "ch01-exercise-Stack-total",
        "ch01-check-Stack-total",
    ]
    assert cells["ch01-work-imports"] == '"""Piles of numbers."""\n\nimport statistics'


def test_what_stands_between_two_exercises_stays_below_the_first():
    module = pieces.parsed(
        "import a\nK = 1\n\n\n# about f\ndef f():\n    pass\n\n\ng = f()\n\n\n"
        "@mark\ndef h():\n    pass\n",
        "work.py",
    )
    texts = [block.text for block in pieces.blocks(module, ["f", "h"])]
    assert texts == [
        "import a\nK = 1",
        "# about f\ndef f():\n    pass\n\n\ng = f()",
        "@mark\ndef h():\n    pass",
    ]


def test_a_stub_that_has_gone_is_named():
    module = pieces.parsed("def f():\n    pass\n", "work.py")
    with pytest.raises(CourseError, match=r"^work\.py: defines no h at its top level$"):
        pieces.blocks(module, ["f", "h"])


def test_ids_of_cells_stay_when_others_are_edited(sums):
    before = named(made(sums))
    chapter = sums.chapters[0]
    text = sums.lesson(chapter).read_text("utf-8")
    sums.lesson(chapter).write_text(f"{text}\n## What is new\n\nA section.\n", "utf-8")
    path = sums.stub(chapter)
    path.write_text(path.read_text("utf-8").replace("def add(x, y):", "def add(x, y=0):"), "utf-8")
    after = named(made(sums))
    assert [*after] == [
        *itertools.takewhile(lambda name: name != "ch01-lesson-exercises", before),
        "ch01-lesson-What-is-new",
        *itertools.dropwhile(lambda name: name != "ch01-lesson-exercises", before),
    ]
    assert [name for name in before if before[name] != after[name]] == ["ch01-work-add"]


def test_a_lesson_is_cut_at_its_headings_and_at_no_comment_in_code():
    text = "# One\n\n~~~sh\n# not a heading\n```\n~~~\n\n## Two: σ & more #\n\nend\n"
    cut = lesson.sections(text)
    assert [section.heading for section in cut] == ["One", "Two: σ & more"]
    assert "\n\n".join(section.text for section in cut) == text.strip()


PNG = b"\x89PNG"
LINKS = {
    "![a dot](dot.png)": "![a dot](data:image/png;base64,iVBORw==)",
    "see [one](../ch01_a/README.md#top).": "see [one](ch01_a.ipynb#top).",
    "[loop](base.py) and [c](../ch03_c/)": (
        "[loop](../exercises/ch02_b/base.py) and [c](../exercises/ch03_c)"
    ),
}
LINKS |= {
    same: same
    for same in (
        "[x](https://example.org/a.png)",
        "[x](#here)",
        "`f[0](x)`",
        "$w[1](x)$",
        "```\n[a](b)\n```",
    )
}


@pytest.mark.parametrize(("written", "moved"), LINKS.items(), ids=LINKS)
def test_pictures_come_along_and_links_lead_where_they_led(tmp_path, written, moved):
    folder = tmp_path / "exercises" / "ch02_b"
    folder.mkdir(parents=True)
    (folder / "dot.png").write_bytes(PNG)
    assert (
        lesson.portable(written, folder, lambda name: {"ch01_a": "ch01_a.ipynb"}.get(name, ""))
        == moved
    )


# Pictures


def test_a_picture_brings_what_it_needs_and_takes_no_name_of_the_learner(sums):
    cell = named(made(sums))["ch01-picture-sums"]
    names = {"picture": lambda draw, *exercises: (draw, exercises), "total": "the learner's own"}
    exec(cell, names)
    assert {*names} - {"__builtins__"} == {"picture", "total", "sums"}
    assert names["total"] == "the learner's own"
    assert "import math" not in cell
    assert "import BLUE\n" in cell
    assert cell.endswith('picture(sums, "add")')


def test_a_picture_is_drawn_of_what_the_cells_define(sums, capsys):
    notebook = Shell(sums)
    notebook.run(ADD.replace("return", "print(x, y)\n    return"))
    capsys.readouterr()
    picture = notebook.draw("sums")
    assert capsys.readouterr().out == ""
    assert picture._repr_png_().startswith(b"\x89PNG")
    assert repr(picture) == "Each number, added to itself."


@pytest.mark.parametrize(
    ("cell", "line"),
    [
        (
            'def add(x, y):\n    raise NotImplementedError("add is still to do")',
            "add is still to do. Then you see here: Each number, added to itself.\n",
        ),
        ("def add(x, y):\n    return x.sum()", "In [1]:2: cannot be drawn: AttributeError: "),
        ("", "cannot be drawn: AttributeError: "),
    ],
    ids=["to do", "wrong", "not there"],
)
def test_what_cannot_be_drawn_is_said_in_a_line(sums, capsys, cell, line):
    notebook = Shell(sums)
    notebook.run(cell)
    capsys.readouterr()
    assert notebook.draw("sums") is None
    told = capsys.readouterr().out
    assert line in told
    assert told.count("\n") == 1


# Work in a notebook


class Shell:
    """A kernel in this very process: it keeps of its cells what IPython keeps."""

    def __init__(self, course):
        self.names = {"In": [""], "__name__": "__main__"}
        self.tools = live.begin(course.root, course.chapters[0].name, self.names)
        self._cells = named(made(course))

    def run(self, text):
        file = f"/tmp/notebook/{id(self)}/{len(self.names['In'])}.py"
        lines = [f"{line}\n" for line in text.splitlines()]
        linecache.cache[file] = (len(text), None, lines, file)
        self.names["In"].append(text)
        exec(compile(text, file, "exec"), self.names)

    def draw(self, name):
        definition = self._cells[f"ch01-picture-{name}"].rpartition("\n\n\n")[0]
        self.run(definition)
        return self.tools.picture(self.names[name], "add")


@pytest.fixture
def notebook(small_course):
    return Shell(courses.read(small_course))


@pytest.fixture
def check(notebook, capsys):
    """Run cells, then check an exercise; returns what the notebook shows."""

    def check(exercise, *cells):
        for cell in cells:
            notebook.run(cell)
        capsys.readouterr()
        notebook.tools.check(exercise)
        return capsys.readouterr().out

    return check


def test_right_work_is_ticked(check):
    assert check("add", ADD).split("\n")[0].rstrip() == "✔ add   2 tests passed"


def test_a_mistake_is_named_with_what_the_code_printed(check):
    told = check("add", ADD.replace("return", "print('x is', x)\n    return").replace(" + ", " - "))
    assert "✘ add   test_two_numbers" in told
    assert "You subtract: write + where there is a -." in told
    assert "hint: hint('add')" in told
    assert "x is 3.0" in told
    assert "pytest" not in told


def test_an_exception_is_shown_with_the_cell_where_it_was_raised(check):
    told = check("add", "import numpy as np", "def add(x, y):\n    return np.plus(x, y)")
    assert "AttributeError" in told
    assert "In [2]:2  return np.plus(x, y)" in told


def test_the_last_definition_counts(check):
    stub = 'def add(x, y):\n    raise NotImplementedError("add is still to do")'
    assert "✔ add" in check("add", stub, ADD)
    assert "○ add   is still to do" in check("add", stub)


def test_what_needs_a_wrong_exercise_is_blocked_until_that_is_mended(check):
    wrong = ADD.replace(" + ", " - ")
    total = "def total(xs):\n    s = 0.0\n    for x in xs:\n        s = add(s, x)\n    return s"
    assert "✘ add" in check("add", wrong, total)
    assert "⊘ total   blocked by add" in check("total")
    assert "✔ total" in check("total", ADD)


def test_a_cell_that_has_not_run_is_asked_for(check):
    assert "no cell that has run defines 'add': run its cell first" in check("add")


def test_what_a_chapter_forbids_is_named_with_its_cell(stacks, capsys):
    notebook = Shell(stacks)
    notebook.run("import statistics")
    notebook.run(
        "class Stack:\n    def __init__(self):\n        self.pile = []\n"
        "    def push(self, x):\n        self.pile.append(x)\n"
        "    def total(self):\n        return statistics.fsum(self.pile)"
    )
    notebook.tools.check("Stack.total")
    told = capsys.readouterr().out
    assert "In [2]:7: " in told
    assert "adding up is what you write here" in " ".join(told.split())


def test_a_name_that_is_misspelt_is_a_line(check):
    told = check("ad")
    assert "there is no exercise 'ad'" in told
    assert told.count("\n") == 1


def test_an_interrupt_ends_the_cell(check):
    with pytest.raises(KeyboardInterrupt):
        check("add", "def add(x, y):\n    raise KeyboardInterrupt")


def test_the_board_shows_what_still_holds(check, notebook, capsys):
    notebook.tools.board()
    assert capsys.readouterr().out.endswith("next: add\n")
    check("add", ADD)
    notebook.tools.board()
    told = capsys.readouterr().out
    assert "1/3" in told
    assert "✔ add" in told
    assert told.endswith("next: total\n")
    notebook.run(ADD.replace("+", "-"))
    notebook.tools.board()
    assert "✔ add" not in capsys.readouterr().out


def test_hints_are_given_one_by_one(notebook, capsys):
    capsys.readouterr()
    notebook.tools.hint("add")
    assert capsys.readouterr().out == "Python can do it.\nmore: hint('add', 2)\n"
    notebook.tools.hint("add", 7)
    assert capsys.readouterr().out == "x + y\n"


# In a kernel


def pytest_generate_tests(metafunc):
    """Run the notebooks of a few chapters, or of all."""
    for name, few in (("untouched", FEW[:1]), ("chapter_to_solve", FEW)):
        if name in metafunc.fixturenames:
            every = metafunc.config.option.all_notebooks
            chapters = [c for c in COURSE.chapters if every or c.name in few]
            metafunc.parametrize(name, chapters, ids=lambda chapter: chapter.name)


def test_an_untouched_notebook_runs_top_to_bottom(untouched):
    notebook = run(json.loads(build.notebook(COURSE, untouched)), ROOT)
    below = {
        cell.id.partition("-")[2]: printed(cell) for cell in notebook.cells if "outputs" in cell
    }
    assert below.pop("set-up") == f"Ready: {untouched.title}, with the course in {ROOT}.\n"
    assert below.pop("check-board").endswith(f"next: {untouched.exercises[0].name}\n")
    checks = {name: text for name, text in below.items() if name.startswith("check-")}
    assert all(text.startswith("○ ") for text in checks.values()), checks


def test_a_solved_notebook_runs_top_to_bottom_and_earns_every_point(
    chapter_to_solve, judge, tmp_path
):
    notebook = run(solved(COURSE, chapter_to_solve), ROOT)
    for cell in notebook.cells:
        if "-check-" in cell.id and not cell.id.endswith("-board"):
            assert printed(cell).startswith("✔ "), printed(cell)
        if "-picture-" in cell.id:
            assert ["image/png" in o.get("data", ()) for o in cell.outputs] == [True], printed(cell)
    assert printed(notebook.cells[-1]).endswith("All of this chapter is right.\n")
    path = tmp_path / f"{chapter_to_solve.name}.ipynb"
    nbformat.write(notebook, path)
    result = judge.grade(path, [exercise.name for exercise in chapter_to_solve.exercises])
    assert result.share == 1, [
        exercise for exercise in result.exercises if exercise.status != "passed"
    ]
    assert not [note for note in result.notes if path.name in note]


def test_a_notebook_below_the_course_finds_it(sums):
    folder = sums.root / "notebooks"
    folder.mkdir()
    notebook = run(made(sums), folder)
    assert printed(notebook.cells[0]) == f"Ready: Adding up, with the course in {sums.root}.\n"


# Handed in


def handed_in(notebook):
    """What is read of the code of a notebook: the number and the text of each cell."""
    return {c.number: c.text for c in code_cells(json.dumps(notebook).encode(), "work.ipynb")}


def test_what_the_course_has_put_into_a_notebook_is_not_marked(sums):
    notebook = made(sums)
    code = [c for c in notebook["cells"] if c["cell_type"] == "code"]
    work = {n: "".join(c["source"]) for n, c in enumerate(code, 1) if "-work-" in c["id"]}
    assert handed_in(notebook) == work
    assert [*work] == [2, 3, 6, 8]


@pytest.mark.parametrize("kept", [{}, [], None, {"tensorkata": 3}, {"tensorkata": {"sha256": 0}}])
def test_a_cell_counts_once_somebody_has_written_into_it(sums, kept):
    notebook = made(sums)
    check = next(cell for cell in notebook["cells"] if cell["id"] == "ch01-check-add")
    check["source"] = [ADD]
    assert ADD in handed_in(notebook).values()
    check["metadata"] = kept
    assert ADD in handed_in(notebook).values()


# The command


@pytest.fixture
def kata(monkeypatch, capsys, sums):
    """Run `kata notebooks` in the small course; returns (exit status, output, errors)."""

    def kata(*arguments):
        monkeypatch.chdir(sums.root)
        monkeypatch.setattr(sys, "argv", ["kata", "notebooks", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return (ended.value.code or 0, *capsys.readouterr())

    return kata


def test_notebooks_are_built_beside_the_exercises(kata, sums):
    assert kata() == (0, "1 built\n", "")
    path = sums.root / "notebooks/ch01_sums.ipynb"
    assert path.read_text("utf-8") == build.notebook(sums, sums.chapters[0])
    assert kata() == (0, "1 unchanged\n", "")
    assert kata("--out", "else/where") == (0, "1 built\n", "")
    assert (sums.root / "else/where/ch01_sums.ipynb").is_file()


def test_a_notebook_that_somebody_has_worked_on_is_kept(kata, sums):
    kata()
    path = sums.root / "notebooks/ch01_sums.ipynb"
    mine = path.read_text("utf-8").replace("raise NotImplementedError", "return repr")
    path.write_text(mine, "utf-8")
    said = "kept: notebooks/ch01_sums.ipynb, which is not as it was built; --force builds it anew\n"
    assert kata() == (0, f"{said}1 kept\n", "")
    assert path.read_text("utf-8") == mine
    said = "built anew: notebooks/ch01_sums.ipynb; yours is ch01_sums.ipynb.bak-1\n"
    assert kata("--force") == (0, f"{said}1 built\n", "")
    assert path.with_name("ch01_sums.ipynb.bak-1").read_text("utf-8") == mine
    assert path.read_text("utf-8") != mine


def test_a_notebook_that_was_only_run_is_built_anew_when_the_course_has_changed(kata, sums):
    kata()
    path = sums.root / "notebooks/ch01_sums.ipynb"
    ran = json.loads(path.read_text("utf-8"))
    ran["cells"][0] |= {"execution_count": 1, "outputs": []}
    path.write_text(json.dumps(ran), "utf-8")
    lesson_ = sums.lesson(sums.chapters[0])
    lesson_.write_text("# Another lesson\n", "utf-8")
    assert kata() == (0, "1 built\n", "")
    assert "Another lesson" in path.read_text("utf-8")
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_folder_that_cannot_be_is_a_line(kata, sums):
    (sums.root / "file").write_text("")
    status, printed_, errors = kata("--out", "file")
    assert (status, printed_) == (2, "")
    assert errors == "kata: file: cannot be made: File exists\n"


# The first cell


def first_cell(course, **options):
    return named(made(course, **options))["ch01-set-up"]


def alone(text, folder, *options):
    """Run a first cell in a Python of its own; returns all that it prints."""
    command = [sys.executable, *options, "-c", text]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return ran.stdout + ran.stderr


@pytest.fixture
def away(tmp_path):
    """A folder that has no course above it."""
    (tmp_path / "away").mkdir()
    return tmp_path / "away"


def zipped(course, path):
    """Zip a course, in a folder as a download has it."""
    return shutil.make_archive(str(path), "zip", course.root.parent, course.root.name)


def test_without_a_course_the_first_cell_says_what_to_do(sums, away):
    said = "The course is not here: put this notebook into its folder, then run this cell again.\n"
    assert alone(first_cell(sums), away) == said


def test_a_course_in_a_zip_is_unpacked_and_what_is_not_installed_is_named(sums, away):
    zipped(sums, away / "bundle")
    root = away / "bundle" / "course"
    said = f"In a terminal: pip install '{root}[cpu]', then restart the kernel.\n"
    assert alone(first_cell(sums), away, "-I", "-S") == said


@pytest.mark.parametrize("kind", ["git", "zip"])
def test_a_course_that_is_not_here_is_fetched(sums, away, kind):
    if kind == "zip":
        address = Path(zipped(sums, away.parent / "bundle")).as_uri()
    else:
        who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
        for command in (["init", "-q"], ["add", "."], [*who, "commit", "-q", "-m", "course"]):
            subprocess.run(["git", *command], cwd=sums.root, check=True)
        address = sums.root.as_uri()
    told = alone(first_cell(sums, address=address), away)
    assert (
        told
        == f"Ready: Adding up, with the course in {away / 'course'}{'/course' * (kind == 'zip')}.\n"
    )


def test_an_address_where_nothing_is_gives_a_line(sums, away):
    told = alone(first_cell(sums, address=f"{away.as_uri()}/none.zip"), away)
    assert told.startswith("The course could not be fetched: ")
    assert told.count("\n") == 1


def test_in_colab_what_is_missing_is_installed(sums, away, monkeypatch, capsys):
    zipped(sums, away / "bundle")
    commands = []
    found = importlib.util.find_spec
    monkeypatch.chdir(away)
    monkeypatch.setitem(sys.modules, "google.colab", ModuleType("google.colab"))
    monkeypatch.setattr("importlib.util.find_spec", lambda n: None if n == "msgspec" else found(n))
    monkeypatch.setattr("subprocess.run", lambda command, check: commands.append(command))
    names = {}
    exec(first_cell(sums), names)
    root = away / "bundle" / "course"
    assert commands == [[sys.executable, "-m", "pip", "install", "-q", str(root)]]
    assert capsys.readouterr().out == f"Ready: Adding up, with the course in {root}.\n"
    names["hint"]("add")
