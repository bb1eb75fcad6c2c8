"""The proof of the tests: every mistake of the course fails them, and is diagnosed as itself.

There are more than a thousand, which takes a while: by default some of each exercise are tried, and
all of them with --all-mistakes (`tox -e mistakes`).
"""

import itertools
from pathlib import Path

import pytest

from grader import course, diagnose

COURSE = course.read(Path(__file__).parents[2])
MISTAKES = [
    (chapter, mistake)
    for chapter in COURSE.chapters
    for mistake in diagnose.read(COURSE.mistakes(chapter), [e.name for e in chapter.exercises])
]


@pytest.mark.parametrize("chapter", COURSE.chapters, ids=lambda chapter: chapter.name)
def test_every_exercise_has_at_least_two_mistakes(chapter):
    counts = {e.name: 0 for e in chapter.exercises}
    for _, mistake in (pair for pair in MISTAKES if pair[0] is chapter):
        counts[mistake.exercise] += 1
    assert {name for name, count in counts.items() if count < 2} == set()


SOME = 3
"""How many of an exercise are tried by default, spread over all that it has."""


def spread(mistakes):
    """Some of them: the first, the last and what lies evenly between."""
    last = len(mistakes) - 1
    places = {round(k * last / (SOME - 1)) for k in range(SOME)}
    return [mistakes[place] for place in sorted(places) if mistakes]


def handfuls(chosen):
    """Mistakes in handfuls of one an exercise of a chapter: a submission has several."""
    for chapter in COURSE.chapters:
        of_each = [
            chosen([m for other, m in MISTAKES if other is chapter and m.exercise == e.name])
            for e in chapter.exercises
        ]
        for number, handful in enumerate(itertools.zip_longest(*of_each)):
            yield pytest.param(chapter, [*filter(None, handful)], id=f"{chapter.name}-{number}")


def pytest_generate_tests(metafunc):
    """Try some mistakes or all of them."""
    if "mistakes" in metafunc.fixturenames:
        chosen = list if metafunc.config.option.all_mistakes else spread
        metafunc.parametrize(("chapter", "mistakes"), handfuls(chosen))


def test_a_mistake_fails_and_is_diagnosed_as_itself(judge, tmp_path, chapter, mistakes):
    work = tmp_path / "work.py"
    sources = (COURSE.solution(chapter), COURSE.mistakes(chapter))
    text = "\n\n".join(path.read_text("utf-8") for path in sources)
    made = "\n".join(f"{mistake.exercise} = {mistake.name}" for mistake in mistakes)
    work.write_text(f"{text}\n\n{made}\n", "utf-8")
    found = {e.id: e for e in judge.grade(work, [m.exercise for m in mistakes]).exercises}
    told = {
        m.name: {t.diagnosis for t in found[m.exercise].tests if t.status == "failed"}
        for m in mistakes
    }
    assert told == {mistake.name: {mistake.explanation} for mistake in mistakes}
    assert {(e.status, e.score) for e in found.values()} == {("failed", 0)}
