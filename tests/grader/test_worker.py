"""What a worker does before it meets a submission."""

import importlib
import linecache
import random
import sys

import numpy as np

from grader import worker


def test_a_rehearsal_leaves_nothing_behind():
    def around():
        numbers = random.getstate(), np.random.get_state()[1].tolist()
        return {*sys.modules}, [*sys.meta_path], {*linecache.cache}, numbers

    before = around()
    worker.rehearse()
    assert around() == before


def test_a_rehearsal_answers_every_call(monkeypatch):
    sent, send = [], worker.wire.send
    monkeypatch.setattr(
        worker.wire, "send", lambda channel, frame: (sent.append(frame), send(channel, frame))
    )
    worker.rehearse()
    answers = [frame for frame in sent if isinstance(frame, worker.wire.Answer)]
    assert len(answers) == worker.REHEARSED


def test_what_tensorflow_looks_up_before_the_fork_is_where_it_was(tf):
    """It is private, and passed over where it is gone: nothing but time would tell."""
    framework = importlib.import_module("tensorflow.python.framework")
    assert framework.op_def_registry.get("MatMul").name == "MatMul"
    assert framework.op_def_registry.get("none of this name") is None
    assert framework.kernels.get_registered_kernels_for_op("MatMul").kernel
