"""Values as bytes: what tests and learners pass to each other, as MessagePack, never pickle.

Reading bounds what it makes: a byte of structure can become a hundred bytes of objects, where a
byte of an array stays one, so that arrays travel apart.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Self

import msgspec
import numpy as np

MAX_TREE, MAX_ITEMS = 2 * 2**20, 300_000
"""The most bytes of a value without its arrays, and the most values in it."""

MAX_ARRAYS, MAX_KEYS, MAX_DEPTH = 1000, 1000, 32
"""The most arrays in a value, the most keys of a dict in it, the deepest nesting."""

MAX_INT_BITS = 4096
LONGEST_KIND = 80
NUMERIC = "biufc"
NUMERIC_TYPE = re.compile(rf"[<>|=]?[{NUMERIC}]\d{{1,2}}")
TUPLE, DICT, INT, COMPLEX, ARRAY, SCALAR, TENSOR, VARIABLE, RANDOM, HANDLE, GIVEN, OPAQUE = range(
    12
)
NUMERIC_CODES = (ARRAY, SCALAR, TENSOR, VARIABLE)
Shape = tuple[Annotated[int, msgspec.Meta(ge=0)], ...]
Order = str | int | float | tuple[float, ...]
Made = tuple[str, tuple[Order, ...], str, tuple[tuple[str, Shape, int], ...], int]


class WireError(Exception):
    """Bytes that are no frame, no value, or too large; the text says which.

    It holds nothing of the bytes: they may tell a hidden input.
    """


@dataclass(frozen=True, slots=True)
class Handle:
    """An object that stays in the worker, by number; `kind` is the name of its type."""

    id: int
    kind: str


@dataclass(frozen=True, slots=True)
class Given:
    """A function that the worker has itself, by name: functions never cross as code.

    One that is made to order is a class that is called with `order`; `method` is a method of it,
    `contents` what its Variables hold. Of two that are alike `number` tells whether they are one.
    """

    name: str
    order: tuple[Any, ...] = ()
    method: str = ""
    contents: tuple[np.ndarray, ...] = ()
    number: int = 0


@dataclass(frozen=True, slots=True)
class Opaque:
    """Something that cannot cross, by the name of its type."""

    kind: str


def pack(value: Any, keep: Callable[[Any], Handle | Given | Opaque] | None = None) -> bytes:
    """Write a value as bytes.

    Numbers, strings, None, lists, tuples, dicts, numeric arrays and tensors cross as themselves,
    a `numpy.random.Generator` by its state. What else there is becomes whatever `keep` makes of it.

    Raises
    ------
    OverflowError
        It has more values than `unpack` would take.

    """
    arrays: list[bytes] = []
    tree = _encode(_plain(value, keep or _opaque, arrays))
    if len(arrays) > MAX_ARRAYS:
        raise OverflowError(
            f"more than {MAX_ARRAYS} arrays or numbers of NumPy's: make one array of them"
        )
    many = len(tree) > MAX_ITEMS and count_items(tree) > MAX_ITEMS
    if len(tree) > MAX_TREE or many:
        raise OverflowError(f"too many values: {MAX_ITEMS} numbers outside of arrays may be sent")
    return _encode(_Packed(tree, tuple(arrays)))


def pack_data(value: Any) -> bytes:
    """Write as bytes what is nothing but data, and can be read back as it is.

    Raises
    ------
    TypeError
        There is something else in it.
    OverflowError
        It has more values than `unpack` would take.

    """
    return pack(value, _refuse)


def unpack(data: bytes, resolve: Callable[[Handle | Given], Any] | None = None) -> Any:
    """Read a value back; arrays come as plain `numpy.ndarray`s that own their memory.

    Raises
    ------
    WireError
        The bytes are not what `pack` writes.

    """
    try:
        packed = _packed.decode(data)
        return _Unpacker(packed.arrays, resolve or _itself).value(packed.tree)
    except WireError:
        raise
    except Exception as error:  # NumPy alone raises half a dozen kinds for bytes that mean nothing
        raise WireError("not a valid value") from error


class _Packed(msgspec.Struct, frozen=True, array_like=True):
    """A value: its structure, and the bytes of the arrays in it, to which the structure points."""

    tree: Annotated[bytes, msgspec.Meta(max_length=MAX_TREE)]
    arrays: Annotated[tuple[bytes, ...], msgspec.Meta(max_length=MAX_ARRAYS)]


_encode = msgspec.msgpack.Encoder().encode
_packed = msgspec.msgpack.Decoder(_Packed)
_text = msgspec.msgpack.Decoder(str)
_complex = msgspec.msgpack.Decoder(tuple[float, float])
_array = msgspec.msgpack.Decoder(tuple[str, Shape, int])
_handle = msgspec.msgpack.Decoder(tuple[int, str])
_made = msgspec.msgpack.Decoder(Made)


class _Unpacker:
    """Rebuilds one value; what is not plain is in extensions, whose bodies are values again.

    Only tuples, dicts and generators hold other values; of every other extension the content is
    decoded by its type, so that nothing that the worker still has can stand where data is due.
    """

    def __init__(self, arrays: tuple[bytes, ...], resolve: Callable[[Handle | Given], Any]) -> None:
        self._arrays, self._resolve = arrays, resolve
        self._depth = self._items = self._numbers = 0
        self._long = self._large = False

    def value(self, tree: bytes | memoryview) -> Any:
        """Rebuild the whole value."""
        self._large = len(tree) > MAX_ITEMS  # there are no more items than bytes
        rebuilt = self._inner(tree)
        return _exact(rebuilt) if self._long else rebuilt

    def _inner(self, tree: bytes | memoryview) -> Any:
        if self._large or MAP.search(tree):
            self._items += count_items(tree)
        self._depth += 1
        if self._items > MAX_ITEMS or self._depth > MAX_DEPTH:
            raise WireError("too many values, or nested too deep")
        inner = msgspec.msgpack.decode(tree, ext_hook=self._extension)
        self._depth -= 1
        return inner

    def _extension(self, code: int, body: memoryview) -> Any:
        if code == TUPLE:
            return tuple(_list(self._inner(body)))
        if code == DICT:
            pairs = _list(self._inner(body))
            if len(pairs) > MAX_KEYS:
                raise WireError("a dict of too many keys")
            return dict(map(_list, pairs))
        if code == RANDOM:
            generator = np.random.PCG64()
            generator.state = self._inner(body)
            return np.random.Generator(generator)
        if code == INT:
            self._long = True
            return _Long(_text.decode(body), 16)
        if code == COMPLEX:
            return complex(*_complex.decode(body))
        if code in NUMERIC_CODES:
            return self._numeric(code, *_array.decode(body))
        if code == HANDLE:
            return self._resolve(Handle(*_handle.decode(body)))
        if code == GIVEN:
            name, order, method, arrays, number = _made.decode(body)
            contents = tuple(self._numeric(ARRAY, *array) for array in arrays)
            return self._resolve(Given(name, order, method, contents, number))
        if code == OPAQUE:
            return Opaque(_text.decode(body)[:LONGEST_KIND])
        raise WireError("an unknown extension")

    def _numeric(self, code: int, dtype: str, shape: tuple[int, ...], position: int) -> Any:
        self._numbers += 1
        if not NUMERIC_TYPE.fullmatch(dtype) or self._numbers > MAX_ARRAYS:
            raise WireError("an array of no numeric type, or too many of them")
        array = np.frombuffer(self._arrays[position], dtype).reshape(shape).copy()
        if code == SCALAR:
            return array[()]
        if code == ARRAY:
            return array
        import tensorflow as tf

        return tf.constant(array) if code == TENSOR else tf.Variable(array)


class _Long(int):
    """An integer beyond 64 bits, on its way. No key: thousands can be made to collide."""

    __hash__ = None  # type: ignore[assignment]

    def __new__(cls, digits: str, base: int) -> Self:
        """Read the digits of at most `MAX_INT_BITS`."""
        if len(digits) > MAX_INT_BITS // 4 + 3:
            raise WireError(f"an integer of more than {MAX_INT_BITS} bits")
        return super().__new__(cls, digits, base)


def _exact(value: Any) -> Any:
    """A value with plain integers for the long ones in it."""
    if isinstance(value, _Long):
        return int(value)
    if type(value) in (list, tuple):
        return type(value)(map(_exact, value))
    if type(value) is dict:
        return {key: _exact(item) for key, item in value.items()}
    return value


def _list(value: Any) -> list[Any]:
    if type(value) is not list:
        raise WireError("not a list where one is due")
    return value


FIXED = {
    0xC0: 0, 0xC2: 0, 0xC3: 0, 0xCA: 4, 0xCB: 8, 0xCC: 1, 0xCD: 2, 0xCE: 4, 0xCF: 8, 0xD0: 1,
    0xD1: 2, 0xD2: 4, 0xD3: 8, 0xD4: 2, 0xD5: 3, 0xD6: 5, 0xD7: 9, 0xD8: 17, 0xDC: 2, 0xDD: 4,
}  # fmt: skip
"""How many bytes follow the first of an item; those in an array are items of their own."""

COUNTED = {
    0xC4: (1, 0), 0xC5: (2, 0), 0xC6: (4, 0), 0xC7: (1, 1), 0xC8: (2, 1), 0xC9: (4, 1),
    0xD9: (1, 0), 0xDA: (2, 0), 0xDB: (4, 0),
}  # fmt: skip
"""Those whose length comes first: in how many bytes, and how many more follow besides."""


MAP = re.compile(rb"[\x80-\x8f\xde\xdf]")
"""The first byte of a map; other things may have it too."""


def count_items(tree: bytes | memoryview) -> int:
    """How many MessagePack items there are, extensions taken as one each; before any is made.

    Raises
    ------
    WireError
        There is a map among them: `pack` writes none, and its keys could be made to collide.

    Notes
    -----
    The format is that of github.com/msgpack/msgpack/blob/master/spec.md.

    """
    at = count = 0
    while at < len(tree):
        first = tree[at]
        at += 1
        count += 1
        if first <= 0x7F or first >= 0xE0 or 0x90 <= first <= 0x9F:
            continue
        if first in FIXED:
            at += FIXED[first]
        elif first in COUNTED:
            size, more = COUNTED[first]
            at += size + more + int.from_bytes(tree[at : at + size])
        elif 0xA0 <= first <= 0xBF:
            at += first & 0x1F
        else:
            raise WireError("a map")
    return count


Keep = Callable[[Any], Handle | Given | Opaque]
KEPT, OF_NUMPY = (Handle, Given, Opaque), (np.ndarray, np.generic)


def _plain(value: Any, keep: Keep, arrays: list[bytes]) -> Any:
    kind = type(value)
    if value is None or kind in (bool, float, bytes):
        return value
    if kind is str:
        return value.encode("utf-8", "replace").decode()
    if kind is int and -(2**63) <= value < 2**64:
        return value
    if kind is list:
        return [_plain(item, keep, arrays) for item in value]
    return _extension(value, keep, arrays)


def _extension(value: Any, keep: Keep, arrays: list[bytes]) -> msgspec.msgpack.Ext:
    if isinstance(value, tuple):
        return _ext(TUPLE, [_plain(item, keep, arrays) for item in value])
    if isinstance(value, dict):
        items = [[_plain(k, keep, arrays), _plain(v, keep, arrays)] for k, v in value.items()]
        return _ext(DICT, items)
    numeric = _numeric(value)
    if numeric is not None:
        return _ext(numeric[0], _written(numeric[1], arrays))
    if type(value) is int and value.bit_length() <= MAX_INT_BITS:
        return _ext(INT, hex(value))
    if type(value) is complex:
        return _ext(COMPLEX, [value.real, value.imag])
    if isinstance(value, np.random.Generator):
        return _ext(RANDOM, _plain(value.bit_generator.state, keep, arrays))
    kept = value if isinstance(value, KEPT) else keep(value)
    if isinstance(kept, Handle):
        return _ext(HANDLE, [kept.id, kept.kind])
    if isinstance(kept, Given):
        contents = [_written(content, arrays) for content in kept.contents]
        return _ext(GIVEN, [kept.name, kept.order, kept.method, contents, kept.number])
    return _ext(OPAQUE, kept.kind)


def _ext(code: int, content: Any) -> msgspec.msgpack.Ext:
    return msgspec.msgpack.Ext(code, _encode(content))


def _written(array: np.ndarray, arrays: list[bytes]) -> list[Any]:
    """What is said of an array in the structure; its bytes go to the others."""
    arrays.append(array.tobytes())
    return [array.dtype.str, array.shape, len(arrays) - 1]


def _numeric(value: Any) -> tuple[int, np.ndarray] | None:
    """The code and the base-class array of what holds numbers, None for anything else."""
    if isinstance(value, OF_NUMPY):
        code = ARRAY if isinstance(value, np.ndarray) else SCALAR
    else:
        if type(value).__module__.partition(".")[0] != "tensorflow":
            return None
        import tensorflow as tf

        if isinstance(value, tf.Variable):
            code, value = VARIABLE, value.numpy()
        elif isinstance(value, tf.Tensor):
            code = TENSOR
        else:
            return None
    array = np.asarray(value)
    return (code, array) if array.dtype.kind in NUMERIC else None


def _opaque(value: Any) -> Opaque:
    return Opaque(type(value).__name__)


def _refuse(value: Any) -> Opaque:
    raise TypeError(f"{type(value).__name__} is no plain data")


def _itself(kept: Handle | Given) -> Handle | Given:
    return kept
