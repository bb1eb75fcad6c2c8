"""The one comparator: is this answer the right one, and if not, in which way is it wrong?

It is strict about meaning and generous about form. Shapes never broadcast, NaN is never right by
itself, True is not 1, a list is not an array; but float32 for float64, an int for a whole float, a
Python number for a 0-d array are right unless the exercise asks for more.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader import calls
from grader.kinds import is_tensor, is_variable

RTOL_ATOL = {4: (1e-5, 1e-6), 8: (1e-6, 1e-8)}
"""(relative, absolute) tolerance by the bytes of the coarser floating type of the two values.

A float32 keeps 7 digits; 1e-5 leaves room for sums of some hundred terms in any order. A float64
keeps 15; 1e-6 lets a test state its expectation with the 7 digits a person would write. Coarser
types are held to the tolerance of float32.

A sum of n terms of size 1 has rounding errors that grow as a random walk's, with √n, however small
the sum itself comes out; so does the absolute tolerance (Higham, Accuracy and Stability of
Numerical Algorithms, 2nd ed., section 2.8).
"""

NUMBERS = "iuf"
FORMS = {
    "tensor": "a tensor is due, as tf.constant(…) makes one",
    "array": "an array is due, as np.array(…) makes one",
    "variable": "a Variable is due, as tf.Variable(…) makes one",
}
"""The forms that an exercise can insist on, and what to say of any other."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """How an answer is to be judged.

    `dtype` is one that is asked for (or "integer", "floating"), `kind` one of `FORMS`, `device` a
    device as "/CPU:1"; None asks for nothing. `terms` is how many numbers of size about 1 each
    value is the sum of.
    """

    dtype: str | None = None
    nan: bool = False
    kind: str | None = None
    device: str | None = None
    terms: int = 1


FUNCTIONS = ("function", "method", "ufunc", "builtin_function_or_method", "type")
PRINTED = "print(…) only shows a value, return gives it back"

KNOWN_WARNINGS = frozenset(
    f"{what} encountered in {where}"
    for what in ("overflow", "underflow", "divide by zero", "invalid value")
    for where in (
        "add", "cosh", "divide", "exp", "log", "log1p", "matmul", "multiply", "power", "reduce",
        "scalar divide", "scalar power", "sinh", "sqrt", "square", "subtract", "true_divide",
    )
)  # fmt: skip
"""What NumPy warns of; any other text may hold an input, and is for visible tests alone."""


class Mismatch(AssertionError):
    """A wrong answer.

    `finding` is the property that failed and may be shown for a hidden test; `details` holds values
    and may not. `call` is the call that gave the answer, when it is known.
    """

    def __init__(self, finding: str, details: str = "", call: calls.Call | None = None) -> None:
        self.finding, self.details, self.call = finding, details, call
        about = f"{call or 'it'} {finding}"
        super().__init__(f"{about}\n{details}" if details else about)


def same(
    actual: Any,
    expected: Any,
    *,
    dtype: str | None = None,
    nan: bool = False,
    kind: str | None = None,
    device: str | None = None,
    terms: int = 1,
) -> None:
    """Check an answer: type, shape, dtype, finiteness, warnings, values, changed arguments.

    Parameters
    ----------
    actual
        What the learner's function returned.
    expected
        An array, a list or a number for one array or number; a tuple for several results, item by
        item; a dict by its keys; a str, a bool or None for itself.
    dtype
        "integer", "floating" or the name of a dtype, where the exercise asks for it.
    nan
        NaN in the same place is right.
    kind
        "tensor", "array" or "variable", where the exercise asks for one; else arrays, tensors and
        numbers are as good as each other.
    device
        Where a tensor has to lie, as "/CPU:1".
    terms
        How many numbers of size about 1 each value is the sum of, where there are many: a sum
        that comes out small has the rounding errors of its terms.

    Raises
    ------
    Mismatch
        The answer is wrong; the first property in the order above that fails is named.

    Examples
    --------
    >>> same(np.float32(0.5), 0.5)
    >>> same(np.array([[1.0]]), [1.0])
    Traceback (most recent call last):
    grader.compare.Mismatch: it gave a 2-D array where a 1-D array is due
    your shape (1, 1), expected (1,)

    """
    __tracebackhide__ = True
    call = calls.answering(actual)
    form = Expectation(dtype, nan, kind, device, terms)
    finding = (
        (call and _slope_finding(actual, call))
        or _form_finding(actual, expected, form, "")
        or (call and _device_finding(call, device))
        or (call and _warning_finding(call))
        or _value_finding(actual, expected, form, "")
        or (call and _change_finding(call))
    )
    if finding:
        raise Mismatch(*finding, call=call)


def settle(record: list[calls.Call]) -> None:
    """Check what every call owes, whatever its answer: no warning, no changed argument.

    Raises
    ------
    Mismatch
        For the first call that warned or wrote into what it was given.

    """
    for call in record:
        finding = _warning_finding(call) or _change_finding(call)
        if finding:
            raise Mismatch(*finding, call=call)


def alike(one: Any, other: Any, *, kinds: bool = False) -> bool:
    """Whether two answers are the same in form and, within tolerance, in value.

    With `kinds` they have the same type of numbers too.
    """
    if isinstance(one, tuple | list) and isinstance(other, tuple | list):
        pairs = zip(one, other, strict=False)
        return len(one) == len(other) and all(alike(a, b, kinds=kinds) for a, b in pairs)
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        same_keys = one.keys() == other.keys()
        return same_keys and all(alike(one[key], other[key], kinds=kinds) for key in one)
    if is_tensor(one) != is_tensor(other) or is_variable(one) != is_variable(other):
        return False
    if kinds and np.asarray(one).dtype != np.asarray(other).dtype:
        return False
    if _is_number(one) and not isinstance(one, bool):
        form = Expectation(nan=True)
        return not (_form_finding(other, one, form, "") or _value_finding(other, one, form, ""))
    return type(one) is type(other) and bool(one == other)


Finding = tuple[str, str]


def _form_finding(actual: Any, expected: Any, form: Expectation, part: str) -> Finding | None:
    """What is wrong with type, shape, dtype or finiteness; parts of an answer one by one."""
    if isinstance(expected, tuple | Mapping):
        return _parts_finding(actual, expected, form, part, _form_finding)
    if expected is None or isinstance(expected, str | bool):
        wrong = type(actual) is not type(expected) and not _is_bool_pair(actual, expected)
        return (f"gave {_kind(actual)} where {_kind(expected)} is due", "") if wrong else None
    due = np.asarray(expected)
    if finding := _type_finding(actual, due, form.kind, part):
        return finding
    values = np.asarray(actual)
    return (
        _shape_finding(values.shape, due, part)
        or _dtype_finding(values.dtype, due, form.dtype, part)
        or _finite_finding(values, due, form.nan, part)
    )


def _value_finding(actual: Any, expected: Any, form: Expectation, part: str) -> Finding | None:
    if isinstance(expected, tuple | Mapping):
        return _parts_finding(actual, expected, form, part, _value_finding)
    if expected is None or isinstance(expected, str | bool):
        if actual == expected:
            return None
        return f"gave the wrong answer{part}", f"yours {actual!r}, expected {expected!r}"
    return _numbers_finding(np.asarray(actual), np.asarray(expected), form.terms, part)


def _parts_finding(
    actual: Any, expected: Any, form: Expectation, part: str, judge: Any
) -> Finding | None:
    if isinstance(expected, Mapping):
        if not isinstance(actual, Mapping):
            return f"gave {_kind(actual)} where a dict is due{part}", ""
        if set(actual) != set(expected):
            return f"gave the wrong keys{part}", f"yours {[*actual]}, expected {[*expected]}"
        keys: list[Any] = list(expected)
    else:
        if not isinstance(actual, tuple | list):
            return f"gave {_kind(actual)} where {_count(expected)} due{part}", ""
        if len(actual) != len(expected):
            given = _count(actual).rpartition(" ")[0]
            return f"gave {given} where {_due(expected)} due{part}", ""
        keys = list(range(len(expected)))
    for key in keys:
        place = f"{part}[{key}]" if part else f" in result [{key}]"
        found: Finding | None = judge(actual[key], expected[key], form, place)
        if found:
            return found
    return None


def _type_finding(actual: Any, due: np.ndarray, kind: str | None, part: str) -> Finding | None:
    if actual is None:
        return f"gave None{part}: is a `return` missing?", PRINTED if not part else ""
    if kind is not None and not _is_of_kind(actual, kind, due):
        return f"gave {_kind(actual)}{part} where {FORMS[kind]}", ""
    if _is_number(actual):
        return None
    advice = ": wrap it in np.array(…)" if isinstance(actual, list | tuple) else ""
    is_function = type(actual).__name__ in FUNCTIONS
    if is_function:
        advice = ": call it, with parentheses"
    wanted = "an array" if due.ndim else "a number"
    given = "a function" if is_function else _kind(actual)
    return f"gave {given} where {wanted} is due{part}{advice}", ""


def _shape_finding(shape: tuple[int, ...], due: np.ndarray, part: str) -> Finding | None:
    if shape == due.shape:
        return None
    if len(shape) != len(due.shape):
        finding = f"gave {_dimensions(shape)} where {_dimensions(due.shape)} is due{part}"
    else:
        finding = f"gave the wrong shape{part}"
    return finding, f"your shape {shape}, expected {due.shape}"


def _dtype_finding(
    dtype: np.dtype[Any], due: np.ndarray, wanted: str | None, part: str
) -> Finding | None:
    if wanted is not None:
        if _is_of(dtype, wanted):
            return None
        return f"gave numbers of type {dtype} where {wanted} is asked for{part}", ""
    if dtype.kind == due.dtype.kind or (dtype.kind in NUMBERS and due.dtype.kind in NUMBERS):
        return None
    if dtype.kind == "b":
        return f"gave True or False where a number is due{part}", ""
    return f"gave values of type {dtype} where {due.dtype} is due{part}", ""


def _finite_finding(values: np.ndarray, due: np.ndarray, nan: bool, part: str) -> Finding | None:
    if values.dtype.kind not in "fc" or due.dtype.kind not in NUMBERS:
        return None
    if np.isfinite(values).all():
        return None
    wrong = np.isnan(values) & ~(np.isnan(due) if nan else np.zeros(due.shape, bool))
    wrong |= np.isinf(values) & ~np.isinf(due)
    if not wrong.any():
        return None
    at = np.unravel_index(int(np.argmax(wrong)), wrong.shape)
    what = "nan" if np.isnan(values[at]) else "inf"
    first = f"{int(wrong.sum())} of {wrong.size} values, first{_at(at)}: " if due.ndim else ""
    return f"gave {what}{part}", f"{first}yours {what}, expected {_short(due[at])}"


def _numbers_finding(actual: np.ndarray, due: np.ndarray, terms: int, part: str) -> Finding | None:
    if due.dtype.kind not in NUMBERS:
        wrong = np.asarray(actual != due)
        error = wrong.astype(float)
    else:
        rtol, atol = _tolerance(actual, due, terms)
        with np.errstate(all="ignore"):
            error = np.abs(actual.astype(float) - due.astype(float))
            if np.all(error < atol + rtol * np.abs(due)):  # never so where one is not finite
                return None
            equal = (actual == due) | (np.isnan(actual) & np.isnan(due))
            error = np.where(equal, 0, error)
            size = np.where(np.isfinite(due), np.abs(due.astype(float)), 0)
            wrong = ~equal & ~(error <= atol + rtol * size)
    if not wrong.any():
        return None
    at = np.unravel_index(int(np.argmax(np.where(wrong, error, -1))), wrong.shape)
    worst = _beside(actual[at], due[at])
    if due.ndim == 0:
        return f"gave the wrong value{part}", worst
    return (
        f"gave the right shape, but wrong values{part}",
        f"{int(wrong.sum())} of {wrong.size} values are wrong, worst{_at(at)}: {worst}",
    )


def _warning_finding(call: calls.Call) -> Finding | None:
    if not call.warned:
        return None
    text = call.warned[0]
    return (f"warned: {text}", "") if text in KNOWN_WARNINGS else ("warned", text)


def _change_finding(call: calls.Call) -> Finding | None:
    if not call.changed:
        return None
    names = [*call.parameters, *(f"number {i + 1}" for i in range(len(call.arguments)))]
    return f"changed its argument {names[call.changed[0]]} in place: work on a copy", ""


def _slope_finding(actual: Any, call: calls.Call) -> Finding | None:
    """What to say of a result that has no derivative."""
    if call.by is None or actual is not None:
        return None
    names = [*call.parameters, *(f"argument {i + 1}" for i in range(len(call.arguments)))]
    return (
        f"cannot be differentiated by {names[call.by]}: the tape sees TensorFlow's operations only",
        "",
    )


def _device_finding(call: calls.Call, device: str | None) -> Finding | None:
    if device is None or call.device == device.strip("/").upper():
        return None
    return f"was placed on {call.device or 'no device'}, not on the device it was given", ""


def _tolerance(actual: np.ndarray, due: np.ndarray, terms: int) -> tuple[float, float]:
    sizes = [a.dtype.itemsize for a in (actual, due) if a.dtype.kind == "f"]
    rtol, atol = RTOL_ATOL[min(8, max(4, min(sizes, default=8)))]
    return rtol, atol * terms**0.5


def _is_of(dtype: np.dtype[Any], wanted: str) -> bool:
    if wanted in ("integer", "floating"):
        return np.issubdtype(dtype, getattr(np, wanted))
    return bool(dtype == np.dtype(wanted))


def _is_number(value: Any) -> bool:
    return isinstance(value, np.ndarray | np.generic | int | float) or is_tensor(value)


def _is_of_kind(value: Any, kind: str, due: np.ndarray) -> bool:
    if kind == "array":
        return isinstance(value, np.ndarray) or (not due.ndim and isinstance(value, np.generic))
    return is_variable(value) if kind == "variable" else is_tensor(value) and not is_variable(value)


def _is_bool_pair(actual: Any, expected: Any) -> bool:
    return isinstance(actual, np.bool_) and isinstance(expected, bool)


def _kind(value: Any) -> str:
    if value is None:
        return "None"
    if is_tensor(value):
        return "a Variable" if is_variable(value) else "a tensor"
    if isinstance(value, np.generic):
        return f"a single number of NumPy's, {type(value).__name__},"
    name = {"ndarray": "array"}.get(type(value).__name__, type(value).__name__)
    return f"an {name}" if name[0] in "aeio" else f"a {name}"


def _dimensions(shape: tuple[int, ...]) -> str:
    return {0: "a single number", 1: "a 1-D array"}.get(len(shape), f"a {len(shape)}-D array")


def _due(results: Any) -> str:
    return "1 is" if len(results) == 1 else f"{len(results)} are"


def _count(results: Any) -> str:
    return "1 result is" if len(results) == 1 else f"{len(results)} results are"


def _at(index: tuple[Any, ...]) -> str:
    return f" at [{', '.join(str(int(i)) for i in index)}]" if index else ""


def _beside(actual: Any, due: Any) -> str:
    """Two numbers, with as many digits as it takes to tell them apart."""
    for digits in (4, 6, 8, 10, 12, 17):
        yours, expected = _short(actual, digits), _short(due, digits)
        if yours != expected:
            break
    return f"yours {yours}, expected {expected}"


def _short(value: Any, digits: int = 4) -> str:
    is_float = np.asarray(value).dtype.kind == "f"
    return f"{value + 0.0:.{digits}g}" if is_float else str(value)  # + 0.0 leaves no -0
