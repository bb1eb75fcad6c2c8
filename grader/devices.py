"""Devices for TensorFlow to place work on: two of them also where there is no GPU."""

import contextlib
import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from grader.errors import KataError

CPUS = ("/CPU:0", "/CPU:1")
"""The names of the devices after `two_cpus`."""

REQUIRED = "KATA_REQUIRE_GPU"
"""Set to 1 in the environment, it makes an error of a GPU that is not there."""


class NoGpu(KataError):
    """TensorFlow sees no GPU, and a test needs one."""


class GpuRequired(KataError):
    """There is no GPU where there has to be one."""


def two_cpus() -> tuple[str, ...]:
    """Let TensorFlow take the CPU for two devices, and return the names of those that there are.

    Whether a result was placed where it should be can then be seen on any host. It has to come
    before TensorFlow's first operation; after that there is one CPU, unless there were two before.
    """
    import tensorflow as tf

    (cpu,) = tf.config.list_physical_devices("CPU")
    with contextlib.suppress(RuntimeError):
        halves = [tf.config.LogicalDeviceConfiguration()] * len(CPUS)
        tf.config.set_logical_device_configuration(cpu, halves)
    configured = tf.config.get_logical_device_configuration(cpu) or [None]
    return CPUS[: len(configured)]


def placed(values: Sequence[Any], device: str) -> Sequence[Any]:
    """Make float32 tensors on a device of those values that are arrays; nothing without a device.

    They are there when it returns, and not still on their way.

    Raises
    ------
    RuntimeError
        There is no such device in this process; TensorFlow itself would take another one.

    """
    if not device:
        return values
    import tensorflow as tf

    with tf.device(device):
        there = [tf.constant(v, tf.float32) if isinstance(v, np.ndarray) else v for v in values]
    tf.test.experimental.sync_devices()
    made = [new for new, old in zip(there, values, strict=True) if new is not old]
    found = {tensor.device.rpartition("device:")[2] for tensor in made}
    if found - {device.strip("/").upper()}:
        raise RuntimeError(f"there it is on {', '.join(sorted(found))}")
    return there


def gpus() -> tuple[str, ...]:
    """The names of the GPUs that TensorFlow sees, "/GPU:0" and so on."""
    import tensorflow as tf

    return tuple(f"/GPU:{k}" for k, _ in enumerate(tf.config.list_physical_devices("GPU")))


def a_gpu(found: Sequence[str]) -> str:
    """The name of the first of the GPUs that there are.

    Raises
    ------
    NoGpu
        There is none.
    GpuRequired
        There is none, and the environment says that there has to be one.

    """
    if found:
        return found[0]
    if os.environ.get(REQUIRED) == "1":
        raise GpuRequired(
            f"{REQUIRED}=1, and TensorFlow sees no GPU: pip install 'tensorkata[gpu]' (Linux, an "
            "NVIDIA driver), then see what `kata doctor` says of the driver and of TensorFlow"
        )
    raise NoGpu("not run: no GPU visible")
