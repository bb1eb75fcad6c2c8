"""The stumbles that everybody makes once: each is told in its own sentence, and what to do in one.

Learners run pytest in a copy of a course; what a judge says of the same is below.
"""

import pytest

from grader import course, triage
from grader.errors import KataError
from grader.inprocess import shown
from grader.source import definitions, parse
from grader.submission import read

ADD = '    raise NotImplementedError("add is still to do")\n'
UP = '    def up(self, by=1):\n        """Add to the count and return it."""\n'
UP_TO_DO = '        raise NotImplementedError("up is still to do")\n'
RIGHT = "    return np.asarray(x) + np.asarray(y)\n"
TOTAL = '    raise NotImplementedError("total is still to do")\n'
HEAD = 'def add(x, y):\n    """x + y, for numbers and arrays."""\n'


@pytest.fixture
def learn(small_course, ran):
    """Replace parts of the stubs, run pytest in the course, and give what stands on the board."""

    def learn(*changes, options=()):
        path = small_course / "exercises/ch01_sums/sums.py"
        text = path.read_text()
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        path.write_text(text)
        return ran(*options)

    return learn


@pytest.fixture
def ran(small_course, learners_pytest):
    """What a learner reads, lines joined; nothing of it is Python's or pytest's own."""

    def ran(*options):
        done = learners_pytest(small_course, "exercises/", "-p", "no:cacheprovider", *options)
        read = " ".join(f"{done.stdout}\n{done.stderr}".split())
        for internal in ("Traceback", "site-packages", "INTERNALERROR", "_pytest", "grader/"):
            assert internal not in read, read
        return read

    return ran


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("    print(x + y)\n", "gave None: is a `return` missing? print(…) only shows a value"),
        ("    x + y\n", "add(x=3.0, y=1.0) gave None: is a `return` missing?"),
        ("    return\n", "add(x=3.0, y=1.0) gave None: is a `return` missing?"),
        ("    ...\n", "add(x=3.0, y=1.0) gave None: is a `return` missing?"),
        ("    pass\n", "add(x=3.0, y=1.0) gave None: is a `return` missing?"),
        ("    return [x + y]\n", "gave a list where a number is due: wrap it in np.array(…)"),
        ("    return 4\n", "a single number where a 1-D array is due your shape (), expected (2,)"),
        ("    return np.add\n", "gave a function where a number is due: call it, with parentheses"),
        ("    x += y\n    return x\n", "changed its argument x in place: work on a copy"),
        ("    return add(x, y)\n", "the function calls itself and never comes to an end"),
        ("    return np.maxium(x, y)\n", "no attribute 'maxium'; did you mean maximum?"),
        ("    result = x + y\n    return resutl\n", "did you mean result?"),
        ("    return x + math.pi\n", "the line `import math` is missing at the top of the file"),
        ("    z = input()\n    return z\n", "nobody is there to answer input(): take it out"),
        ("    exit()\n", "add(x=3.0, y=1.0) raised SystemExit"),
    ],
)
def test_in_the_body(learn, body, told):
    assert told in learn((ADD, body), options=["-k", "add"])


def test_an_import_that_is_missing(learn):
    told = learn(("import numpy as np\n", ""), (ADD, RIGHT), options=["-k", "add"])
    assert "name 'np' is not defined; the line `import numpy as np` is missing at the top" in told


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (
            "  z = x + y\n   return z\n",
            "let the line begin exactly below the lines it belongs with",
        ),
        ("    z = x + y\n\treturn z\n", "use four spaces for each step to the right, and no tabs"),
        (
            "    z = x\n      return z\n",
            "take the spaces away that it has more than the line above",
        ),
        ("return x + y\n", "indent the line by four spaces, so that it belongs to the function"),
    ],
)
def test_lines_that_stand_too_far_left_or_right(learn, body, told):
    assert told in learn((ADD, body), options=["-k", "add"])


@pytest.mark.parametrize("left", [f"{ADD}    return x + y\n", f"    z = x + y\n{ADD}"])
def test_the_raise_that_a_stub_has_is_left_in(learn, left):
    told = learn((ADD, left))
    assert "add still has the line `raise NotImplementedError`, which ends it there" in told
    assert "next: add" in told
    assert "0/3" in told


def test_a_stub_in_which_nothing_was_written_is_just_to_do(learn):
    assert "still has the line" not in learn()


def test_a_function_may_end_in_such_a_raise(learn):
    body = f"    if np.ndim(x) < 2:\n        return x + y\n{ADD}"
    assert "✔ add" in learn((ADD, body))


@pytest.mark.parametrize("name", ["Add", "ad", "add2", "addd"])
def test_a_function_under_another_name_is_found(learn, name):
    told = learn(("def add(", f"def {name}("), (ADD, RIGHT), options=["-k", "add"])
    assert f"sums.py defines no 'add': is it {name}, in line 6? Name it add" in told


def test_a_function_under_a_name_that_nobody_can_guess(learn):
    told = learn(("def add(", "def plus("), (ADD, RIGHT), options=["-k", "add"])
    assert "sums.py defines no 'add': is it misspelt or renamed?" in told


def test_a_function_within_another(learn):
    outer = "def first():\n    def add(x, y):\n        return x + y\n"
    told = learn((HEAD + ADD, outer), options=["-k", "add"])
    assert "add, in line 7, is indented and so a part of first: move it to the left margin" in told


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        ("x", "add takes 1 argument where add(x, y) is due"),
        ("x, y, z", "add takes 3 arguments where add(x, y) is due"),
        ("", "add takes 0 arguments where add(x, y) is due"),
    ],
)
def test_parameters_too_few_or_too_many(learn, parameters, told):
    assert told in learn(("def add(x, y)", f"def add({parameters})"), (ADD, "    return 1\n"))


def test_other_names_for_the_parameters_are_as_good(learn):
    told = learn(("def add(x, y)", "def add(a, b)"), (ADD, "    return np.add(a, b)\n"))
    assert "✔ add" in told


def test_self_is_forgotten(learn):
    told = learn((UP, UP.replace("self, ", "")), (UP_TO_DO, "        return 1\n"))
    assert "Counter.up lacks self, which comes first: def up(self, by):" in told


def test_a_method_stands_outside_of_its_class(learn):
    up = "def up(self, by=1):\n    self.count += by\n    return self.count\n"
    steps = "\n\n    def steps(self, n):\n"
    there = f"    def steps(self, n):\n        yield from range(n)\n\n\n{up}"
    tail = '        """Yield the next n counts."""\n        for _ in range(n):\n'
    whole = f"{UP}{UP_TO_DO}{steps[1:]}{tail}            yield self.up()\n"
    told = learn((whole, there), options=["-k", "Counter"])
    assert "up, in line" in told
    assert "stands outside of class Counter: indent it by four spaces, below the class" in told


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("name = input('who? ')", "nobody is there to answer input(): take it out"),
        ("exit()", "it ends Python when it is imported; take the line out exit()"),
        ("add(1)", "importing it raised TypeError: add() missing 1 required"),
        ("print(total[0])", "'function' object is not subscriptable print(total[0])"),
    ],
)
def test_a_line_outside_of_every_function_runs_when_the_file_is_imported(learn, line, told):
    told_all = learn((ADD, f"{RIGHT}\n\n{line.replace('total', 'add')}\n"), options=["-k", "add"])
    assert told.replace("total", "add") in told_all


def test_what_is_printed_on_import_does_no_harm(learn):
    assert "✔ add" in learn((ADD, f"{RIGHT}\n\nprint(add(1, 2))\n"))


def test_a_syntax_error_is_told_of_the_exercise_it_stands_in(learn):
    told = learn((ADD, RIGHT), (TOTAL, "    result = (0\n    return result\n"))
    assert "✘ total" in told
    assert "✘ add" not in told
    assert "sums.py:13: SyntaxError: '(' was never closed result = (0" in told
    assert "next: total" in told


def test_a_line_outside_of_every_exercise_is_told_once(learn):
    told = learn((ADD, RIGHT), ("import numpy as np\n", "import numpy as np)\n"))
    assert told.count("SyntaxError: unmatched ')'") == 1
    assert "✘ add ○ total ○ Counter" in told


def test_a_colon_forgotten_after_the_head(learn):
    told = learn((ADD, RIGHT), ("def total(xs):", "def total(xs)"))
    assert "SyntaxError: expected ':' def total(xs)" in told
    assert "✘ total" in told


def test_the_file_has_another_name(small_course, ran):
    path = small_course / "exercises/ch01_sums/sums.py"
    path.rename(path.with_name("sum.py"))
    told = ran()
    assert "sums.py: missing; chapter ch01_sums needs it; is it sum.py beside it?" in told
    assert "Name it sums.py" in told


def test_a_file_beside_is_found(small_course, ran):
    path = small_course / "exercises/ch01_sums/sums.py"
    path.with_name("my_sums.py").write_text("def add(x, y):\n    return x + y\n")
    told = ran()
    assert "add is still to do here; my_sums.py beside it has one: move it over" in told


@pytest.mark.parametrize(
    ("body", "kind", "told"),
    [
        ("np.array(x + y)", "tensor", "gave an array where a tensor is due, as tf.constant(…)"),
        ("x + y", "tensor", "gave a float where a tensor is due, as tf.constant(…) makes one"),
        ("tf.constant(x + y)", "array", "gave a tensor where an array is due, as np.array(…)"),
    ],
)
def test_numpy_where_a_tensor_is_due_and_the_other_way_round(learn, small_course, body, kind, told):
    test = small_course / "exercises/ch01_sums/test_sums.py"
    test.write_text(test.read_text().replace("1.0), 4.0)", f"1.0), 4.0, kind={kind!r})"))
    lines = f"    import tensorflow as tf\n    return {body}\n"
    assert told in learn((ADD, lines), options=["-k", "two_numbers"])


# What a judge says of the same


@pytest.fixture
def judged(small_course, tmp_path):
    """What is said of a file before anything of it is run."""

    def judged(text, name):
        work = tmp_path / "work.py"
        work.write_text(text)
        given = course.read(small_course)
        path = given.solution(given.chapters[0])
        due = definitions(parse(path.read_text("utf-8"), shown(path)))
        try:
            found = triage.triage(given, read(work, given.modules), [name], due)
        except KataError as error:
            return str(error)
        return found[name].message

    return judged


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("def Add(x, y):\n    return x\n", "defines no add; is it Add, in line 1? Name it add"),
        ("def f():\n    def add(x, y):\n        return x\n", "is indented and so a part of f"),
        (f"{HEAD}{ADD}    return x + y\n", "work.py:3: add still has the line `raise"),
        ("def add(x):\n    return x\n", "work.py:1: add takes 1 argument where add(x, y) is due"),
        ("def add(x, y)\n    return x\n", "work.py:1: SyntaxError: expected ':'"),
    ],
)
def test_a_judge_says_it_too(judged, text, told):
    assert told in judged(text, "add")
