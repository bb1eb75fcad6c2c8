"""One call of a learner's function, watched: what it gave, warned of, wrote to and raised.

The same on both sides: the worker watches here for the judge, a learner's own tests in process.
"""

import builtins
import difflib
import re
import traceback
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from grader import forbid
from grader.keeping import held, untouched
from grader.kinds import device_of, is_variable, variables_of

IMPORTS = {
    "np": "import numpy as np",
    "numpy": "import numpy",
    "tf": "import tensorflow as tf",
    "keras": "from tensorflow import keras",
    "math": "import math",
}
"""The line that a module lacks where it does not know one of these names."""

PLAIN = tuple(
    (re.compile(internal, re.DOTALL), plain)
    for internal, plain in (
        (r"\{\{function_node .*?\}\} ?", ""),
        (r"; NodeDef: .*", ""),
        (r"\bdouble tensor", "float64 tensor"),
        (r"\bfloat tensor", "float32 tensor"),
        (
            r"cannot compute (\w+) as input #\d\(zero-based\) was expected to be an? (\w+) tensor "
            r"but is an? (\w+) tensor",
            r"\1 takes numbers of one type, and these are \2 and \3",
        ),
        (
            r"Value for attr '\w+' of (\w+) is not in the list of allowed values: .*",
            r"TensorFlow does not do this with numbers of type \1",
        ),
        (r" \[Op:\w+\].*", ""),
        (
            r"Invalid input shape for input .*?(?:with name '[^']*' and path '[^']*'\. |\Z)",
            "the model does not take this input. ",
        ),
        (r"\b(sequential|functional|dense|my_dense\w*?)_\d+\b", r"\1"),
        (
            r"You tried to call `\w+` on layer '[^']*', but the layer isn't built\. You can build "
            r"it manually via: `layer\.build\(input_shape\)`\.",
            "the model has no weights yet, since nothing tells it what an input looks like",
        ),
        (r"Error when deserializing class .*Exception encountered: ", ""),
        (r" for variable path='[^']*'", ""),
        (r" for '\{\{node .*", ""),
        (r"in user code:\s.*\n\s*\w+(?:Error|Exception): ", ""),
        (r"in user code:\s.*", "while TensorFlow made a graph of it"),
        (r"Exception encountered when calling [\w.]+\(\)\.\s+(?:\x1b\[1m)?", ""),
        (r"(?:\x1b\[0m)?\s+Arguments received by .*", ""),
        (r"\x1b\[\d*m", ""),
        (r"(?:: )?<tf\.(?:Tensor|Variable):? [^>]*>", ""),
        (r"'tensorflow\.python\.[\w.]*\.\w*Tensor' object", "a tensor"),
        (r"'(?:tensorflow\.python\.[\w.]*\.)?ResourceVariable' object", "a Variable"),
        (r"Tensor\(\"[^\"]*\", shape=(\([^)]*\)), dtype=(\w+)\)", r"a tensor \1 of \2"),
        (
            r"matmul: Input operand \d has a mismatch in its core dimension \d, with gufunc "
            r"signature \S+ \(size (\d+) is different from (\d+)\)",
            r"the sizes in the middle of the matrix product differ: \2 and \1",
        ),
        (r"mismatch\.The", "mismatch. The"),
        (r"(?<!\w)builtins\.", ""),
    )
)
"""What TensorFlow, Keras and NumPy say of their insides, and what is said for it."""

MANY_FIGURES = re.compile("More than [0-9]+ figures have been opened")
"""What matplotlib warns of when it has drawn for many tests; no learner has to close a figure."""

SHORT = 2
"""Names of so few letters are like too many others for a guess."""

SHOWN_LINES = 20
SHOWN_TEXT = 2000


class Observed(NamedTuple):
    """What came of one call.

    `changed` holds the positions of arrays that it wrote to, `assigned` those of Variables.
    `returned` is the position of the Variable that it gave back, -1 for none; `device` the place
    where the tensor lies that it gave, "" for anything else.
    """

    value: Any
    error: BaseException | None
    warned: tuple[str, ...]
    changed: tuple[int, ...]
    assigned: tuple[int, ...] = ()
    returned: int = -1
    device: str = ""


def observe(
    function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]
) -> Observed:
    """Call a function; note its RuntimeWarnings and the positions of arguments it altered.

    Never raises, whatever the function does; the exception is part of what is observed.
    """
    before = [held(value) for value in args]
    value, error = None, None
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            with forbid.judging():
                value = function(*args, **kwargs)
        except BaseException as raised:
            error = raised
    warned = [text_of(w.message) for w in caught if issubclass(w.category, RuntimeWarning)]
    warned = [text for text in warned if not MANY_FIGURES.match(text)]
    altered = [i for i, old in enumerate(before) if not untouched(old, args[i])]
    variables = [i for i, argument in enumerate(args) if variables_of(argument)]
    return Observed(
        value,
        error,
        tuple(warned[:SHOWN_LINES]),
        tuple(i for i in altered if i not in variables)[:SHOWN_LINES],
        tuple(i for i in altered if i in variables)[:SHOWN_LINES],
        next((i for i in variables if is_variable(value) and value is args[i]), -1),
        device_of(value),
    )


def differentiated(function: Callable[..., Any], by: int) -> Callable[..., Any]:
    """The same function with its derivative: (value, d value / d argument number `by`).

    The derivative is what `tf.GradientTape` finds, None where it finds none.
    """

    def call(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        import tensorflow as tf

        with tf.GradientTape() as tape:
            tape.watch(args[by])
            value = function(*args, **kwargs)
        return value, tape.gradient(value, args[by]) if tf.is_tensor(value) else None

    return call


def text_of(error: object) -> str:
    """The message of an exception or a warning, cut to what can be shown; never raises.

    Of a common stumble it ends with what to do.
    """
    try:
        text = str(error)[:SHOWN_TEXT]
        for internal, plain in PLAIN if isinstance(error, Exception) else ():
            text = internal.sub(plain, text)
        told = _advice(error, text) if isinstance(error, BaseException) else ""
    except BaseException:
        return ""
    return f"{text}; {told}" if told else text


def _advice(error: BaseException, text: str) -> str:
    """What to do about an exception, after its text; "" where that says enough."""
    if isinstance(error, NameError) and error.name in IMPORTS:
        return f"the line `{IMPORTS[error.name]}` is missing at the top of the file"
    if isinstance(error, RecursionError):
        return "the function calls itself and never comes to an end"
    if isinstance(error, EOFError | OSError) and ("stdin" in text or "EOF when" in text):
        return "nobody is there to answer input(): take it out, the test brings the arguments"
    if isinstance(error, NameError | AttributeError):
        name = error.name or ""
        if len(name) > SHORT and not name.startswith("_"):  # that is somebody else's name
            near = difflib.get_close_matches(name, _names_at(error), 1, 0.7)
            return f"did you mean {near[0]}?" if near else ""
    return ""


def _names_at(error: NameError | AttributeError) -> list[str]:
    """The names that there were where one was not found."""
    if isinstance(error, AttributeError):
        return [name for name in dir(error.obj) if name[:1] != "_"]
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    return [*frames[-1].f_locals, *frames[-1].f_globals, *dir(builtins)] if frames else []
