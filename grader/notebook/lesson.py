"""A lesson cut at its headings, with pictures and links that hold where a notebook lies."""

import base64
import mimetypes
import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

HEADING = re.compile(r"#{1,6} +(?P<text>.*?)[ #]*$")
FENCE = re.compile(r" {0,3}(```+|~~~+)")
LINK = re.compile(
    r"`[^`]*`|\$[^$]*\$"  # neither code nor a formula has links, whatever they look like
    r"|(?P<image>!?)\[(?P<text>[^\]]*)\]\((?P<target>[^)\s]+)(?P<title>[^)]*)\)"
)
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|#|/", re.IGNORECASE)
"""How a target begins that is no path from where the lesson lies."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading without its marks, "" where there is none, and the text with and under it."""

    heading: str
    text: str


def sections(lesson: str) -> list[Section]:
    """Cut a lesson before each heading; one below the other, the sections are the lesson."""
    cut: list[tuple[str, list[str]]] = [("", [])]
    for line, is_code in _lines(lesson):
        if (heading := HEADING.match(line)) and not is_code:
            cut.append((heading["text"], []))
        cut[-1][1].append(line)
    made = [Section(heading, "\n".join(lines).strip("\n")) for heading, lines in cut]
    return [section for section in made if section.text]


def portable(text: str, folder: Path, page: Callable[[str], str]) -> str:
    """The text of a lesson in `folder`, for a notebook in a folder beside `exercises`.

    A picture comes along as data, and is there wherever the notebook goes. `page` names the
    notebook of a chapter, to which a link to that chapter's lesson leads, "" where there is none.
    """

    def moved(link: re.Match[str]) -> str:
        target = link["target"]
        if not target or ELSEWHERE.match(target):
            return link[0]
        path, mark, place = target.partition("#")
        kind, _ = mimetypes.guess_type(path)
        if link["image"] and kind and (folder / path).is_file():
            data = base64.b64encode((folder / path).read_bytes()).decode()
            target = f"data:{kind};base64,{data}"
        else:
            whole = posixpath.normpath(posixpath.join("../exercises", folder.name, path))
            chapter, _, file = whole.removeprefix("../exercises/").partition("/")
            known = page(chapter) if file in ("", "README.md") else ""
            target = f"{known or whole}{mark}{place}"
        return f"{link['image']}[{link['text']}]({target}{link['title']})"

    return "\n".join(line if is_code else LINK.sub(moved, line) for line, is_code in _lines(text))


def _lines(text: str) -> Iterator[tuple[str, bool]]:
    """The lines of a text, and of each whether it is code in a fence."""
    fence = ""
    for line in text.split("\n"):
        mark = FENCE.match(line)
        yield line, bool(mark or fence)
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence) and not line[mark.end() :].strip():
            fence = ""
