"""Fooling the comparison: an answer is the numbers in it, whatever object they came in."""

import textwrap

import pytest

pytestmark = pytest.mark.attack("Fooling the comparison")

TOOLS = '''
import collections, decimal, itertools, threading, time, types
import numpy as np

def right(z):
    """What is due."""
    z = np.asarray(z, float)
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)

def wrong(z):
    """In the right form."""
    return np.full(np.shape(z), 2.0)

class Yes:
    """Equal to everything, close to everything, of every length and every type."""
    def yes(self, *_, **__):
        return True
    def same(self, *_, **__):
        return self
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __bool__ = __contains__ = yes
    __sub__ = __rsub__ = __add__ = __radd__ = __mul__ = __rmul__ = __abs__ = __neg__ = same
    __and__ = __rand__ = __or__ = __ror__ = __invert__ = __getitem__ = __getattr__ = same
    __hash__ = object.__hash__

class Array(np.ndarray):
    """Equal to everything, and empty or of any shape when asked."""
    __eq__ = __le__ = __ge__ = lambda self, other: np.True_
    __ne__ = __lt__ = __gt__ = lambda self, other: np.False_
    __sub__ = __rsub__ = __abs__ = lambda self, *_: 0.0
    def __array_ufunc__(self, ufunc, *_, **__):
        return np.True_ if "equal" in ufunc.__name__ else np.False_
    def __array_function__(self, function, *_, **__):
        return True

class Float(float):
    __eq__ = __le__ = __ge__ = lambda self, other: True
    __ne__ = __lt__ = __gt__ = lambda self, other: False
    __sub__ = __rsub__ = __abs__ = lambda self, *_: 0.0
    __hash__ = float.__hash__

class Becomes:
    """An object that turns into something else by one of NumPy's or Python's own ways."""
    def __init__(self, way, value):
        self.value = value
        type(self).__name__ = "Array"
        setattr(type(self), way, lambda self, *_, **__: self.value)

class Disguised:
    """An array, if one asks its class."""
    __class__ = np.ndarray
    shape, ndim, size, dtype = (3,), 1, 3, np.dtype(float)

Pair = collections.namedtuple("Pair", "answer status")
'''


@pytest.fixture
def fool(strike):
    """Strike with an attack that has the tools above."""
    return lambda code, **options: strike(TOOLS + textwrap.dedent(code), **options)


VALUES = "gave the right shape, but wrong values"
OBJECT = "gave an object where an array is due"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("Yes()", OBJECT),
        ("[Yes()] * 3", "gave a list where an array is due"),
        ("(Yes(), Yes(), Yes())", "gave a tuple where an array is due"),
        ("type('ndarray', (Yes,), {})()", OBJECT),
        ("type('function', (Yes,), {})()", "gave a function where an array is due"),
        ("Disguised()", OBJECT),
        ("wrong(z).view(Array)", VALUES),
        ("np.empty(0).view(Array)", "gave the wrong shape"),
        ("Becomes('__array__', right(z))", OBJECT),
        ("Becomes('__float__', 0.5)", OBJECT),
        ("Becomes('__array_ufunc__', True)", OBJECT),
        ("Becomes('__array_function__', True)", OBJECT),
        ("Becomes('__call__', right(z))", OBJECT),
        ("Becomes('__iter__', iter([0.5]))", OBJECT),
        ("Float(0.5)", OBJECT),
        ("Array", "gave a function where an array is due"),
        ("right", "gave a function where an array is due"),
        ("types.SimpleNamespace(shape=np.shape(z), dtype=float)", OBJECT),
    ],
)
def test_an_object_that_agrees_with_everything(fool, answer, said):
    struck = fool(f"def sigmoid(z):\n    return {answer}")
    assert struck.status == "failed"
    assert f"sigmoid(z (3,)) {said}" in struck.messages


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("0.5", "gave a single number where a 1-D array is due"),
        ("np.float64(0.5)", "gave a single number where a 1-D array is due"),
        ("np.empty(0)", "gave the wrong shape"),
        ("right(z)[1:2]", "gave the wrong shape"),
        ("right(z)[np.newaxis]", "gave a 2-D array where a 1-D array is due"),
        ("right(z)[..., np.newaxis]", "gave a 2-D array where a 1-D array is due"),
        ("np.matrix(right(z))", "gave a 2-D array where a 1-D array is due"),
        ("np.broadcast_to(0.5, (1,) * 60)", "gave a 60-D array where a 1-D array is due"),
        ("np.broadcast_to(0.5, np.shape(z))", VALUES),
        ("np.empty((0, 2**31, 2**31), 'u1')", "gave a 3-D array where a 1-D array is due"),
    ],
)
def test_a_shape_that_would_broadcast(fool, answer, said):
    struck = fool(f"def sigmoid(z):\n    return {answer}")
    assert struck.status == "failed"
    assert f"sigmoid(z (3,)) {said}" in struck.messages


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("right(z).astype(object)", OBJECT),
        ("np.array([Becomes('__float__', 0.5)] * 3)", OBJECT),
        ("right(z).astype(str)", OBJECT),
        ("right(z) + 1j", "gave values of type complex128 where float64 is due"),
        ("right(z) + 0j", "gave values of type complex128 where float64 is due"),
        ("right(z).astype(bool)", "gave True or False where a number is due"),
        ("right(z).view('M8[s]')", OBJECT),
        ("right(z).view([('answer', float)])", OBJECT),
        ("right(z).view('V8')", OBJECT),
        ("right(z).astype(np.float16)", VALUES),
        ("right(z).view(np.int64)", VALUES),
        ("np.full(np.shape(z), np.nan)", "gave nan"),
        ("np.full(np.shape(z), np.inf)", "gave inf"),
        ("np.where(np.arange(3) == 1, np.nan, right(z))", "gave nan"),
        ("np.ma.masked_array(wrong(z), mask=True)", VALUES),
        ("np.ma.masked", "gave a single number where a 1-D array is due"),
        ("list(right(z))", "gave a list where an array is due: wrap it in np.array"),
        ("tuple(right(z))", "gave a tuple where an array is due: wrap it in np.array"),
        ("(right(z),)", "gave a tuple where an array is due"),
        ("Pair(right(z), 'passed')", "gave a tuple where an array is due"),
        ("{'answer': right(z)}", "gave a dict where an array is due"),
        ("iter(right(z))", OBJECT),
        ("(p for p in right(z))", "gave a generator where an array is due"),
        ("str(right(z))", "gave a str where an array is due"),
        ("right(z).tobytes()", "gave a bytes where an array is due"),
        ("memoryview(right(z))", OBJECT),
        ("decimal.Decimal('0.5')", OBJECT),
        ("np.random.default_rng(0)", "gave a Generator where an array is due"),
        ("10**400", "gave a single number where a 1-D array is due"),
        ("True", "gave a single number where a 1-D array is due"),
        ("None", "gave None: is a `return` missing?"),
    ],
)
def test_a_type_that_is_not_asked_for(fool, answer, said):
    struck = fool(f"""
        def sigmoid(z):
            return {answer} if np.shape(z) == (3,) else wrong(z)
    """)
    assert struck.status == "failed"
    assert f"sigmoid(z (3,)) {said}" in struck.messages


@pytest.mark.parametrize(
    "then",
    [
        "z[...] = 0",
        "answer[...] = right(z)",
        "np.asarray(z).resize(0, refcheck=False)",
        "answer.resize(0, refcheck=False)",
    ],
    ids=["argument", "answer", "argument's shape", "answer's shape"],
)
def test_something_changed_after_the_call(fool, then):
    """By a thread that goes on."""
    struck = fool(f"""
        def sigmoid(z):
            z, answer = np.asarray(z), wrong(z)
            def later():
                time.sleep(0.02)
                for _ in range(2000):
                    {then}
            threading.Thread(target=later, daemon=True).start()
            return answer
    """)
    assert struck.status == "failed"
    assert "sigmoid(z (3,)) gave the" in struck.messages


@pytest.mark.parametrize("answer", ["z", "np.asarray(z)", "np.asarray(z)[...]", "np.ravel(z)[:]"])
def test_the_argument_itself_for_an_answer(fool, answer):
    struck = fool(f"def sigmoid(z):\n    return {answer}")
    assert struck.status == "failed"
    assert f"sigmoid(z (3,)) {VALUES}" in struck.messages


@pytest.mark.parametrize(
    "change",
    ["z[...] = answer", "z.fill(0)", "z.dtype = np.int64", "z.shape = (3, 1)", "z.sort()"],
)
def test_an_argument_changed_in_the_call(fool, change):
    """The expected answer might be computed from it."""
    struck = fool(f"""
        def sigmoid(z):
            answer = right(z)
            if isinstance(z, np.ndarray) and z.shape == (3,) and z.dtype == float:
                z[0] += 0.125
                {change}
            return answer
    """)
    assert struck.status == "failed"
    assert "sigmoid(z (3,)) changed its argument z in place: work on a copy" in struck.messages


def test_one_buffer_for_every_answer(fool):
    """What was answered first is overwritten by what is answered next."""
    struck = fool("""
        buffer = np.empty(1000)
        def sigmoid(z):
            answer = buffer[: np.size(z)].reshape(np.shape(z))
            answer[...] = 2
            return answer
    """)
    assert struck.status == "failed"
    assert VALUES in struck.messages


@pytest.mark.parametrize(
    "answers",
    ["itertools.cycle([right, wrong])", "itertools.chain([right] * 9, itertools.repeat(wrong))"],
    ids=["every other time", "wrong from the tenth time on"],
)
def test_a_different_answer_when_asked_again(fool, answers):
    struck = fool(f"""
        answers = {answers}
        def sigmoid(z):
            return next(answers)(z)
    """)
    assert struck.status == "failed"
    assert "wrong value" in struck.messages


def test_a_file_for_an_answer_that_is_changed_later(fool):
    struck = fool("""
        def sigmoid(z):
            answer = np.memmap("answer", float, "w+", shape=np.shape(z) or (1,))
            answer[...] = 2
            return answer.reshape(np.shape(z))
    """)
    assert struck.status == "failed"
    assert VALUES in struck.messages


def test_an_array_whose_elements_are_one_and_the_same(fool):
    struck = fool("""
        def sigmoid(z):
            one = np.array([0.5])
            return np.lib.stride_tricks.as_strided(one, np.shape(z), [0] * np.ndim(z))
    """)
    assert struck.status == "failed"
    assert VALUES in struck.messages


# The other way round: what is right is right in any of these forms


@pytest.mark.parametrize(
    "answer",
    [
        "right(z).astype(np.float32)",
        "right(z).astype('>f8')",
        "right(z).astype(np.longdouble)",
        "np.asfortranarray(right(z)).reshape(np.shape(z))",
        "np.repeat(right(z), 2).reshape(*np.shape(z), 2)[..., 0]",
        "right(z).view(Array)",
        "np.ma.masked_array(right(z))",
        "right(z)[()]",
        "right(z) if np.ndim(z) else float(right(z))",
        "right(z) if np.ndim(z) else np.array(right(z))",
        "frozen(right(z))",
        "next(generator(z))",
    ],
)
def test_a_right_answer_in_an_unusual_form(fool, answer):
    fool(
        f"""
        def frozen(array):
            array = np.array(array)
            array.flags.writeable = False
            return array

        def generator(z):
            yield right(z)

        def sigmoid(z):
            return {answer}
        """,
        earns=True,
    )


@pytest.mark.parametrize(
    "form",
    [
        "sigmoid = lambda z: right(z)",
        "sigmoid = np.errstate(over='raise', invalid='raise')(right)",
        "import functools\nsigmoid = functools.partial(right)",
        "class Sigmoid:\n    def __call__(self, z): return right(z)\nsigmoid = Sigmoid()",
        "@np.vectorize\ndef sigmoid(z): return float(right(z))",
        "def sigmoid(*args): return right(*args)",
        "def sigmoid(z, /): return right(z)",
        "def sigmoid(z, *, verbose=False): return right(z)",
        "import warnings; warnings.simplefilter('error')\ndef sigmoid(z): return right(z)",
        "np.seterr(over='raise', divide='raise')\ndef sigmoid(z): return right(z)",
        "import sys; sys.setrecursionlimit(10**6)\ndef sigmoid(z): return right(z)",
        "def sigmoid(z): print('z is', z); return right(z)",
        "def sigmoid(z): time.sleep(0.001); return right(z)",
        "import doctest; doctest.testmod()\ndef sigmoid(z):\n    '''\n    >>> 1\n    '''\n    "
        "return right(z)",
        "def sigmoid(z): return right(z)\nif __name__ == '__main__': raise SystemExit(0)",
        "def sigmoid(z): return right(z)\nexit()",
        "import logging; logging.warning('importing')\ndef sigmoid(z): return right(z)",
        "def sigmoid(z):\n    with np.errstate(all='ignore'): return 1 / (1 + np.exp(-np.array(z, "
        "float)))",
        "def sigmoid(z): return (np.tanh(np.asarray(z, float) / 2) + 1) / 2",
        "def sigmoid(z):\n    with concurrent.futures.ThreadPoolExecutor() as pool:\n        "
        "return pool.submit(right, z).result()\nimport concurrent.futures",
    ],
)
def test_a_right_function_in_an_unusual_form(fool, form):
    fool(form, earns=True)
