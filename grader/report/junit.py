"""JUnit XML, as CI services read it: a suite a student, a case a test, points as properties."""

import xml.etree.ElementTree as ET
from collections.abc import Sequence

from grader.report import account
from grader.report.account import Account, Item
from grader.report.gradebook import Gradebook
from grader.report.text import in_a_line, no_command
from grader.result import Outcome

SKIPPED = ("todo", "blocked", "not_run")
"""No failures: what is still to do, or waits for another exercise."""


def render(book: Gradebook) -> bytes:
    """Every student of the book."""
    root = ET.Element("testsuites")
    for mark in book.marks:
        root.append(_suite(account.of(book, mark)))
    ET.indent(root)
    made: bytes = ET.tostring(root, "utf-8", xml_declaration=True)
    return made + b"\n"


def _suite(told: Account) -> ET.Element:
    suite = ET.Element("testsuite", name=in_a_line(told.student), time=f"{told.seconds:.3f}")
    properties = ET.SubElement(suite, "properties")
    worth = [("points", f"{told.score:g} of {told.max_score:g}")]
    worth += [(f"points.{item.name}", _worth(item)) for item in told.items]
    for name, value in worth:
        ET.SubElement(properties, "property", name=name, value=value)
    if told.trouble:
        case = ET.SubElement(suite, "testcase", classname="submission", name="is marked")
        _ended(case, "error", told.trouble)
    for item in told.items:
        if item.exercise:
            _cases(suite, item)
    for kind, count in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(kind, str(len(suite.findall(f"testcase/{count}"))))
    suite.set("tests", str(len(suite.findall("testcase"))))
    return suite


def _cases(suite: ET.Element, item: Item) -> None:
    exercise = item.exercise
    assert exercise is not None
    place = f"{exercise.chapter}.{exercise.id}"
    for test in exercise.tests:
        name, time = in_a_line(account.numbered(test)), f"{test.duration:.3f}"
        case = ET.SubElement(suite, "testcase", classname=place, name=name, time=time)
        _test(case, test, item.hint)
    if besides := account.besides(item):
        case = ET.SubElement(suite, "testcase", classname=place, name=exercise.id, time="0.000")
        _ended(case, _kind(exercise.status), _with_hint([besides], item.hint))


def _test(case: ET.Element, test: Outcome, hint: str) -> None:
    if test.status == "passed":
        return
    _, *lines = account.told(test)  # the case has the test's name already
    _ended(case, _kind(test.status), _with_hint(lines, hint))


def _worth(item: Item) -> str:
    """What an exercise earned; what lateness costs is of nothing."""
    if item.exercise is None:
        return f"{item.score:g}"
    earned = f"{item.score:g} of {item.max_score:g}"
    return earned if item.counts else f"{earned}, in no total"


def _with_hint(lines: Sequence[str], hint: str) -> str:
    return "\n".join([*lines, f"hint: {hint}"] if hint else lines)


def _kind(status: str) -> str:
    return "skipped" if status in SKIPPED else "error" if status == "error" else "failure"


def _ended(case: ET.Element, kind: str, text: str) -> None:
    """A line of it may stand in a job's log, where it can be a command."""
    ended = ET.SubElement(case, kind, message=in_a_line(text.partition("\n")[0]))
    ended.text = "\n".join(map(no_command, text.splitlines()))
