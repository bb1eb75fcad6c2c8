"""The pages themselves: views into templates, with nothing in them that a browser would obey."""

import base64
import functools
import hashlib
from pathlib import Path

from grader.errors import KataError
from grader.report.gradebook import Gradebook
from grader.report.text import clean

try:
    import jinja2
    from markupsafe import Markup
except ImportError:
    raise KataError(
        "a report in HTML needs Jinja2, which is not here: pip install 'tensorkata[report]'"
    ) from None

from grader.report.html import code, names, overview, student, words

HERE = Path(__file__).parent
INDEX = "index.html"


def render(book: Gradebook) -> dict[str, bytes]:
    """All pages by path: the class first, if the book is for an instructor."""
    paths = names.paths(book.marks)
    pages: dict[str, bytes] = {}
    if book.audience == "instructor":
        pages[INDEX] = of_class(book)
    for number, path in enumerate(paths):
        pages[path] = _student(book, paths, number)
    return pages


def of_class(book: Gradebook) -> bytes:
    """The page of the class alone."""
    paths = names.paths(book.marks)
    return _page(
        "class.html", book=book, view=overview.view(book, paths), script=_file("report.js")
    )


def _student(book: Gradebook, paths: list[str], number: int) -> bytes:
    told = book.audience == "instructor"
    mark = book.marks[number]
    return _page(
        "student.html",
        book=book,
        view=student.view(book, mark),
        told=told,
        alike=_alike(book, paths, mark.attempt.student) if told else [],
        before=_beside(book, paths, number - 1),
        after=_beside(book, paths, number + 1),
        script=Markup(),
    )


def _alike(book: Gradebook, paths: list[str], own: str) -> list[tuple[str, str, float]]:
    """Whose work is like a student's, where their page is, and how much is the same."""
    others = {
        pair.other if own == pair.one else pair.one: pair.share
        for pair in book.alike
        if own in (pair.one, pair.other)
    }
    students = [mark.attempt.student for mark in book.marks] if others else []
    return [
        (name, paths[students.index(name)] if name in students else "", share)
        for name, share in others.items()
    ]


def _beside(book: Gradebook, paths: list[str], number: int) -> tuple[str, str] | None:
    if not 0 <= number < len(paths):
        return None
    return book.marks[number].attempt.student, paths[number]


def _page(template: str, **view: object) -> bytes:
    text = _environment().get_template(template).render(style=_file("report.css"), **view)
    return text.encode("utf-8", "backslashreplace")


@functools.cache
def _environment() -> jinja2.Environment:
    found = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        finalize=_harmless,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.globals |= {
        "digest": _digest,
        "words": words,
        "labels": code.labels,
        "anchor": student.anchor,
    }
    return found


def _harmless(value: object) -> object:
    """What is put into a page: of text, signs that steer a display are shown as what they are."""
    if not isinstance(value, str) or hasattr(value, "__html__") or value.isprintable():
        return value
    return clean(value)


@functools.cache
def _file(name: str) -> Markup:
    return Markup((HERE / "static" / name).read_text("utf-8"))  # our own file


@functools.cache
def _digest(text: str) -> str:
    """The name by which a content security policy lets in what stands in the page itself."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
