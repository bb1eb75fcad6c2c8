"""The two parsers that meet hostile bytes: whatever comes, they answer or refuse, and no more.

A longer run by hand: `tox -e fuzz`.
"""

import contextlib
import io
import json
import socket
import zipfile

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from grader import packing, wire
from grader.errors import KataError
from grader.submission import Submission, read

CHAPTERS = {"ch01_neuron": "neuron", "ch03_forward": "forward"}
ANYWHERE = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats()
    | st.text(max_size=8)
    | st.binary(max_size=8)
    | st.sampled_from(["<f8", "<i4", "O", "V8", "<U3", "f8,f8", "(9999999,)f8", "{", "PCG64"])
)
CONTENT = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=4), inner, max_size=3)
        | st.builds(
            lambda code, content: msgspec.msgpack.Ext(code, msgspec.msgpack.encode(content)),
            st.integers(-128, 127) | st.integers(0, 12),
            inner,
        )
    ),
    max_leaves=12,
)


def read_back(data):
    """Unpack bytes as the judge does; None when they are refused."""
    try:
        return wire.unpack(data)
    except wire.WireError:
        return None


@ANYWHERE
@given(st.binary(max_size=200))
def test_bytes_are_a_value_or_refused(data):
    read_back(data)


@ANYWHERE
@given(CONTENT, st.lists(st.binary(max_size=16), max_size=3))
def test_messages_of_any_structure_are_a_value_or_refused(content, arrays):
    tree = msgspec.msgpack.encode(content)
    value = read_back(msgspec.msgpack.encode([tree, arrays]))
    for array in [value] if isinstance(value, np.ndarray) else []:
        assert array.dtype.kind in packing.NUMERIC
        assert array.flags.owndata


@ANYWHERE
@given(st.data())
def test_a_value_with_a_few_bytes_changed_is_a_value_or_refused(data):
    rng = np.random.default_rng(0)
    value = ([rng.normal(size=(2, 3)), np.float32(2)], {"a": (1, 2**70), "b": 1 + 2j}, rng)
    packed = bytearray(wire.pack(value))
    for _ in range(data.draw(st.integers(1, 4))):
        packed[data.draw(st.integers(0, len(packed) - 1))] = data.draw(st.integers(0, 255))
    read_back(bytes(packed))


@ANYWHERE
@given(CONTENT | st.lists(CONTENT, max_size=6), st.integers(0, 3))
@example([], 0)
def test_a_reply_of_any_structure_is_a_reply_or_refused(content, cut):
    kinds = wire.Answer | wire.Failure | wire.Absent | wire.Opened
    body = msgspec.msgpack.encode(content)
    for tagged in (body, msgspec.msgpack.encode(["Answer", *([content] * cut)])):
        here, there = socket.socketpair()
        with here, there:
            there.sendall(len(tagged).to_bytes(8) + tagged[: len(tagged) - cut])
            there.shutdown(socket.SHUT_WR)
            with contextlib.suppress(wire.WireError):
                assert isinstance(wire.receive(here, kinds, 5), kinds)


@pytest.mark.parametrize(
    "tree",
    [
        msgspec.msgpack.encode([[]] * 3_000_000),
        msgspec.msgpack.encode("x" * 3_000_000),
    ],
    ids=["lists", "text"],
)
def test_a_few_bytes_cannot_become_gigabytes_of_objects(tree):
    with pytest.raises(wire.WireError):
        wire.unpack(msgspec.msgpack.encode([tree, []]))


def test_a_number_too_long_to_be_printed_is_refused():
    number = msgspec.msgpack.Ext(packing.INT, msgspec.msgpack.encode("f" * 100_000))
    with pytest.raises(wire.WireError, match="an integer of more than 4096 bits"):
        wire.unpack(msgspec.msgpack.encode([msgspec.msgpack.encode(number), []]))


def handed_in(path):
    """Read a submission as the judge does; None when it is refused."""
    try:
        found = read(path, CHAPTERS)
    except KataError:
        return None
    assert isinstance(found, Submission)
    return found


@ANYWHERE
@given(
    st.binary(max_size=300)
    | st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace"))
)
@example(b"def f(:\n")
@example("\ufeffx = 1".encode())
@example(b"# coding: utf-16\n")
@example(b"(" * 10_000)
@example(b"\x00")
def test_any_bytes_as_a_source_file(tmp_path, data):
    path = tmp_path / "neuron.py"
    path.write_bytes(data)
    handed_in(path)


CELL = st.fixed_dictionaries(
    {},
    optional={
        "cell_type": st.sampled_from(["code", "markdown", "raw", 3, None]),
        "source": st.text(max_size=20) | st.lists(st.text(max_size=9), max_size=3) | SCALARS,
        "outputs": st.just([]) | SCALARS,
        "metadata": st.just({}) | SCALARS,
    },
)
NOTEBOOK = st.fixed_dictionaries(
    {},
    optional={
        "nbformat": st.integers(-1, 9) | SCALARS.filter(lambda x: not isinstance(x, bytes)),
        "metadata": st.just({}) | st.text(max_size=3),
        "cells": st.lists(CELL, max_size=4) | st.text(max_size=3),
        "worksheets": st.lists(st.just({"cells": []}), max_size=1),
    },
)


@ANYWHERE
@given(NOTEBOOK | st.lists(CELL, max_size=2))
def test_any_json_as_a_notebook(tmp_path, content):
    path = tmp_path / "work.ipynb"
    path.write_text(json.dumps(content, default=lambda value: value.decode("latin-1")))
    handed_in(path)


NAMES = st.text(max_size=12).filter(bool) | st.sampled_from(
    ["neuron.py", "forward.py", "../neuron.py", "/neuron.py", "a/../../neuron.py", "NEURON.PY",
     "exercises/ch01_neuron/neuron.py", "exercises/ch01_neuron/", "C:\\neuron.py", "neuron.ipynb"]
)  # fmt: skip


@ANYWHERE
@given(st.lists(st.tuples(NAMES, st.binary(max_size=30)), max_size=6), st.data())
def test_any_archive(tmp_path, members, data):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name.replace("\0", "0")), content)
    packed = bytearray(buffer.getvalue())
    for _ in range(data.draw(st.integers(0, 3))):
        packed[data.draw(st.integers(0, len(packed) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "work.zip"
    path.write_bytes(bytes(packed))
    found = handed_in(path)
    for part in found.parts.values() if found else ():
        assert not any(".." in cell.label.split("/") for cell in part.module.cells)
