"""Do the speed gates ever err? Each is raced many times, by right and by wrong ways to write it.

Run by hand: `python tests/bench/robustness.py --runs 300 --load none`. Loads are `none`, `full` (a
process on every processor that does nothing but multiply) and `gusts` (the same, there for a while
and gone for a while, up to two seconds each). It prints a table in Markdown: of the right ways how
many were called too slow, of the wrong ones how many fast enough, what nobody could tell, and what
came to no race; of that and of every other surprise it says more as it goes.
"""

import argparse
import collections
import itertools
import math
import multiprocessing
import os
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from grader import course, judge, session
from grader.bench import Settings
from grader.speed import Decision

ROOT = Path(__file__).parents[2]
COURSE = course.read(ROOT)
HEAD = "import numpy as np\nimport tensorflow as tf\nfrom grader.given import sigmoid\n"
LAYER = "def dense_vectorized(X, W, b):\n    X, W, b = (np.asarray(a, {kind}) for a in (X, W, b))\n"
ROWS = "    return np.array([sigmoid(np.dot(x, W) + b) for x in X])\n"
UNITS = "    return sigmoid(np.stack([X @ W[:, j] for j in range(len(b))], axis=1) + b)\n"
NUMBER = "    z = lambda n, j: sigmoid(np.dot(X[n], W[:, j]) + b[j])\n"
SOFT = "def softmax(Z):\n    Z = np.asarray(Z, {kind})\n"
FORWARD = (
    "\ndef forward(X, layers):\n    for W, b in layers:\n        X = dense_vectorized(X, W, b)\n"
)
BACK = "def dense_backward(dA, A_prev, W, A):\n    dZ = dA * A * (1 - A)\n"


def layers(*bodies, kinds=("float",)):
    """The layer in every type of numbers, written in each of these ways."""
    return [LAYER.format(kind=kind) + body for body in bodies for kind in kinds]


RIGHT_LAYERS = layers(
    "    return sigmoid(X @ W + b)\n",
    "    return sigmoid(np.dot(X, W) + b)\n",
    "    return sigmoid(np.einsum('nd,du->nu', X, W) + b)\n",
    kinds=("float", "np.float32"),
)
WRONG_LAYERS = layers(
    NUMBER + "    return np.array([[z(n, j) for j in range(len(b))] for n in range(len(X))])\n",
    UNITS,
    ROWS,
    NUMBER + "    return np.vectorize(z)(np.arange(len(X))[:, None], np.arange(len(b)))\n",
)


def solution(name, *changes):
    """The reference of an exercise's chapter, with some of its text replaced."""
    text = COURSE.solution(COURSE.chapter_of(name)).read_text("utf-8")
    for old, new in changes:
        assert old in text, f"{name}: the reference has no {old!r} any more"
        text = text.replace(old, new)
    return text


def alternative(name):
    return (ROOT / f"tests/grader/alternatives/{name}.py").read_text("utf-8")


WAYS = {
    "dense_vectorized": (RIGHT_LAYERS, WRONG_LAYERS),
    "softmax": (
        [
            SOFT.format(kind=kind) + "    e = np.exp(Z - Z.max(-1, keepdims=True))\n"
            "    return e / e.sum(-1, keepdims=True)\n"
            for kind in ("float", "np.float32")
        ]
        + ["def softmax(Z):\n    return tf.nn.softmax(tf.cast(Z, tf.float32), -1).numpy()\n"],
        [
            SOFT.format(kind="float") + "    shift = [np.exp(z - z.max()) for z in Z]\n"
            "    return np.array([e / e.sum() for e in shift])\n",
            SOFT.format(kind="float") + "    def one(z):\n        e = np.exp(z - z.max())\n"
            "        return e / e.sum()\n    return np.apply_along_axis(one, -1, Z)\n",
        ],
    ),
    "forward": (
        [text + FORWARD + "    return X\n" for text in RIGHT_LAYERS],
        [
            RIGHT_LAYERS[0]
            + FORWARD.replace("X, layers", "Xs, layers")
            .replace("    for", "    out = []\n    for X in Xs:\n     X = X[None]\n     for")
            .replace("        X = d", "      X = d")
            + "     out.append(X[0])\n"
            "    return np.array(out)\n",
            *[
                text.replace("vectorized", "slow")
                + FORWARD.replace("vectorized", "slow")
                + "    return X\n"
                for text in WRONG_LAYERS
            ],
        ],
    ),
    "dense_backward": (
        [
            BACK + "    return dZ @ W.T, A_prev.T @ dZ, dZ.sum(axis=0)\n",
            BACK + "    return np.einsum('nu,du->nd', dZ, W), np.einsum('nd,nu->du', A_prev, dZ), "
            "np.ones(len(dZ)) @ dZ\n",
        ],
        [
            BACK + "    dW = sum(np.outer(a, dz) for a, dz in zip(A_prev, dZ))\n"
            "    return np.array([W @ dz for dz in dZ]), dW, dZ.sum(axis=0)\n",
            BACK + "    units = range(dZ.shape[1])\n"
            "    dW = np.stack([A_prev.T @ dZ[:, j] for j in units], axis=1)\n"
            "    return dZ @ W.T, dW, np.array([sum(dZ[:, j]) for j in units])\n",
        ],
    ),
    "MySequential.fit": (
        [
            solution("MySequential.fit"),
            alternative("sequential_compiled"),
            alternative("sequential_stepwise"),
        ],
        [
            solution(
                "MySequential.fit", ("        @tf.function", "        #"), ("tf.range", "range")
            ),
            alternative("sequential_stepwise").replace("tf.function(lambda", "(lambda"),
        ],
    ),
    "fix_retrace": (
        [
            solution("fix_retrace"),
            alternative("debugging_anew"),
            alternative("debugging_elsewhere"),
        ],
        [
            solution(
                "fix_retrace",
                (
                    "tf.constant(learning_rate / (k + 1), tf.float32)",
                    "1.0 * learning_rate / (k + 1)",
                ),
            )
        ],
    ),
}
"""For each gate ways to write its exercise that are right, and others that are too slow."""


SIDES = ("right", "wrong")
DUE = {"right": "fast enough", "wrong": "too slow"}


class SpeedAlone(session.Session):
    """A judge's tests with nothing but the races in it."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items):
        items[:] = [item for item in items if "speed" in getattr(item, "fixturenames", ())]


def burn(gusty):
    """Keep one processor busy, all the time or in gusts, until whoever asked for it is gone."""
    matrix, parent = np.ones((200, 200)), os.getppid()
    while os.getppid() == parent:
        until = time.monotonic() + random.uniform(0.1, 2)
        while time.monotonic() < until:
            matrix = matrix @ matrix / 200
        if gusty:
            time.sleep(random.uniform(0.1, 2))


def raced(marking, folder, name, text):
    """What one race decides, or the message of a run without one."""
    path = folder / "work.py"
    path.write_text(HEAD + text, "utf-8")
    (found,) = marking.grade(path, [name]).exercises
    speeds = [test.speed for test in found.tests if test.speed]
    return speeds[0].decision if speeds else next((t.message for t in found.tests if t.message), "")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=300, help="races of each gate, half right ways")
    parser.add_argument("--minutes", type=float, default=math.inf, help="begin no race of it later")
    parser.add_argument("--load", choices=["none", "full", "gusts"], default="none")
    parser.add_argument("--gate", action="append", choices=[*WAYS], help="this one; all by default")
    asked = parser.parse_args()
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # of the burners, which are one a processor
    burners = [
        multiprocessing.get_context("spawn").Process(
            target=burn, args=(asked.load == "gusts",), daemon=True
        )
        for _ in range(os.cpu_count() if asked.load != "none" else 0)
    ]
    for each in burners:
        each.start()
    del os.environ["OPENBLAS_NUM_THREADS"]
    judge.Session = SpeedAlone
    columns = ["right: too slow", "wrong: fast enough", "inconclusive", "not raced", "s a race"]
    print("|", " | ".join(["gate", "load", *columns]), "|")
    print("|", " | ".join(["---"] * (2 + len(columns))), "|")
    with judge.Judge(COURSE, Settings()) as marking, tempfile.TemporaryDirectory() as folder:
        for name in asked.gate or WAYS:
            print(row(marking, Path(folder), name, asked), flush=True)


def row(marking, folder, name, asked):
    """Race one gate, right and wrong ways in turn, as often as asked: the line of the table."""
    ways = [itertools.cycle(enumerate(texts)) for texts in WAYS[name]]
    told = collections.Counter()
    started = time.monotonic()
    for turn in range(asked.runs):
        if time.monotonic() - started > 60 * asked.minutes:
            break
        side = SIDES[turn % 2]
        number, text = next(ways[turn % 2])
        decision = raced(marking, folder, name, text)
        told[side, decision] += 1
        if decision != DUE[side]:
            print(f"{name}, {side} way {number}: {decision}", file=sys.stderr, flush=True)
    runs = told.total()
    totals = {side: sum(n for (of, _), n in told.items() if of == side) for side in SIDES}
    doubts = sum(told[side, "inconclusive"] for side in SIDES)
    settled = sum(told[side, decision] for side in SIDES for decision in get_args(Decision))
    return (
        f"| {name} | {asked.load} | {told['right', 'too slow']} of {totals['right']} "
        f"| {told['wrong', 'fast enough']} of {totals['wrong']} | {doubts} of {runs} "
        f"| {runs - settled} of {runs} "
        f"| {(time.monotonic() - started) / runs:.2f} |"
    )


if __name__ == "__main__":
    main()
