"""What TensorFlow finds in its environment: the same wherever work runs.

It decides in which order sums are added and how exactly, and so which last digit they have. Answers
are held against those of known mistakes, and where they cancel, as in 1 - p, a last digit is all
that is left of them.
"""

import os

from grader import processors

TENSORFLOW = {
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "TENSORFLOW_USE_CUSTOM_CONTRACTION_KERNEL": "false",
    **processors.THREADS,
    "NVIDIA_TF32_OVERRIDE": "0",
    "TF_FORCE_GPU_ALLOW_GROWTH": "true",
}
"""Variables that have to be set before TensorFlow is imported.

Products of matrices are Eigen's own, and not those of oneDNN, which writes machine code before the
first of them: 40 ms in each worker, however small the matrices are. A GPU multiplies float32 as
such, and not with the 10 bits of fraction that TF32 leaves of 23. It is shared: each process takes
as much of its memory as it needs, and not all at once.
"""


def settle() -> None:
    """Set what nobody has set yet: on their own machine people may round as they like."""
    for name, value in TENSORFLOW.items():
        os.environ.setdefault(name, value)
