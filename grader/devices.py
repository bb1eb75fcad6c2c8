"""Devices for TensorFlow to place work on: two of them also where there is no GPU."""

import contextlib


def two_cpus() -> None:
    """Let TensorFlow take the CPU for two devices, `/CPU:0` and `/CPU:1`.

    Whether a result was placed where it should be can then be seen on any host. It has to come
    before TensorFlow's first operation; after that things stay as they are.
    """
    import tensorflow as tf

    (cpu,) = tf.config.list_physical_devices("CPU")
    with contextlib.suppress(RuntimeError):
        halves = [tf.config.LogicalDeviceConfiguration()] * 2
        tf.config.set_logical_device_configuration(cpu, halves)
