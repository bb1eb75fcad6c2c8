"""TensorFlow in a judge's own process: imported in less time, and adding as it does in workers."""

import importlib
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from grader import environment
from grader.session import GraderFailed
from grader.zygote import WITHOUT_GPU

OPTIONAL = ("matplotlib", "sklearn")
"""What Keras imports if it can, for things that no reference uses: a quarter of its time."""


def import_tensorflow() -> None:
    """Import what references need, before the tests do.

    Raises
    ------
    GraderFailed
        It is not installed.

    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.update(WITHOUT_GPU)  # references come out the same on every host
    os.environ.update(environment.TENSORFLOW)  # as workers do, whatever was set
    with _absent(OPTIONAL):
        try:
            importlib.import_module("tensorflow").get_logger().setLevel("ERROR")
        except ImportError:
            raise GraderFailed("TensorFlow is missing; pip install 'tensorkata[cpu]'") from None


@contextmanager
def _absent(packages: Sequence[str]) -> Iterator[None]:
    """Have packages that are not imported yet look as if they were not installed."""
    absent = [name for name in packages if name not in sys.modules]
    modules: dict[str, Any] = sys.modules
    modules.update(dict.fromkeys(absent))
    try:
        yield
    finally:
        for name in absent:
            del modules[name]
