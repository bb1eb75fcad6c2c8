"""In which order TensorFlow adds, and so which last digit a sum has: the same wherever work runs.

Answers are held against those of known mistakes, and where they cancel, as in 1 - p, a last digit
is all that is left of them.
"""

import os

from grader import processors

ENVIRONMENT = {
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "TENSORFLOW_USE_CUSTOM_CONTRACTION_KERNEL": "false",
    **processors.THREADS,
}
"""Variables that have to be set before TensorFlow is imported.

Products of matrices are Eigen's own, and not those of oneDNN, which writes machine code before the
first of them: 40 ms in each worker, however small the matrices are.
"""


def settle() -> None:
    """Set what nobody has set yet: on their own machine people may round as they like."""
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)
