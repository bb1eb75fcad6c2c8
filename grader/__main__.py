"""`python -m grader` is `kata`."""

import sys

if not sys.flags.safe_path:
    sys.path.pop(0)  # the folder one stands in may be a submission, with a numpy.py of its own

from grader.cli import main

main()
