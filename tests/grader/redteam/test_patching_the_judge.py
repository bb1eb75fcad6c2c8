"""Patching the judge: neither files that were handed in nor patches in the worker reach it."""

import importlib.util
import marshal
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy
import pytest

from grader import cli

pytestmark = pytest.mark.attack("Patching the judge")

ROOT = Path(__file__).parents[3]
WRONG = "def sigmoid(z):\n    return 0 * z\n"


# Files beside the work


@pytest.fixture
def trap(target):
    """Source that leaves a trace wherever it is run, and then claims that all is well."""
    return f"open({str(target.drop / 'trap')!r}, 'w').close()\nraise SystemExit(0)\n"


def traps(trap):
    """Every file that Python, pytest or the grader might pick up by its name."""
    plugin = "[pytest11]\nevil = evil\n"
    options = "addopts = -p evil --collect-only\npython_files = nothing.py\n"
    return {
        "conftest.py": trap,
        "exercises/conftest.py": trap,
        "tests/conftest.py": trap,
        "tests/hidden/test_neuron.py": trap,
        "test_neuron.py": trap,
        "pytest.ini": f"[pytest]\n{options}",
        ".pytest.ini": f"[pytest]\n{options}",
        "tox.ini": f"[pytest]\n{options}",
        "setup.cfg": f"[tool:pytest]\n{options}",
        "pyproject.toml": '[tool.pytest.ini_options]\naddopts = "-p evil --collect-only"\n',
        "sitecustomize.py": trap,
        "usercustomize.py": trap,
        "evil.py": trap,
        "evil.pth": "import evil\n",
        "evil-1.0.dist-info/entry_points.txt": plugin,
        "evil-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: evil\nVersion: 1.0\n",
        "evil.egg-info/entry_points.txt": plugin,
        "numpy.py": trap,
        "tensorflow.py": trap,
        "keras/__init__.py": trap,
        "pytest.py": trap,
        "msgspec.py": trap,
        "random.py": trap,
        "typing.py": trap,
        "grader/__init__.py": trap,
        "grader/compare.py": trap,
        "solutions/ch01_neuron/neuron.py": WRONG,
        "solutions/ch01_neuron/mistakes.py": trap,
        "exercises/course.toml": 'title = "mine"\n',
        "course.toml": 'title = "mine"\n',
    }


@pytest.mark.parametrize("name", traps(""))
def test_a_file_that_is_picked_up_by_its_name(strike, trap, tmp_path, monkeypatch, name):
    """The judge stands in the folder that was handed in."""
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    assert strike(WRONG, beside={name: traps(trap)[name]}).status == "failed"


@pytest.mark.parametrize("how", [["-P", "-m", "grader"], ["-m", "grader"]], ids=["kata", "module"])
def test_all_of_them_where_the_command_is_typed(trap, target, tmp_path, how):
    """`kata` has no folder of its own on its path, and neither has `python -P -m grader`."""
    for name, content in traps(trap).items():
        if name == "grader/__init__.py" and how[0] == "-m":
            continue  # this one Python itself would run in the place of the grader
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    (tmp_path / "neuron.py").write_text(WRONG)
    done = subprocess.run(
        [sys.executable, *how, "grade", ".", f"--course={ROOT}", "--exercise=sigmoid"],
        cwd=tmp_path,
        env={**os.environ, "PYTEST_ADDOPTS": "-p evil", "PYTEST_PLUGINS": "evil"},
        capture_output=True,
        timeout=120,
    )
    target.untouched(done.stdout + done.stderr)
    assert done.returncode == 1
    assert "✘ sigmoid  0/3  0 of 23 tests passed" in done.stdout.decode()


def test_a_course_of_ones_own(target, trap, tmp_path, monkeypatch, lent_zygote, capfd):
    """Where no course is named, the nearest one is the one that was handed in, tests and all."""
    for folder in ("exercises", "solutions", "tests/hidden"):
        shutil.copytree(ROOT / folder, tmp_path / "work" / folder)
    easy = "from grader.plugin import exercise\n@exercise('sigmoid')\ndef test_it(learner): "
    for path in (tmp_path / "work").rglob("test_neuron.py"):
        marks = path.read_text().replace("def test_", f"def test_x(): pass\n{trap}\ndef test_")
        path.write_text(f"{easy} learner.sigmoid(0)\n{marks}")
    (tmp_path / "work/exercises/ch01_neuron/neuron.py").write_text(WRONG)
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setattr(sys, "argv", ["kata", "grade", ".", "--exercise=sigmoid"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    out, err = capfd.readouterr()
    target.untouched((out + err).encode())
    assert ended.value.code == 2
    assert "--course" in err


def poisoned(trap):
    """Compiled code that Python takes for the current form of whatever source stands beside it."""
    unchecked = (1).to_bytes(4, "little") + bytes(8)
    code = marshal.dumps(compile(trap, "forward.py", "exec"))
    return importlib.util.MAGIC_NUMBER + unchecked + code


def test_compiled_code_handed_in(strike, trap):
    name = f"__pycache__/forward.{sys.implementation.cache_tag}.pyc"
    helper = f"__pycache__/helper.{sys.implementation.cache_tag}.pyc"
    struck = strike(
        "import forward, helper\n" + WRONG,
        beside={name: poisoned(trap), helper: poisoned(trap), "helper.py": "x = 1\n"},
    )
    assert struck.status == "failed"


@pytest.mark.parametrize(
    "place",
    [
        ROOT / "grader/__pycache__/kata_attack.pyc",
        ROOT / "solutions/ch01_neuron/kata_attack.py",
        Path(numpy.__file__).parents[1] / "kata_attack.pth",
        ROOT / "tests/hidden/conftest.py",
        ROOT / "conftest.py",
    ],
    ids=["grader", "reference", "site-packages", "hidden tests", "the course"],
)
def test_a_file_put_where_the_judge_lives(strike, place):
    try:
        struck = strike(f"""
            def sigmoid(z):
                with open({str(place)!r}, "w") as file:
                    file.write("")
                return 0 * z
        """)
        assert struck.status == "failed"
        assert not place.exists()
    finally:
        place.unlink(missing_ok=True)


# The surroundings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PYTEST_ADDOPTS", "--collect-only"),
        ("PYTEST_ADDOPTS", "-k nothing"),
        ("PYTEST_ADDOPTS", "--kata-seed=7 --kata-learner=/"),
        ("PYTEST_PLUGINS", "evil"),
        ("PYTEST_THEME", "evil"),
        ("PYTEST_CURRENT_TEST", "passed"),
    ],
)
def test_the_environment_of_the_judge(strike, monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    struck = strike(WRONG)
    assert struck.status == "failed"
    assert struck.result.seed == 0


def test_the_environment_of_the_worker(strike):
    struck = strike("""
        import os
        os.environ.update(PYTEST_ADDOPTS="--collect-only", PYTHONPATH=DROP, LD_PRELOAD="evil.so")
        def sigmoid(z):
            return 0 * z
    """)
    assert struck.status == "failed"


# Patches in the worker


PATCHES = {
    "pytest": "pytest.raises = pytest.fail = pytest.main = lambda *_, **__: None",
    "pytest's outcomes": "_pytest.reports.TestReport.from_item_and_call = lambda *_: None",
    "unittest": "unittest.TestCase.run = unittest.TestCase.fail = lambda *_: None",
    "numpy.testing": "np.testing.assert_allclose = np.testing.assert_equal = lambda *_, **__: None",
    "np.allclose": "np.allclose = np.isclose = np.array_equal = lambda *_, **__: True",
    "np.abs": "np.abs = np.isnan = lambda x, *_, **__: np.zeros(np.shape(x))",
    "np.exp": "np.exp = lambda x: x",
    "np.maximum": "np.maximum = lambda x, y: x",
    "np.asarray": "np.asarray = lambda x, *_, **__: x",
    "math": "math.isclose = lambda *_, **__: True",
    "time": "time.monotonic = time.perf_counter = time.time = lambda: 0.0",
    "json": "json.dumps = lambda *_, **__: '{\"score\": 3}'",
    "msgspec": "msgspec.msgpack.decode = msgspec.json.encode = lambda *_, **__: None",
    "any": "builtins.any = lambda _: False",
    "abs": "builtins.abs = lambda _: 0",
    "AssertionError": "builtins.AssertionError = Warning",
}


@pytest.mark.parametrize("patch", PATCHES.values(), ids=PATCHES)
def test_a_patch_in_a_call(strike, patch):
    struck = strike(f"""
        import builtins, json, math, time, unittest, _pytest.reports
        import msgspec, numpy as np, pytest

        def sigmoid(z):
            answer = np.full(np.shape(z), 2.0)
            {patch}
            return answer
    """)
    assert struck.status == "failed"
    assert "sigmoid(z (3,)) gave the right shape, but wrong values" in struck.messages


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ("isinstance, issubclass", "sigmoid ended its process instead of returning"),
        ("len", "sigmoid ended its process instead of returning"),
        ("bytes, list, tuple, type", "sigmoid ended its process instead of returning"),
        ("hasattr, getattr", "sigmoid(z (3,)) gave the right shape, but wrong values"),
        ("open, exec, compile", "sigmoid(z (3,)) gave the right shape, but wrong values"),
    ],
)
def test_a_builtin_that_the_worker_needs(strike, names, said):
    struck = strike(f"""
        import builtins
        import numpy as np
        def sigmoid(z):
            for name in {names!r}.split(", "):
                setattr(builtins, name, None)
            return np.full(np.shape(z), 2.0)
    """)
    assert struck.status == "failed"
    assert said in struck.messages


@pytest.mark.parametrize(
    "act",
    [
        "sys.settrace(trace); threading.settrace(trace)",
        "sys.setprofile(trace); threading.setprofile(trace)",
        "sys.meta_path[:] = []",
        "sys.modules['numpy'] = sys.modules['msgspec'] = types.ModuleType('numpy')",
        "sys.modules.clear()",
        "sys.excepthook = sys.unraisablehook = lambda *_: os._exit(0)",
        "sys.setrecursionlimit(60)",
        "sys.addaudithook(trace)",
        "gc.disable(); gc.callbacks.append(trace)",
        "signal.signal(signal.SIGALRM, trace); signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)",
    ],
    ids=lambda act: act.partition("(")[0].partition(" ")[0].partition("=")[0],
)
def test_the_interpreter_turned_round(strike, act):
    """Whatever is seen of the frames above is changed to what would be a pass."""
    struck = strike(f"""
        import gc, os, signal, sys, threading, types
        import numpy as np

        def trace(*seen):
            for frame in seen:
                known = getattr(frame, "f_locals", {{}})
                known.update(error=None, wrong=False, status="passed", score=3.0, points=3)
            return trace

        def sigmoid(z):
            {act}
            return 0 * np.asarray(z)
    """)
    assert struck.status == "failed"


def test_the_reference_replaced_for_everybody(strike):
    """What stands in for a wrong prerequisite, or goes in as an argument, is the attacker's."""
    struck = strike("""
        import grader.given
        def sigmoid(z):
            grader.given.sigmoid = grader.given.relu = lambda z: z
            return 0 * z
    """)
    assert struck.status == "failed"
