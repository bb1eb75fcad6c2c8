"""Who of a journal stands in which row of a gradebook: found without doubt, or not at all."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from grader.journal import Attempt
from grader.roster import normalized

WITH_NUMBER = re.compile(r"(?P<student>.+) (?P<id>\d+)")
"""How kata batch calls one of two students who have the same name."""

OF_A_NAME = "LMN"
"""The classes of characters that make a name: letters, the marks on them, digits."""


class Person(msgspec.Struct, frozen=True):
    """A row of a gradebook: its number from 0, and whose it is.

    `id` is the number by which the names of downloaded files go, `texts` are what else is nobody
    else's (a login, an address), `most` are the points there are, if the gradebook says so. What is
    `locked` is left alone, for this reason.
    """

    row: int
    called: str
    id: str = ""
    texts: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    most: float | None = None
    locked: str = ""


class Known(msgspec.Struct, frozen=True):
    """What a journal knows of a student: a name, and a number if the work's file had one."""

    name: str
    id: str = ""


def known(attempt: Attempt, download: re.Pattern[str]) -> Known:
    """Take the number from the name, or from that of the file, which `download` describes."""
    student = attempt.student
    match = download.fullmatch(normalized(attempt.name))
    if match and student in (match["student"].strip(), f"{match['student'].strip()} {match['id']}"):
        return Known(match["student"].strip(), match["id"])
    if match := WITH_NUMBER.fullmatch(student):
        return Known(match["student"], match["id"])
    return Known(student)


class Directory(msgspec.Struct, frozen=True):
    """The people of a gradebook, by all that they can be known by."""

    people: tuple[Person, ...]
    by_text: Mapping[str, Sequence[Person]]
    by_name: Mapping[str, Sequence[Person]]
    by_id: Mapping[str, Sequence[Person]]

    @classmethod
    def of(cls, people: Iterable[Person]) -> "Directory":
        """Index the people of a gradebook."""
        given = tuple(people)
        texts: dict[str, list[Person]] = {}
        names: dict[str, list[Person]] = {}
        ids: dict[str, list[Person]] = {}
        for person in given:
            for key in {_same(text) for text in (*person.texts, *person.names)} - {""}:
                texts.setdefault(key, []).append(person)
            for key in _spellings(person.names):
                names.setdefault(key, []).append(person)
            if person.id:
                ids.setdefault(person.id, []).append(person)
        return cls(given, texts, names, ids)

    def rows_of(self, student: str, also: Known) -> list[Person]:
        """Everybody who may be meant; more than one, or none, is no answer.

        A number counts where the name does not speak against it: of two with one name it tells
        which, and it does not lead to a stranger who has that number in another assignment.
        """
        found = {*self.by_text.get(_same(student), ())}
        for key in _spellings([student]):
            found.update(self.by_name.get(key, ()))
        spelt = _spellings([also.name])
        numbered = [
            person
            for person in self.by_id.get(also.id, ())
            if person in found or not person.names or spelt & _spellings(person.names)
        ]
        return numbered or sorted(found, key=lambda person: person.row)


def _same(text: str) -> str:
    """What compares, in whatever case it was typed."""
    return " ".join(normalized(text).casefold().split())


def _spellings(names: Iterable[str]) -> set[str]:
    """The letters of names, of the family name first and of it last: Canvas names files so."""
    found = set()
    for name in names:
        last, comma, first = name.partition(",")
        found.add(_letters(name))
        if comma:
            found.add(_letters(first + last))
    return found - {""}


def _letters(name: str) -> str:
    folded = unicodedata.normalize("NFC", normalized(name).casefold())
    return "".join(c for c in folded if unicodedata.category(c)[0] in OF_A_NAME)
