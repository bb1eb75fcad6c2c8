"""The frames that the judge and a worker exchange: MessagePack behind a length, never pickle.

A frame is eight bytes of length (big-endian) and a payload. The outer structs below are decoded
with full type checks; the values that tests and learners pass to each other travel inside them as
bytes of their own, see `pack`. Both sides import this module, and it imports nothing of the
package.
"""

import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
import numpy as np

MAX_FRAME = 64 * 2**20
"""The largest payload in bytes that either side accepts."""

MAX_VALUE = MAX_FRAME - 2**20
"""The largest packed value in bytes, which leaves room for what is around it."""

MAX_TREE, MAX_ARRAYS = 2 * 2**20, 10_000
"""The most bytes of a value without its arrays, and the most arrays: a byte of structure can become
a hundred bytes of objects here, where a byte of an array stays one."""

Text = Annotated[str, msgspec.Meta(max_length=10_000)]
Texts = Annotated[tuple[Text, ...], msgspec.Meta(max_length=100)]
"""Of what a worker tells in words, as much as anybody could want to read."""

Positions = Annotated[tuple[int, ...], msgspec.Meta(max_length=100)]

BEAT = 0.05
"""Seconds between two looks at a worker that has not answered yet."""

MAX_INT_BITS = 4096
NUMERIC = "biufc"
MALFORMED = (ValueError, TypeError, LookupError, AttributeError, OverflowError)
TUPLE, DICT, INT, COMPLEX, ARRAY, SCALAR, TENSOR, VARIABLE, RANDOM, HANDLE, GIVEN, OPAQUE = range(
    12
)


class WireError(Exception):
    """Bytes that are no frame, no value, or too large; the text says which."""


class Closed(WireError):
    """The other side is gone."""


class Late(WireError):
    """The other side did not answer in time."""


@dataclass(frozen=True, slots=True)
class Handle:
    """An object that stays in the worker, by number; `kind` is the name of its type."""

    id: int
    kind: str


@dataclass(frozen=True, slots=True)
class Given:
    """A function that the worker has itself, by name: functions never cross as code."""

    name: str


@dataclass(frozen=True, slots=True)
class Opaque:
    """Something that cannot cross, by the name of its type."""

    kind: str


class Cell(msgspec.Struct, frozen=True, array_like=True):
    """A piece of source that runs at one go: a whole file, or one cell of a notebook."""

    label: str
    text: str


class Module(msgspec.Struct, frozen=True, array_like=True):
    """A learner's module; `rest_goes_on` says that a failing cell does not stop the next one."""

    name: str
    cells: tuple[Cell, ...]
    rest_goes_on: bool = False


class Load(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """The first frame: the submission, and reference source that replaces functions in a module.

    Packages that are `forbidden` cannot be used.
    """

    modules: tuple[Module, ...]
    supplied: dict[str, Cell] = {}
    supplied_names: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()


class Open(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """Run a module, if it has not run yet."""

    id: int
    module: str


class Call(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """Call a function of a module; `arguments` is a packed pair (args, kwargs)."""

    id: int
    module: str
    function: str
    arguments: bytes


class Method(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """Call a method of an object that the worker holds."""

    id: int
    handle: int
    name: str
    arguments: bytes


class Attribute(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """Read an attribute of an object that the worker holds."""

    id: int
    handle: int
    name: str


class Step(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """Take the next item of a generator or iterator that the worker holds."""

    id: int
    handle: int


class Line(msgspec.Struct, frozen=True, array_like=True):
    """A place in the learner's source."""

    label: Text
    number: int
    function: Text


class Note(msgspec.Struct, frozen=True, array_like=True):
    """Something that went wrong while a module ran, in one line."""

    label: Text
    number: int
    text: Text


class Ready(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """The worker has seen no learner's code yet, and is confined unless `trouble` says why not."""

    trouble: Text = ""


class Opened(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """A module has run."""

    id: int
    notes: Annotated[tuple[Note, ...], msgspec.Meta(max_length=1000)]


class Answer(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """A call has returned; `changed` holds the positions of arguments altered in place."""

    id: int
    value: bytes
    warned: Texts = ()
    changed: Positions = ()


class Failure(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """A call has raised; `kinds` names the exception's type and its bases, nearest first."""

    id: int
    kinds: Texts
    text: Text
    lines: Annotated[tuple[Line, ...], msgspec.Meta(max_length=100)] = ()
    warned: Texts = ()
    changed: Positions = ()


class Absent(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """The module, function or object that was asked for is not there."""

    id: int


Request = Open | Call | Method | Attribute | Step
Reply = Ready | Opened | Answer | Failure | Absent

_encoder = msgspec.msgpack.Encoder()
_decoders: dict[Any, msgspec.msgpack.Decoder[Any]] = {}


def send(channel: socket.socket, message: msgspec.Struct) -> None:
    """Send one frame.

    Raises
    ------
    WireError
        The frame is larger than `MAX_FRAME`.
    Closed
        The other side is gone.

    """
    payload = _encoder.encode(message)
    if len(payload) > MAX_FRAME:
        raise WireError(f"{len(payload)} bytes, more than the {MAX_FRAME} allowed")
    try:
        channel.sendall(len(payload).to_bytes(8) + payload)
    except TimeoutError:
        raise Late("not read in time") from None
    except OSError as error:
        raise Closed(str(error)) from None


def receive(
    channel: socket.socket,
    kind: Any,
    seconds: float | None = None,
    watch: Callable[[], None] | None = None,
) -> Any:
    """Receive one frame of type `kind` (a struct or a union of them) within `seconds`.

    While nothing comes `watch` is called every `BEAT` seconds; what it raises ends the wait.

    Raises
    ------
    Late
        The whole frame is not there in time, however busily its bytes drip in.
    Closed
        The other side is gone.
    WireError
        The frame is announced too large or is not a `kind`.

    """
    deadline = None if seconds is None else time.monotonic() + seconds
    length = int.from_bytes(_exactly(channel, 8, deadline, watch))
    if length > MAX_FRAME:
        raise WireError(f"{length} bytes announced, more than the {MAX_FRAME} allowed")
    payload = _exactly(channel, length, deadline, watch)
    decoder = _decoders.setdefault(kind, msgspec.msgpack.Decoder(kind))
    try:
        return decoder.decode(payload)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise WireError(f"not a valid message: {error}") from None


def _exactly(
    channel: socket.socket,
    size: int,
    deadline: float | None,
    watch: Callable[[], None] | None,
) -> bytes:
    received = bytearray()
    while len(received) < size:
        if deadline is not None:
            left = deadline - time.monotonic()
            if left <= 0:
                raise Late("no answer in time")
            channel.settimeout(min(left, BEAT) if watch else left)
        try:
            part = channel.recv(min(size - len(received), 2**20))
        except TimeoutError:
            if watch:
                watch()
            continue
        except OSError as error:
            raise Closed(str(error)) from None
        if not part:
            raise Closed("closed by the other side")
        received += part
    return bytes(received)


def pack(value: Any, keep: Callable[[Any], Handle | Given | Opaque] | None = None) -> bytes:
    """Write a value as bytes.

    Numbers, strings, None, lists, tuples, dicts, numeric arrays and tensors cross as themselves,
    a `numpy.random.Generator` by its state. What else there is becomes whatever `keep` makes of it.
    """
    arrays: list[bytes] = []
    tree = msgspec.msgpack.encode(_plain(value, keep or _opaque, arrays))
    return msgspec.msgpack.encode(_Packed(tree, tuple(arrays)))


def unpack(data: bytes, resolve: Callable[[Handle | Given], Any] | None = None) -> Any:
    """Read a value back; arrays come as plain `numpy.ndarray`s that own their memory.

    Raises
    ------
    WireError
        The bytes are not what `pack` writes.

    """

    def extension(code: int, body: memoryview) -> Any:
        return _rebuilt(code, bytes(body), extension, packed.arrays, resolve or _itself)

    try:
        packed = msgspec.msgpack.decode(data, type=_Packed)
        return msgspec.msgpack.decode(packed.tree, ext_hook=extension)
    except (msgspec.MsgspecError, RecursionError, *MALFORMED) as error:
        raise WireError(f"not a valid value: {error}") from None


class _Packed(msgspec.Struct, frozen=True, array_like=True):
    """A value: its structure, and the bytes of the arrays in it, to which the structure points."""

    tree: Annotated[bytes, msgspec.Meta(max_length=MAX_TREE)]
    arrays: Annotated[tuple[bytes, ...], msgspec.Meta(max_length=MAX_ARRAYS)]


Keep = Callable[[Any], Handle | Given | Opaque]


def _plain(value: Any, keep: Keep, arrays: list[bytes]) -> Any:
    kind = type(value)
    if value is None or kind in (bool, float, bytes):
        return value
    if kind is str:
        return value.encode("utf-8", "replace").decode()
    if kind is int and value.bit_length() < 64:
        return value
    if kind is list:
        return [_plain(item, keep, arrays) for item in value]
    return _extension(value, keep, arrays)


def _extension(value: Any, keep: Keep, arrays: list[bytes]) -> msgspec.msgpack.Ext:
    def ext(code: int, content: Any) -> msgspec.msgpack.Ext:
        return msgspec.msgpack.Ext(code, msgspec.msgpack.encode(content))

    if isinstance(value, tuple):
        return ext(TUPLE, [_plain(item, keep, arrays) for item in value])
    if isinstance(value, dict):
        items = [[_plain(k, keep, arrays), _plain(v, keep, arrays)] for k, v in value.items()]
        return ext(DICT, items)
    if type(value) is int and value.bit_length() <= MAX_INT_BITS:
        return ext(INT, hex(value))
    if type(value) is complex:
        return ext(COMPLEX, [value.real, value.imag])
    if isinstance(value, np.random.Generator):
        return ext(RANDOM, _plain(value.bit_generator.state, keep, arrays))
    numeric = _numeric(value)
    if numeric is not None:
        code, array = numeric
        arrays.append(array.tobytes())
        return ext(code, [array.dtype.str, array.shape, len(arrays) - 1])
    kept = value if isinstance(value, Handle | Given | Opaque) else keep(value)
    if isinstance(kept, Handle):
        return ext(HANDLE, [kept.id, kept.kind])
    if isinstance(kept, Given):
        return ext(GIVEN, kept.name)
    return ext(OPAQUE, kept.kind)


def _numeric(value: Any) -> tuple[int, np.ndarray] | None:
    """The code and the base-class array of what holds numbers, None for anything else."""
    if isinstance(value, np.ndarray | np.generic):
        code = ARRAY if isinstance(value, np.ndarray) else SCALAR
    else:
        tensorflow = sys.modules.get("tensorflow")
        if tensorflow is None:
            return None
        if isinstance(value, tensorflow.Variable):
            code, value = VARIABLE, value.numpy()
        elif isinstance(value, tensorflow.Tensor):
            code = TENSOR
        else:
            return None
    array = np.array(value, order="C", subok=False)
    return (code, array) if array.dtype.kind in NUMERIC else None


def _rebuilt(
    code: int,
    body: bytes,
    hook: Any,
    arrays: tuple[bytes, ...],
    resolve: Callable[[Handle | Given], Any],
) -> Any:
    content = msgspec.msgpack.decode(body, ext_hook=hook)
    if code == TUPLE:
        return tuple(content)
    if code == DICT:
        return dict(content)
    if code == INT:
        number = int(content, 16)
        if number.bit_length() > MAX_INT_BITS:
            raise WireError(f"an integer of {number.bit_length()} bits")
        return number
    if code == COMPLEX:
        return complex(*content)
    if code in (ARRAY, SCALAR, TENSOR, VARIABLE):
        dtype, shape, position = msgspec.convert(content, tuple[str, tuple[int, ...], int])
        return _numbers(code, dtype, shape, arrays[position])
    if code == RANDOM:
        generator = np.random.PCG64()
        generator.state = content
        return np.random.Generator(generator)
    if code == HANDLE:
        return resolve(Handle(*msgspec.convert(content, tuple[int, str])))
    if code == GIVEN:
        return resolve(Given(msgspec.convert(content, str)))
    if code == OPAQUE:
        return Opaque(msgspec.convert(content, str)[:80])
    raise WireError(f"unknown extension {code}")


def _numbers(code: int, dtype: str, shape: tuple[int, ...], data: bytes) -> Any:
    element = np.dtype(dtype)
    if element.kind not in NUMERIC or any(size < 0 for size in shape):
        raise WireError(f"an array of type {dtype!r} and shape {shape}")
    array = np.frombuffer(data, element).reshape(shape).copy()
    if code == SCALAR:
        return array[()]
    if code == ARRAY:
        return array
    import tensorflow as tf

    return tf.constant(array) if code == TENSOR else tf.Variable(array)


def _opaque(value: Any) -> Opaque:
    return Opaque(type(value).__name__)


def _itself(kept: Handle | Given) -> Handle | Given:
    return kept
