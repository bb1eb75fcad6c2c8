"""Who copied is found among many who wrote their own; who wrote what all write is not."""

import json
import random
import re

import pytest

from grader.alike import Pair, pairs
from grader.collect import Work

CLASS = 60
NAMES = ("alpha", "beta", "gamma", "delta")
OTHERS = ("w1", "w2", "bias", "out")

COMMON = '''
def sigmoid(z):
    """1 / (1 + e^-z)."""
    z = np.asarray(z, dtype=float)
    small = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, small) / (1 + small)


def train(X, t, w, rate, epochs):
    for epoch in range(epochs):
        for x, due in zip(X, t, strict=True):
            answer = 1 if np.dot(w, x) >= 0 else 0
            w = w + rate * (due - answer) * x
        if epoch % 10 == 0:
            print("epoch", epoch, "weights", w)
    return w
'''


def program(seed, names=NAMES):
    """Some code that hardly anybody else would write, in variables of some names."""
    rng = random.Random(seed)

    def expression(depth=0):
        kind = rng.randrange(5) if depth < 4 else 0
        if kind < 2:
            return rng.choice([*names, str(rng.randrange(99))])
        inner = expression(depth + 1), expression(depth + 1)
        sign = rng.choice(["+", "-", "*", "/", "//", "%", "**", "<", "==", "and", "or"])
        return f"({inner[0]} {sign} {inner[1]})" if kind < 4 else f"{inner[0]}[{inner[1]}:]"

    lines = [f"def own({', '.join(names)}):"]
    for _ in range(9):
        name = rng.choice(names)
        lines.append(f"    {name} = {expression()}")
        if rng.randrange(3) == 0:
            lines.append(f"    if {expression()}:\n        return {expression()}")
    return "\n".join([*lines, f"    return {names[0]}", ""])


def work(text, label="work.py"):
    data = text if isinstance(text, bytes) else text.encode()
    return Work(label, {"": label}, {"": ()}, {label: data})


def notebook(*cells):
    made = [{"cell_type": "code", "source": text.splitlines(keepends=True)} for text in cells]
    return json.dumps({"nbformat": 4, "cells": [{"cell_type": "markdown", "source": ""}, *made]})


@pytest.fixture
def with_copy():
    """A class in which everybody wrote their own, and somebody has copied student 7."""

    def with_copy(text, label="work.py", common="", students=CLASS):
        works = {f"s{n:02}": work(common + program(n)) for n in range(students)}
        return works | {"copied": work(text, label)}

    return with_copy


def found(works, given=()):
    return [(pair.one, pair.other) for pair in pairs(works, given)]


# Who is found


def test_nobody_is_found_where_all_wrote_their_own():
    assert pairs({f"s{n}": work(program(n)) for n in range(CLASS)}) == []


def test_a_copy_is_found_with_its_share(with_copy):
    assert pairs(with_copy(program(7))) == [Pair("copied", "s07", 1.0)]


def test_other_names_do_not_hide_a_copy(with_copy):
    renamed = program(7, OTHERS)
    assert not re.search("|".join(NAMES), renamed)
    assert found(with_copy(renamed)) == [("copied", "s07")]


def test_comments_layout_and_docstrings_do_not_hide_a_copy(with_copy):
    head, *rest = program(7).splitlines()
    hidden = [
        f"# my very own work\n{head}",
        '    """Computes what it computes,\n\n    and more."""',
    ]
    for line in rest:
        indent = line[: len(line) - len(line.lstrip())] * 3
        hidden.append(f"{indent}{line.strip()}   # {len(line)}\n\n")
    assert found(with_copy("\n".join(hidden))) == [("copied", "s07")]


def test_a_copy_in_another_place_is_found(with_copy):
    amid = f"{COMMON}\n\n{program(1000)[:200]}\n\n{program(7)}\n\n{COMMON}"
    assert found(with_copy(amid, common=COMMON)) == [("copied", "s07")]


def test_a_copy_with_a_part_of_its_own_is_found(with_copy):
    lines = program(7).splitlines()
    lines[4:6] = ["    beta = alpha.copy()"]
    (pair,) = pairs(with_copy("\n".join(lines)))
    assert (pair.one, pair.other) == ("copied", "s07")
    assert 0.6 <= pair.share < 1, f"a part is another, and the share is {pair.share}"


def test_copies_are_found_over_several_files(with_copy):
    first, second = program(1000)[:200], program(7)
    works = with_copy("", students=10)
    works["copied"] = Work("ada", {}, {}, {"a.py": first.encode(), "b.py": second.encode()})
    assert found(works) == [("copied", "s07")]


def test_the_most_alike_come_first(with_copy):
    works = with_copy(program(7))
    lines = program(9).splitlines()
    works["another"] = work("\n".join([*lines[:3], *lines[6:]]))
    assert found(works) == [("copied", "s07"), ("another", "s09")]


def test_a_notebook_is_read(with_copy):
    half, rest = COMMON, program(7, OTHERS)
    cells = notebook("%matplotlib inline\nimport numpy as np", half, f"{rest}\nown(1, 2, 3, 4)\n")
    for label in ("work.ipynb", "WORK.IPYNB"):
        works = with_copy(cells, label, COMMON, students=10)
        assert found(works) == [("copied", "s07")], label


# Who is not


def test_what_everybody_has_in_common_is_no_finding():
    works = {f"s{n}": work(COMMON + program(n)) for n in range(CLASS)}
    assert pairs(works) == []
    assert pairs({f"s{n}": work(COMMON) for n in range(CLASS)}) == []


def test_what_more_than_a_few_have_in_common_is_no_finding():
    works = {f"s{n}": work((COMMON if n < 4 else "") + program(n)) for n in range(CLASS)}
    assert pairs(works) == []


def test_what_the_course_gave_is_no_finding():
    works = {f"s{n}": work(program(n)) for n in range(CLASS)}
    works |= {"ada": work(COMMON), "béla": work(COMMON)}
    assert found(works) == [("ada", "béla")], "the test shows nothing"
    assert found(works, [COMMON]) == []
    assert found(works, [COMMON.replace("small", "tiny")]) == []


def test_a_short_piece_in_common_is_no_finding():
    works = {f"s{n}": work(program(n)) for n in range(CLASS)}
    short = "def step(z):\n    return np.where(np.asarray(z) >= 0, 1, 0)\n"
    assert pairs(works | {"ada": work(short), "béla": work(short)}) == []


# What is no Python


@pytest.mark.parametrize(
    ("text", "label"),
    [
        (b"", "work.py"),
        (bytes(range(256)) * 20, "work.py"),
        ("\x00" * 100, "work.py"),
        ("((((" * 1000, "work.py"),
        ('"""' + "never closed " * 100, "work.py"),
        ("if x:\n        y\n   z\n", "work.py"),
        ("public static void main(String[] args) { int x = 0x; 'a }\n" * 20, "work.py"),
        ("# -*- coding: utf-7 -*-\n+AGEAYgBj-", "work.py"),
        ("\ud800".encode("utf-8", "surrogatepass") * 50, "work.py"),
        ("{", "work.ipynb"),
        ('{"nbformat": 3, "worksheets": []}', "work.ipynb"),
        (notebook("((((", "x = '", "\ud800"), "work.ipynb"),
    ],
    ids=lambda text: "",
)
def test_what_is_no_python_does_no_harm(with_copy, text, label):
    works = with_copy(program(7), students=10) | {"other": work(text, label)}
    assert found(works) == [("copied", "s07")]


def test_a_copy_up_to_where_it_is_no_python_is_found(with_copy):
    assert found(with_copy(program(7) + "\n\ndef own(:\n    '''")) == [("copied", "s07")]


def test_nobody_and_one_are_not_alike():
    assert pairs({}) == []
    assert pairs({"ada": work(program(1))}) == []
    assert pairs({"ada": Work("ada", {}, {}, {}), "béla": Work("béla", {}, {}, {})}) == []
