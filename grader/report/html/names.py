"""What the page of a student is called: safe on every file system, and no two alike."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable

from grader.journal import Mark

LONGEST = 40
"""Of a name so many letters at most are in the file's name."""

DIGITS = 10
FOLDER = "students"


def paths(marks: Iterable[Mark]) -> list[str]:
    """The path of each student's page, in their order."""
    found: list[str] = []
    taken: set[str] = set()
    for mark in marks:
        first = stem(mark.attempt.student)
        name, number = first, 1
        while name in taken:  # the same name again: two files handed in under one
            number += 1
            name = f"{first}-{number}"
        taken.add(name)
        found.append(f"{FOLDER}/{name}.html")
    return found


def stem(student: str) -> str:
    """What can be kept of a name, and a digest of all of it.

    >>> stem("Ada Lovelace").rpartition("-")[0]
    'ada-lovelace'
    """
    plain = unicodedata.normalize("NFKD", student).encode("ascii", "ignore").decode().lower()
    kept = re.sub(r"[^a-z0-9]+", "-", plain)[:LONGEST].strip("-")
    digest = hashlib.sha256(student.encode("utf-8", "surrogatepass")).hexdigest()[:DIGITS]
    return f"{kept}-{digest}" if kept else digest
