"""A learner's module and that of a newer bundle into one, piece by piece.

What is still as it was released gives way to the newer text; what the learner has changed stays as
it is, byte for byte. Only digests are known of what was released: text is taken, never compared
line by line.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from grader import source
from grader.cut import Cut, Import, Piece, cut, digest

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class Merged:
    """A module of two. `taken` are the pieces that are new in it.

    `kept` are those that both have changed, and that are in it as the learner has them.
    """

    text: str
    taken: tuple[str, ...]
    kept: tuple[str, ...]


def merge(mine: str, released: Mapping[str, str], new: str) -> Merged:
    """Bring a learner's module up to date; `released` are the digests of the pieces it began with.

    Raises
    ------
    SyntaxError
        It is not Python, or would not be afterwards.

    """
    mark = mine[:1] if mine[:1] == BOM else ""
    newer = new.removeprefix(BOM).replace("\r\n", "\n").rstrip("\n") + "\n"
    ours, theirs = cut(mine.removeprefix(BOM)), cut(newer)
    edits = Edits()
    put = _put_pieces(ours, released, theirs, edits)
    _put_imports(ours, released, theirs, edits, {name for piece in put for name in piece.refers})
    text = mark + edits.applied(ours.lines, "\r\n" if "\r\n" in mine else "\n")
    source.parse(text.removeprefix(BOM), "")
    return Merged(text, tuple(edits.taken), tuple(edits.kept))


@dataclass
class Edits:
    """What is to become of some lines: texts that come before one, and ranges that give way.

    Where both are to come before a line, `imported` come before `inserted`.
    """

    imported: dict[int, list[str]] = field(default_factory=dict)
    inserted: dict[int, list[str]] = field(default_factory=dict)
    replaced: dict[int, tuple[int, str]] = field(default_factory=dict)
    taken: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)

    def insert(self, key: str, place: int, text: str) -> None:
        """Put a text before a line, behind what has been put there already."""
        self.inserted.setdefault(place, []).append(text)
        self.taken.append(key)

    def put_import(self, key: str, place: int, text: str) -> None:
        """Put an import before a line."""
        self.imported.setdefault(place, []).append(text)
        self.taken.append(key)

    def replace(self, key: str, first: int, last: int, text: str) -> None:
        """Have a text in the place of some lines."""
        self.replaced[first] = last, text
        self.taken.append(key)

    def applied(self, lines: tuple[str, ...], newline: str) -> str:
        """The lines as they are then."""
        told: list[str] = []

        def tell(text: str) -> None:
            if told and not told[-1].endswith(("\n", "\r")):
                told.append(newline)
            told.append(text.replace("\n", newline))

        place = 0
        while place <= len(lines):
            for text in (*self.imported.get(place, ()), *self.inserted.get(place, ())):
                tell(text)
            if place in self.replaced:
                place, text = self.replaced[place]
                tell(text)
            else:
                told += lines[place : place + 1]
                place += 1
        return "".join(told)


def _put_pieces(ours: Cut, released: Mapping[str, str], theirs: Cut, edits: Edits) -> list[Piece]:
    """Replace what is as it was released, and add what is new; returns the pieces of both kinds."""
    put, gone = [], []
    for key, piece in theirs.pieces.items():
        own = ours.pieces.get(key)
        changed = piece.digest != released.get(key)
        if own is not None and own.digest == piece.digest:
            continue
        if own is not None and own.digest == released.get(key):
            edits.replace(key, own.first, own.last, piece.text)
            put.append(piece)
        elif own is not None or any(map(ours.binds, piece.names)):
            edits.kept += [key] * changed
        elif key in released:
            gone.append(piece)
        elif not piece.owner or _may_join(ours, theirs, piece):
            _add(ours, theirs, piece, edits)
            put.append(piece)
        elif ours.binds(piece.owner):
            edits.kept.append(key)
    return put + _missed(ours, theirs, gone, put, edits)


def _may_join(ours: Cut, theirs: Cut, piece: Piece) -> bool:
    """Whether a new method fits into the class that the learner has."""
    own, due = ours.pieces.get(piece.owner), theirs.pieces[piece.owner]
    inside = [each for each in ours.pieces.values() if each.owner == piece.owner]
    return (
        own is not None
        and own.column == due.column
        and inside[:1] != []
        and (inside[0].column == piece.column)
    )


def _missed(
    ours: Cut, theirs: Cut, gone: list[Piece], put: list[Piece], edits: Edits
) -> list[Piece]:
    """Bring back what the learner has taken out and the new pieces mention, and what that needs."""
    back: list[Piece] = []
    while True:
        wanted = {name for piece in [*put, *back] for name in piece.refers}
        more = [p for p in gone if p not in back and not p.owner and wanted & {*p.names}]
        if not more:
            return back
        for piece in more:
            _add(ours, theirs, piece, edits)
        back += more


def _add(ours: Cut, theirs: Cut, piece: Piece, edits: Edits) -> None:
    """Put a piece of theirs behind the one that it follows there, with as much room above it."""
    lines, above = theirs.lines, piece.first
    while above and lines[above - 1].startswith(f"{' ' * piece.column}#"):
        above -= 1
    room = 0
    while room < above and not lines[above - 1 - room].strip():
        room += 1
    place = _place(ours, theirs, piece)
    text = "\n" * room + "".join(lines[above : piece.tail])
    if place < len(ours.lines) and ours.lines[place].strip():
        text += "\n" * room
    edits.insert(piece.key, place, text)


def _place(ours: Cut, theirs: Cut, piece: Piece) -> int:
    """The line that a piece of theirs is to come before."""
    place = ours.pieces[piece.owner].last if piece.owner else ours.head
    for key, each in theirs.pieces.items():
        if key == piece.key:
            break
        if each.owner == piece.owner and (own := ours.pieces.get(key)):
            place = own.tail if piece.owner else max(own.tail, ours.head)
    return place


def _put_imports(
    ours: Cut, released: Mapping[str, str], theirs: Cut, edits: Edits, wanted: set[str]
) -> None:
    """Add the imports that are new, or `wanted` by new pieces; mend those that have changed."""
    for each in theirs.imports.values():
        own = ours.imports.get(each.name)
        known = released.get(each.key)
        if own is not None and own.line == each.line:
            continue
        if own is not None and digest(own.line) == known and own.alone:
            edits.replace(each.key, own.first, own.last, f"{each.line}\n")
        elif own is not None or ours.binds(each.name):
            edits.kept += [each.key] * (digest(each.line) != known)
        elif known is None or each.name.partition(".")[0] in wanted:
            edits.put_import(each.key, *_imported(ours, each))


def _imported(ours: Cut, each: Import) -> tuple[int, str]:
    """Where an import is to stand, and as what: behind the others, one of the future before."""
    if not each.line.startswith("from __future__"):
        return ours.head, f"{each.line}\n"
    said = ours.pieces.get('"""')
    return (said.last, f"\n{each.line}\n") if said else (0, f"{each.line}\n")
