"""The common stumbles, handed in: what the Result of `kata grade` says of each."""

import pytest

NEURON = '''
import numpy as np


def weighted_sum(x, w, b):
    print(np.dot(w, x) + b)


def step(z):
    np.where(np.asarray(z) >= 0, 1, 0)


def Tlu(x, w, b):
    return step(np.dot(w, x) + b)


def sigmoid(z):
    return 1 / (1 + math.exp(-z))


def tanh(z):
    """The sigmoid stretched."""
    raise NotImplementedError("tanh is still to do")
    return np.tanh(z)


def first():
    def relu(z):
        return np.maximum(0, z)


def neuron(x, w, b):
    return np.dot(w, x) + b


def decide(p, threshold=0.5):
    return np.ary(p) >= threshold
'''

TENSORS = """
import numpy as np


def scale(tensor, factor):
    return np.asarray(tensor) * factor
"""

SEQUENTIAL = """
class MySequential:
    def __init__(self):
        self.layers = []

    def add(layer):
        self.layers.append(layer)
"""

TOLD = {
    "weighted_sum": "gave None: is a `return` missing?\nprint(…) only shows a value",
    "step": "gave None: is a `return` missing?",
    "tlu": "defines no tlu; is it Tlu, in line 12? Name it tlu",
    "sigmoid": "the line `import math` is missing at the top of the file",
    "tanh": "tanh still has the line `raise NotImplementedError`, which ends it there: take the",
    "relu": "relu, in line 27, is indented and so a part of first: move it to the left margin",
    "neuron": "neuron takes 3 arguments where neuron(x, w, b, activation) is due",
    "decide": "module 'numpy' has no attribute 'ary'; did you mean array?",
    "scale": "gave an array where a tensor is due, as tf.constant(…) makes one",
    "MySequential.add": "MySequential.add lacks self, which comes first: def add(self, layer):",
}


@pytest.fixture(scope="module")
def hand_in(judge, tmp_path_factory):
    """Grade a folder of files; what is said of each exercise that was asked for."""

    def hand_in(files, *exercises):
        work = tmp_path_factory.mktemp("work")
        for name, text in files.items():
            (work / name).parent.mkdir(exist_ok=True)
            (work / name).write_text(text.lstrip("\n"), "utf-8")
        result = judge.grade(work, exercises)
        return {e.id: [e.message, *(t.message for t in e.tests)] for e in result.exercises}

    return hand_in


@pytest.fixture(scope="module")
def said(hand_in):
    """What is said of work in which every function has its stumble."""
    work = {
        "ch01_neuron/neuron.py": NEURON,
        "ch02_tensors/tensors.py": TENSORS,
        "ch09_sequential/sequential.py": SEQUENTIAL,
    }
    return hand_in(work, *TOLD)


@pytest.mark.parametrize("name", TOLD)
def test_a_stumble_has_its_sentence_in_the_result(said, name):
    messages = "\n".join(said[name])
    assert TOLD[name] in messages, messages
    for internal in ("Traceback", "site-packages", "grader/", "tensorflow/"):
        assert internal not in messages


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("    a = z\n      return a", "take the spaces away that it has more than the line above"),
        ("return z", "indent what belongs to it by four spaces"),
        ("    a = z\n\treturn a", "use four spaces for each step to the right, and no tabs"),
        ("    return (z", "SyntaxError: '(' was never closed\n      return (z"),
    ],
)
def test_a_line_that_is_no_python_is_told_with_its_place(hand_in, body, told):
    work = {"ch01_neuron/neuron.py": f"def relu(z):\n{body}\n", "ch02_tensors/tensors.py": TENSORS}
    said = hand_in(work, "relu", "scale")["relu"][0]
    assert said.startswith("ch01_neuron/neuron.py:")
    assert told in said


def test_a_file_under_another_name(hand_in):
    work = {"ch01_neuron/neurons.py": NEURON, "ch02_tensors/tensors.py": TENSORS}
    said = hand_in(work, "relu", "scale")
    assert any("neuron.py is missing" in each for each in said["relu"]), said["relu"]
