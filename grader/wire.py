"""The frames that the judge and a worker exchange: MessagePack behind a length, never pickle.

A frame is eight bytes of length (big-endian) and a payload. The outer structs below are decoded
with full type checks; the values that tests and learners pass to each other travel inside them as
bytes of their own, see `packing`. Both sides import this module.
"""

import socket
import time
from collections.abc import Callable
from typing import Annotated, Any

import msgspec

from grader.packing import Given, Handle, Opaque, WireError, pack, unpack

__all__ = [
    "Absent",
    "Answer",
    "Attribute",
    "Call",
    "Cell",
    "Closed",
    "Failure",
    "Given",
    "Handle",
    "Late",
    "Line",
    "Load",
    "Method",
    "Module",
    "Note",
    "Opaque",
    "Open",
    "Opened",
    "Place",
    "Ready",
    "Reply",
    "Request",
    "Run",
    "Step",
    "WireError",
    "pack",
    "receive",
    "send",
    "unpack",
]

MAX_FRAME = 32 * 2**20
"""The largest payload in bytes that either side accepts."""

MAX_VALUE = MAX_FRAME - 2**20
"""The largest packed value in bytes, which leaves room for what is around it."""

Text = Annotated[str, msgspec.Meta(max_length=3000)]
Texts = Annotated[tuple[Text, ...], msgspec.Meta(max_length=100)]
"""Of what a worker tells in words, as much as anybody could want to read."""

Positions = Annotated[tuple[int, ...], msgspec.Meta(max_length=100)]

BEAT = 0.05
"""Seconds between two looks at a worker that has not answered yet."""


class Closed(WireError):
    """The other side is gone."""


class Late(WireError):
    """The other side did not answer in time."""


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

    What is `forbidden`, by name and why, cannot be used. With `two_cpus` TensorFlow has two
    devices to place work on, whatever the host.
    """

    modules: tuple[Module, ...]
    supplied: dict[str, Cell] = {}
    supplied_names: tuple[str, ...] = ()
    forbidden: dict[str, str] = {}
    two_cpus: bool = False


class Open(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """Run a module, if it has not run yet."""

    id: int
    module: str


class Call(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """Call a function of a module; `arguments` is a packed pair (args, kwargs).

    With `by` its derivative by that argument is asked for as well: (value, derivative). With a
    `seed` everything random starts anew from it before.
    """

    id: int
    module: str
    function: str
    arguments: bytes
    by: int | None = None
    seed: int | None = None


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


class Place(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """Put packed arguments (args, kwargs) where the worker finds them when `Run` comes.

    Where a `device` is named, arrays become float32 tensors on it.
    """

    id: int
    module: str
    arguments: bytes
    device: str = ""


class Run(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """Call a function with the arguments that were placed; of an object, where there is a handle.

    Nothing else is done meanwhile: the time it takes is the function's, and that of its answer.
    """

    id: int
    module: str
    name: str
    handle: int | None = None


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
    notes: Annotated[tuple[Note, ...], msgspec.Meta(max_length=100)]


class Answer(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """A call has returned; `changed` holds the positions of arguments altered in place.

    `assigned` is a packed list of (position, arrays): what Variables of the arguments hold now.
    `returned` is the position of the Variable that was given back, `device` the place of a tensor.
    """

    id: int
    value: bytes
    warned: Texts = ()
    changed: Positions = ()
    assigned: bytes = b""
    returned: int = -1
    device: Text = ""


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


Request = Open | Call | Method | Attribute | Step | Place | Run
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


def prepare(*kinds: Any) -> None:
    """Make ready to read frames of these types: a process that is forked need not."""
    for kind in kinds:
        _decoders.setdefault(kind, msgspec.msgpack.Decoder(kind))


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
        raise WireError(f"more than {MAX_FRAME} bytes announced")
    payload = _exactly(channel, length, deadline, watch)
    if kind not in _decoders:
        prepare(kind)
    try:
        return _decoders[kind].decode(payload)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise WireError("not a valid message") from error


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
