"""One call of a learner's function, watched: what it gave, warned of, wrote to and raised.

The same on both sides: the worker watches here for the judge, a learner's own tests in process.
"""

import builtins
import copy
import difflib
import re
import traceback
import types
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from grader import forbid

PROBES = "grader.probes"
"""The package of what can be passed as an argument to functions that take a function."""

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
    altered = [i for i, old in enumerate(before) if not _untouched(old, args[i])]
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


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """A probe as it was: what it is made of, and what its Variables held.

    `number` tells it from others of those that were kept together, however alike they are.
    """

    kind: type
    order: tuple[Any, ...]
    contents: tuple[np.ndarray, ...]
    number: int


@dataclass(frozen=True, slots=True, eq=False)
class KeptMethod:
    """A method of a probe that is kept."""

    owner: Kept
    name: str


def kept(args: Sequence[Any]) -> tuple[Any, ...]:
    """Keep what values are now, whatever happens to them.

    Copies of arrays, Variables and generators, lists, tuples and dicts around them; of probes what
    they are made of. Anything else is shared.
    """
    probes: dict[int, Kept] = {}
    return tuple(_kept(value, probes) for value in args)


def revived(args: Sequence[Any]) -> tuple[Any, ...]:
    """Give what was kept once more: copies again, and new probes that hold what the old ones did.

    Methods of one probe become methods of one new probe.
    """
    probes: dict[int, Any] = {}
    return tuple(_revived(value, probes) for value in args)


def held(value: Any) -> Any:
    """What can be altered in a value: arrays, and the numbers in Variables and probes.

    Copies in lists for lists and tuples, in dicts for dicts, in tuples for what has Variables; None
    for anything else.
    """
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, list | tuple):
        return [held(item) for item in value]
    if isinstance(value, dict):
        return {key: held(item) for key, item in value.items()}
    return tuple(np.array(variable.numpy()) for variable in variables_of(value)) or None


def is_probe(value: Any) -> bool:
    """Whether a value is a probe made to order, as `probes.Limited("cubic", 12)`."""
    return str(type(value).__module__).startswith(f"{PROBES}.")


def is_variable(value: Any) -> bool:
    """Whether a value is a `tf.Variable`; TensorFlow is not imported for the question."""
    return type(value).__name__ in ("ResourceVariable", "_UnreadVariable") and _of_tensorflow(value)


def variables_of(value: Any) -> list[Any]:
    """The Variables of an argument: itself, or those of a probe that is a model."""
    if isinstance(value, np.ndarray):
        return []
    if is_variable(value):
        return [value]
    return [*getattr(value, "variables", ())] if is_probe(value) else []


def is_tensor(value: Any) -> bool:
    """Whether a value is a tensor, a Variable or something else of TensorFlow's or Keras's."""
    return _of_tensorflow(value) or type(value).__module__.partition(".")[0] == "keras"


def device_of(value: Any) -> str:
    """Where a tensor lies, as "CPU:0"; "" for what is no tensor; never raises."""
    if not _of_tensorflow(value):
        return ""
    try:
        return str(value.device).rpartition("device:")[2][:SHOWN_LINES]
    except BaseException:
        return ""


def _of_tensorflow(value: Any) -> bool:
    return type(value).__module__.partition(".")[0] == "tensorflow"


def _kept(value: Any, probes: dict[int, Kept]) -> Any:
    if is_probe(value):
        if id(value) not in probes:
            made = type(value), (*value.order,), held(value) or ()
            probes[id(value)] = Kept(*made, number=len(probes))
        return probes[id(value)]
    owner = value.__self__ if isinstance(value, types.MethodType) else None
    if is_probe(owner):
        return KeptMethod(_kept(owner, probes), value.__name__)
    return _copied(value, lambda item: _kept(item, probes))


def _revived(value: Any, probes: dict[int, Any]) -> Any:
    if isinstance(value, KeptMethod):
        return getattr(_revived(value.owner, probes), value.name)
    if not isinstance(value, Kept):
        return _copied(value, lambda item: _revived(item, probes))
    if id(value) not in probes:
        new = probes[id(value)] = value.kind(*value.order)
        for variable, content in zip(variables_of(new), value.contents, strict=True):
            variable.assign(content)
    return probes[id(value)]


def _copied(value: Any, inside: Callable[[Any], Any]) -> Any:
    """A copy of a value; `inside` copies what lists, tuples and dicts hold."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, list | tuple):
        parts = [inside(item) for item in value]
        return parts if isinstance(value, list) else tuple(parts)
    if isinstance(value, dict):
        return {key: inside(item) for key, item in value.items()}
    if isinstance(value, np.random.Generator) or is_variable(value):
        return copy.deepcopy(value)  # a plain copy of a generator draws from the same source
    return value


def _untouched(old: Any, new: Any) -> bool:
    """Whether a value still has what it held, to the last bit."""
    if isinstance(old, np.ndarray):
        return (
            isinstance(new, np.ndarray)
            and old.shape == new.shape
            and old.dtype == new.dtype
            and old.tobytes() == new.tobytes()
        )
    if isinstance(old, list):
        alike = isinstance(new, list | tuple) and len(old) == len(new)
        return alike and all(map(_untouched, old, new))
    if isinstance(old, dict):
        alike = isinstance(new, dict) and old.keys() == new.keys()
        return alike and all(_untouched(v, new[k]) for k, v in old.items())
    numbers = [*map(np.asarray, variables_of(new))]
    return old is None or (len(old) == len(numbers) and all(map(_untouched, old, numbers)))


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
