"""Begin everything that is random anew, in the process in which a learner's functions run."""

import contextlib
import random
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy.random  # which NumPy itself would put off, to when files cannot be read

_begun: set[int] = set()
"""The seeds that TensorFlow has had in this process."""


def begin(seed: int) -> None:
    """Begin every source of randomness anew that a module can have got hold of."""
    random.seed(seed)
    numpy.random.seed(seed)
    tensorflow, keras = map(sys.modules.get, ("tensorflow", "keras"))
    if tensorflow is None:
        return
    with contextlib.suppress(Exception):  # modules of these names may be anybody's
        _begin_tensorflow(tensorflow, seed)
        if keras is not None:
            with _seed_kept(tensorflow):
                keras.utils.set_random_seed(seed)


def _begin_tensorflow(tensorflow: ModuleType, seed: int) -> None:
    """Do what `tf.random.set_seed` does, and keep what TensorFlow has built.

    That function throws every kernel away, as one may hold a seed, and to build its own again takes
    a test of chapter 7 nearly as long as all else. But a kernel is found by the two seeds it was
    built with, of which this one is the first: under a new seed none is ever found. Only where a
    seed comes back, or TensorFlow keeps its own elsewhere, do they have to go. What has both seeds
    from elsewhere goes on where it was: a function that was traced before, a raw operation.
    """
    module: Any = sys.modules.get("tensorflow.python.eager.context")
    context = module and module.context()
    if seed not in _begun and hasattr(context, "_seed") and hasattr(context, "_rng"):
        context._seed, context._rng = seed, random.Random(seed)
    else:
        tensorflow.random.set_seed(seed)
    _begun.add(seed)


@contextlib.contextmanager
def _seed_kept(tensorflow: ModuleType) -> Iterator[None]:
    """Have Keras set all seeds but TensorFlow's, which would throw the kernels away after all."""
    set_seed = tensorflow.random.set_seed
    tensorflow.random.set_seed = lambda seed: None
    try:
        yield
    finally:
        tensorflow.random.set_seed = set_seed
