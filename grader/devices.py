"""Devices for TensorFlow to place work on: two of them also where there is no GPU."""

import contextlib

CPUS = ("/CPU:0", "/CPU:1")
"""The names of the devices after `two_cpus`."""


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
