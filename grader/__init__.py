"""tensorkata: exercises in neural networks, and the grader that marks them.

The command is `kata`, the pytest plugin `grader.plugin`. This module stays empty on purpose: the
process that runs a learner's code imports `grader.worker` and must not get the rest with it.
"""
