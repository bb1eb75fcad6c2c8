"""Work as learners hand it in, marked for real: the right marks, and for the right reasons."""

import json
import shutil
import zipfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import jsonschema
import nbformat.v4 as nbformat
import pytest

from grader import diagnose, result
from grader.errors import SubmissionError
from grader.report import FORMATS
from grader.report.account import in_a_book
from grader.submission import read

SUBMISSIONS = Path(__file__).parent / "submissions"
RIGHT = ["notebook_with_plots.ipynb", "own_style.py", "chapter_folder", "flat_folder"]
CHAPTER_1 = ("weighted_sum", "step", "tlu", "sigmoid", "tanh", "relu", "neuron", "decide")
CHAPTERS = {"ch01_neuron": "neuron", "ch03_forward": "forward"}


@pytest.fixture(scope="session")
def marked(judge, course):
    """Mark a submission once, on the chapters it was written for if no exercises are named."""
    written = [e.name for name in CHAPTERS for e in course.chapter(name).exercises]

    @cache
    def marked(name, *exercises):
        return judge.grade(SUBMISSIONS / name, exercises or written)

    return marked


@pytest.fixture(scope="session")
def told(course):
    """What the course tells the learner about each known mistake, by the mistake's name."""
    return {
        mistake.name: mistake.explanation
        for chapter in course.chapters
        for mistake in diagnose.read(
            course.mistakes(chapter), [exercise.name for exercise in chapter.exercises]
        )
    }


@pytest.fixture
def notebook(tmp_path):
    """Write a notebook of these cells."""

    def notebook(*cells):
        path = tmp_path / "work.ipynb"
        made = nbformat.new_notebook(cells=[nbformat.new_code_cell(cell) for cell in cells])
        path.write_text(nbformat.writes(made))
        return path

    return notebook


def lost(marked):
    """The exercises that earned nothing, each with its status."""
    return {e.id: e.status for e in marked.exercises if e.score < e.max_score}


def diagnoses(marked):
    """What each failed exercise was told, over all its failed tests."""
    return {
        e.id: {test.diagnosis for test in e.tests if test.status == "failed"}
        for e in marked.exercises
        if e.status == "failed"
    }


# Right work


@pytest.mark.parametrize("name", RIGHT)
def test_right_work_gets_full_marks_in_any_form_and_style(marked, course, name):
    assert lost(marked(name)) == {}
    exercises = (e for chapter in CHAPTERS for e in course.chapter(chapter).exercises)
    assert marked(name).score == sum(exercise.points for exercise in exercises)


def test_two_functions_get_full_marks_when_only_these_are_asked_for(marked):
    assert marked("two_functions.py", "sigmoid", "dense").score == 6


def test_a_function_that_nobody_wrote_is_missing_and_costs_no_other_its_points(marked):
    partly = marked("two_functions.py", "sigmoid", "relu", "dense")
    assert (partly.score, partly.max_score) == (6, 7)
    assert lost(partly) == {"relu": "missing"}
    assert partly.exercises[1].message == "two_functions.py: defines no relu"


def test_the_last_definition_of_a_function_in_a_notebook_counts(judge, notebook):
    right, wrong = "def relu(z): return np.maximum(z, 0)", "def relu(z): return np.abs(z)"
    assert judge.grade(notebook("import numpy as np", wrong, right), ["relu"]).score == 1
    assert judge.grade(notebook("import numpy as np", right, wrong), ["relu"]).score == 0


def test_what_the_work_prints_or_raises_when_it_is_run_alone_costs_nothing(marked):
    assert marked("own_style.py").notes == ()


# Wrong work: the file, what is asked for (all when empty), and for each exercise that must lose
# its points either its status or the mistake that the learner must be told


SIGMOID = {"sigmoid": "sigmoid_overflows"}
BIAS = {"dense": "dense_without_bias"}
TYPICAL = {
    "weighted_sum": "weighted_sum_zip",
    "step": "step_zero_is_off",
    "sigmoid": "sigmoid_where_of_both",
    "relu": "relu_in_place",
    "neuron": "neuron_bias_after_activation",
    "dense": "dense_rows_for_units",
    "predict": "predict_flattened",
    "xor_network": "xor_network_truth_table",
    "compose_linear": "compose_linear_sum_of_biases",
    "standardize": "standardize_without_a_guard",
    "count_parameters": "count_parameters_without_biases",
}
HALF = {
    "weighted_sum": "weighted_sum_counts_the_inputs",
    "count_parameters": "count_parameters_without_biases",
    "sigmoid": "todo",
    "neuron": "todo",
    "decide": "todo",
    "dense": "todo",
    "xor_network": "todo",
    "compose_linear": "todo",
    "standardize": "todo",
}


@pytest.mark.parametrize(
    ("name", "asked", "due"),
    [
        ("sigmoid_overflows.ipynb", CHAPTER_1, SIGMOID),
        ("dense_without_bias.py", ("dense", "sequential", "predict"), BIAS),
        ("typical_mistakes", (), TYPICAL),
        ("half_finished", (), HALF),
    ],
    ids=["a notebook", "a file", "a folder of mistakes", "a folder with stubs left"],
)
def test_wrong_work_loses_the_due_marks_and_is_told_why(marked, told, name, asked, due):
    found = marked(name, *asked)
    assert lost(found) == {id_: "failed" if why in told else why for id_, why in due.items()}
    assert diagnoses(found) == {id_: {told[why]} for id_, why in due.items() if why in told}


@pytest.mark.parametrize(
    ("name", "asked", "supplied"),
    [
        (
            "dense_without_bias.py",
            ("dense", "sequential", "predict"),
            {"sequential": ("dense",), "predict": ("dense",)},
        ),
        ("sigmoid_overflows.ipynb", CHAPTER_1, {"tanh": ("sigmoid",)}),
        (
            "half_finished",
            (),
            {
                "tlu": ("weighted_sum",),
                "tanh": ("sigmoid",),
                "sequential": ("dense",),
                "predict": ("dense",),
            },
        ),
    ],
    ids=["forgotten bias", "overflowing sigmoid", "stubs left"],
)
def test_one_mistake_costs_once_and_the_result_says_what_stood_in(marked, name, asked, supplied):
    right = {e.id: e.supplied for e in marked(name, *asked).exercises if e.status == "passed"}
    assert {id_: needs for id_, needs in right.items() if needs} == supplied


def test_the_place_of_an_error_is_a_line_of_the_file_that_was_handed_in(marked):
    weighted_sum = marked("half_finished").exercises[0]
    failed = next(test for test in weighted_sum.tests if test.status == "failed")
    assert "exercises/ch01_neuron/neuron.py:24  z = z + w[i] * x[i]" in failed.message


# What is noted


@pytest.mark.parametrize(
    "note",
    [
        "[1]: left out: %matplotlib inline",
        "[1]: left out: !pip install numpy",
        "[2]: left out: %%bash",
        "[3]: left out: x = !ls",
        "[9]: left out: %%time",
        "[11]: left out: %timeit sigmoid(zs)",
        "[11]: left out: sigmoid?",
        "[3]:2: NameError: name 'x' is not defined",
        pytest.param(
            "[1]:2: ModuleNotFoundError: No module named 'matplotlib'",
            marks=pytest.mark.skipif(
                find_spec("matplotlib") is not None, reason="matplotlib is installed here"
            ),
        ),
    ],
)
def test_what_was_left_out_of_a_notebook_is_noted(marked, note):
    assert f"notebook_with_plots.ipynb{note}" in marked("notebook_with_plots.ipynb").notes


def test_a_cell_that_raises_is_noted_and_the_rest_goes_on(marked):
    notes = marked("notebook_with_plots.ipynb").notes
    assert any(note.startswith("notebook_with_plots.ipynb[13]:9: ValueError: ") for note in notes)


def test_a_line_that_raises_in_a_file_is_noted_and_what_stands_above_it_counts(marked):
    partly = marked("calls_itself.py", "dense", "dense_layer")
    assert partly.score == 5
    assert [note.partition(": ")[0] for note in partly.notes] == ["calls_itself.py:18"]


def test_a_shell_line_that_goes_on_is_left_out_whole(judge, notebook):
    work = "!pip install --quiet \\\n    numpy\nimport numpy as np\ndef relu(z): return z * (z > 0)"
    shell = judge.grade(notebook(work, "def relu(z): return np.maximum(z, 0)"), ["relu"])
    assert shell.score == 1
    assert shell.notes == ("work.ipynb[1]: left out: !pip install --quiet \\",)


# Folders and zips


def zipped(folder, path, top=""):
    """Zip a folder as the file managers do it, below a folder of its own if `top` is given."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(f for f in folder.rglob("*") if f.is_file()):
            archive.write(file, f"{top}{file.relative_to(folder).as_posix()}")
    return path


def litter(folder):
    """Leave beside somebody's work what systems, editors and Python leave there."""
    for file, content in {
        ".DS_Store": b"\x00\x00\x00\x01Bud1",
        "._neuron.py": b"\x00\x05\x16\x07\x00 not Python",
        "README.md": b"# My work",
        "conftest.py": b"raise SystemExit('a conftest.py of the learner was run')",
        "test_neuron.py": b"def test_nothing(): assert False",
        ".ipynb_checkpoints/forward-checkpoint.ipynb": b"{",
        "__pycache__/neuron.cpython-311.pyc": b"\xa7\r\r\n",
        "__MACOSX/._forward.py": b"\x00\x05\x16\x07\x00 not Python",
        "venv/neuron.py": b"raise SystemExit('the wrong neuron.py')",
    }.items():
        (folder / file).parent.mkdir(exist_ok=True)
        (folder / file).write_bytes(content)


PICKED = ("weighted_sum", "sigmoid", "dense_layer", "compose_linear")


@pytest.mark.parametrize("layout", ["chapter_folder", "flat_folder"])
@pytest.mark.parametrize("top", ["", "my homework/"], ids=["bare", "in a folder"])
def test_a_zip_is_marked_like_the_folder_it_was_made_of(judge, tmp_path, layout, top):
    path = zipped(SUBMISSIONS / layout, tmp_path / "work.zip", top)
    assert lost(judge.grade(path, PICKED)) == {}


@pytest.mark.parametrize("form", ["folder", "zip"])
def test_litter_beside_the_work_is_passed_over(judge, tmp_path, form):
    work = tmp_path / "work"
    shutil.copytree(SUBMISSIONS / "flat_folder", work)
    litter(work)
    path = work if form == "folder" else zipped(work, tmp_path / "work.zip", "work/")
    littered = judge.grade(path, PICKED)
    assert lost(littered) == {}
    assert littered.notes == ()


def test_the_digest_names_the_content_whatever_it_came_in(tmp_path):
    folder = SUBMISSIONS / "chapter_folder"
    forms = [
        folder,
        shutil.copytree(folder, tmp_path / "copied"),
        zipped(folder, tmp_path / "bare.zip"),
        zipped(folder, tmp_path / "topped.zip", "my homework/"),
    ]
    assert len({read(form, CHAPTERS).digest for form in forms}) == 1


def test_the_digest_of_a_file_does_not_hang_on_its_name(tmp_path):
    file = SUBMISSIONS / "own_style.py"
    copy = shutil.copy(file, tmp_path / "own_style (1).py")
    assert read(file, CHAPTERS).digest == read(Path(copy), CHAPTERS).digest


def test_one_changed_character_changes_the_digest(tmp_path):
    changed = tmp_path / "own_style.py"
    text = (SUBMISSIONS / "own_style.py").read_text()
    changed.write_text(text.replace("1.5", "1.6", 1))
    one, other = read(SUBMISSIONS / "own_style.py", CHAPTERS), read(changed, CHAPTERS)
    assert one.digest != other.digest


# The JSON


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("notebook_with_plots.ipynb", ()),
        ("half_finished", ()),
        ("two_functions.py", ("sigmoid", "relu", "dense")),
    ],
    ids=["full marks with notes", "failed and to do", "missing"],
)
def test_the_json_is_what_its_schema_says(marked, name, asked):
    data = json.loads(FORMATS["json"](in_a_book(marked(name, *asked))))
    jsonschema.validate(data, result.schema(), jsonschema.Draft202012Validator)
    assert data["score"] == sum(e["score"] for e in data["exercises"])


@pytest.mark.parametrize(
    "broken",
    [{"score": "all"}, {"version": None}, {"exercises": [{"id": "dense", "status": "fine"}]}],
    ids=["a score in words", "no version", "a status of its own"],
)
def test_the_schema_refuses_what_is_no_result(marked, broken):
    right = FORMATS["json"](in_a_book(marked("two_functions.py", "sigmoid", "dense")))
    data = json.loads(right) | broken
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, result.schema(), jsonschema.Draft202012Validator)


# Known gaps


@pytest.mark.parametrize(
    "line",
    ["plt.plot([1, 2])", "display('relu')", "get_ipython()", "input('z? ')", "assert 1 == 2"],
)
def test_a_line_that_raises_costs_nobody_the_functions_below_it(judge, notebook, line):
    relu = "def relu(z):\n    return np.maximum(z, 0)\n"
    work = notebook(f"import numpy as np\nimport no_such_plots as plt\n{line}\n{relu}")
    assert judge.grade(work, ["relu"]).score == 1


def test_a_function_in_a_cell_that_is_no_python_is_not_called_missing(judge, notebook):
    work = notebook("import numpy as np", "def relu(z)\n    return np.maximum(z, 0)")
    with pytest.raises(SubmissionError, match=r"work\.ipynb\[2\]:1: SyntaxError: expected ':'"):
        judge.grade(work, ["relu"])


def test_a_wrong_sigmoid_does_not_cost_the_layer_that_uses_it(judge, tmp_path):
    work = tmp_path / "work.py"
    work.write_text(
        "import numpy as np\n\n\ndef sigmoid(z):\n    return 1 / 1 + np.exp(-np.asarray(z))\n\n\n"
        "def dense(a, W, b):\n    return sigmoid(np.dot(a, W) + b)\n"
    )
    sigmoid, dense = judge.grade(work, ["sigmoid", "dense"]).exercises
    assert (sigmoid.status, dense.status) == ("failed", "passed")
    assert dense.supplied == ("sigmoid",)


def test_each_chapter_sees_the_helper_beside_it(judge, tmp_path):
    for file, source in {
        "ch01_neuron/helpers.py": "from numpy import maximum as h\n",
        "ch01_neuron/neuron.py": "from helpers import h\ndef relu(z):\n    return h(z, 0)\n",
        "ch03_forward/helpers.py": "def h(g, a, W, b):\n    return g(a @ W + b)\n",
        "ch03_forward/forward.py": "import numpy as np\nfrom helpers import h as layer\n"
        "def dense_layer(a_prev, W, b, activation):\n"
        "    return layer(activation, np.array(a_prev), np.array(W), np.array(b))\n",
    }.items():
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text(source)
    assert lost(judge.grade(tmp_path, ["relu", "dense_layer"])) == {}


def test_a_function_that_later_chapters_import_is_checked_like_any_other(judge, tmp_path):
    work = tmp_path / "work.py"
    work.write_text("def step():\n    return 1\n\n\ndef sigmoid(z):\n    return z\n")
    step, sigmoid = judge.grade(work, ["step", "sigmoid"]).exercises
    assert step.message == "work.py:1: step takes 0 arguments where step(z) is due"
    assert sigmoid.tests[0].message.startswith("sigmoid(z (")
