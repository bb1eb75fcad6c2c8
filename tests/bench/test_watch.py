"""From save to verdict in `kata watch`, in seconds: of a NumPy exercise and of a TensorFlow one."""

import shutil
import statistics
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROUNDS = 12


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(ROOT / "exercises", tmp_path / "exercises")
    shutil.copytree(ROOT / "solutions", tmp_path / "solutions")
    return tmp_path


@pytest.mark.parametrize(
    ("file", "name", "wrong", "right", "goal"),
    [
        ("ch01_neuron/neuron", "relu", "return np.abs(z)", "return np.maximum(z, 0.0)", 0.3),
        (
            "ch02_tensors/tensors",
            "replace_row",
            "return tensor + row",
            "return tf.concat([tensor[:i], [row], tensor[i + 1 :]], axis=0)",
            0.5,
        ),
    ],
    ids=["NumPy", "TensorFlow"],
)
def test_from_save_to_verdict(folder, terminal, capsys, file, name, wrong, right, goal):
    path = folder / f"exercises/{file}.py"
    stub = path.read_text("utf-8")
    line = f'raise NotImplementedError("{name} is still to do")'
    assert line in stub
    screen = terminal(folder, "watch")
    screen.until("Write it")
    path.write_text(stub.replace(line, wrong), "utf-8")
    screen.until(f"✘ {name}   ")
    times = []
    for number in range(ROUNDS):
        code = (right, wrong)[number % 2]
        expected = f"✘ {name}   " if number % 2 else f"✔ {name}"
        time.sleep(1)
        screen.quiet()
        path.write_text(stub.replace(line, f"{code}  # {number}\n    {number}"), "utf-8")
        started = time.perf_counter()
        screen.until(expected)
        times.append(time.perf_counter() - started)
    median = statistics.median(times)
    with capsys.disabled():
        print(
            f"\n{name}: from save to verdict {median:.2f} s in the median, "
            f"{max(times):.2f} s at most; asked for: {goal} s"
        )
