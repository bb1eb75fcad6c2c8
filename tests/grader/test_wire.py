"""Frames and values: what crosses comes back as it was, and rubbish is refused."""

import contextlib
import socket
import threading
import time

import msgspec
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader import packing, wire

SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary()
)
NUMERIC = st.sampled_from([np.float64, np.float32, np.int64, np.uint8, np.bool_, np.complex128])
ARRAYS = hnp.arrays(NUMERIC, hnp.array_shapes(min_dims=0, max_dims=3), fill=st.just(0))
VALUES = st.recursive(
    SCALARS | ARRAYS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text() | st.integers(-(2**63), 2**64 - 1), inner, max_size=4)
    ),
    max_leaves=12,
)


def equal(one, other):
    if isinstance(one, np.ndarray):
        return (
            one.dtype == other.dtype
            and one.shape == other.shape
            and one.tobytes() == other.tobytes()
        )
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(equal, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(equal(one[key], other[key]) for key in one)
    return bool(one == other)


@given(VALUES)
def test_a_value_comes_back_as_it_was(value):
    back = wire.unpack(wire.pack(value))
    assert type(back) is type(value)
    assert equal(back, value)


@pytest.mark.parametrize("kind", [tf.constant, tf.Variable])
def test_a_tensor_comes_back_as_a_tensor_and_a_variable_as_a_variable(kind):
    tensor = kind([[1.0, 2.0]])
    back = wire.unpack(wire.pack(tensor))
    assert isinstance(back, tf.Variable) == isinstance(tensor, tf.Variable)
    assert back.dtype == tensor.dtype
    assert back.numpy().tolist() == [[1.0, 2.0]]


def test_a_random_generator_goes_on_where_it_was():
    rng = np.random.default_rng(5)
    rng.normal(size=3)
    back = wire.unpack(wire.pack(rng))
    assert back.normal() == rng.normal()


def test_a_subclass_crosses_as_a_plain_array_and_an_object_not_at_all():
    class Own(np.ndarray):
        pass

    assert type(wire.unpack(wire.pack(np.ones(2).view(Own)))) is np.ndarray
    assert wire.unpack(wire.pack(np.array([object()]))) == wire.Opaque("ndarray")
    assert wire.unpack(wire.pack(lambda: 1)) == wire.Opaque("function")


@settings(max_examples=300)
@given(st.binary(max_size=200))
def test_bytes_that_are_no_value_are_refused_and_nothing_else_happens(data):
    with contextlib.suppress(wire.WireError):
        wire.unpack(data)


def ext(code, content):
    return msgspec.msgpack.encode(msgspec.msgpack.Ext(code, msgspec.msgpack.encode(content)))


def packed(tree, *arrays):
    """What crosses: a structure, and the arrays that it points to by their places."""
    return msgspec.msgpack.encode([tree, arrays])


EIGHT = b"12345678"
MAP = msgspec.msgpack.encode({"a": 1})
MALFORMED = {
    "object": packed(ext(packing.ARRAY, ["|O", [1], 0]), EIGHT),
    "short": packed(ext(packing.ARRAY, ["<f8", [2], 0]), EIGHT),
    "negative": packed(ext(packing.ARRAY, ["<f8", [-1], 0]), EIGHT),
    "huge": packed(ext(packing.ARRAY, ["<f8", [10**12], 0]), b""),
    "few": packed(ext(packing.ARRAY, ["<f8"]), EIGHT),
    "nowhere": packed(ext(packing.ARRAY, ["<f8", [1], 1]), EIGHT),
    "text": packed(ext(packing.ARRAY, "x")),
    "random": packed(ext(packing.RANDOM, {"bit_generator": "MT19937"})),
    "handle": packed(ext(packing.HANDLE, ["a", 1])),
    "int": packed(ext(packing.INT, "zz")),
    "?": packed(ext(99, None)),
    "deep": packed(b"\x91" * 100_000),
    "map": packed(MAP),
    "map in a list": packed(b"\x91" + MAP),
    "map in a tuple": packed(ext(packing.TUPLE, [{"a": 1}])),
    "map in much else": packed(msgspec.msgpack.encode([*range(200_000), {"a": 1}])),
    "too many": packed(msgspec.msgpack.encode([0] * packing.MAX_ITEMS)),
    "too many in tuples": packed(
        msgspec.msgpack.encode(
            [msgspec.msgpack.Ext(packing.TUPLE, msgspec.msgpack.encode([0] * 9))] * 35_000
        )
    ),
    "no structure": ext(packing.TUPLE, []),
}


@pytest.mark.parametrize("data", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_value_is_refused(data):
    with pytest.raises(wire.WireError):
        wire.unpack(data)


def test_the_same_well_formed_is_not():
    assert wire.unpack(packed(ext(packing.ARRAY, ["<f8", [1], 0]), EIGHT)).shape == (1,)
    assert wire.unpack(packed(ext(packing.TUPLE, [1, [2]]))) == (1, [2])
    assert len(wire.unpack(packed(msgspec.msgpack.encode([0] * (packing.MAX_ITEMS - 1))))) > 0


def test_many_small_things_are_as_many_as_they_are():
    value = [(1.5, k) for k in range(30_000)]
    assert wire.unpack(wire.pack(value)) == value


@pytest.fixture
def ends():
    one, other = socket.socketpair()
    with one, other:
        yield one, other


def test_a_frame_arrives_as_the_struct_that_was_sent(ends):
    wire.send(ends[0], wire.Call(3, "neuron", "step", wire.pack(((1,), {}))))
    assert wire.receive(ends[1], wire.Request, 1) == wire.Call(
        3, "neuron", "step", wire.pack(((1,), {}))
    )


def test_a_reply_of_many_gigabytes_is_refused_at_its_announcement(ends):
    ends[0].sendall((10**12).to_bytes(8))
    with pytest.raises(wire.WireError, match="more than 33554432 bytes announced"):
        wire.receive(ends[1], wire.Reply, 1)


def test_a_frame_of_another_type_is_refused(ends):
    wire.send(ends[0], wire.Open(1, "neuron"))
    with pytest.raises(wire.WireError, match="not a valid message"):
        wire.receive(ends[1], wire.Answer, 1)


def test_a_closed_end_is_noticed(ends):
    ends[0].close()
    with pytest.raises(wire.Closed):
        wire.receive(ends[1], wire.Reply, 1)


def test_a_frame_that_drips_in_does_not_stretch_the_time_limit(ends):
    def drip():
        for byte in (1000).to_bytes(8) + bytes(100):
            try:
                ends[0].send(bytes([byte]))
            except OSError:
                return
            time.sleep(0.02)

    threading.Thread(target=drip, daemon=True).start()
    started = time.monotonic()
    with pytest.raises(wire.Late):
        wire.receive(ends[1], wire.Reply, 0.3)
    assert time.monotonic() - started < 2
