"""What a worker does before it meets a submission."""

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
