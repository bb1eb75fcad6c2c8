"""What a value is: a tensor, a Variable, a probe. TensorFlow is not imported for the question."""

from typing import Any

import numpy as np

PROBES = "grader.probes."
"""The package whose modules hold what can be passed to functions that take a function."""

LONGEST_DEVICE = 20
"""Characters of a device's name; what an object of a learner's says of itself may be long."""


def is_probe(value: Any) -> bool:
    """Whether a value is a probe made to order, as `probes.Limited("cubic", 12)`."""
    return str(type(value).__module__).startswith(PROBES)


def is_variable(value: Any) -> bool:
    """Whether a value is a `tf.Variable`."""
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
        return str(value.device).rpartition("device:")[2][:LONGEST_DEVICE]
    except BaseException:
        return ""


def _of_tensorflow(value: Any) -> bool:
    return type(value).__module__.partition(".")[0] == "tensorflow"
