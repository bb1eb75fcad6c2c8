"""The proof of the tests: every mistake of the course fails them, and is diagnosed as itself.

There are more than a thousand, which takes a while: by default the first of each exercise is tried,
and all of them with --all-mistakes (`tox -e mistakes`).
"""

from pathlib import Path

import pytest
from msgspec.structs import replace

from grader import course, diagnose
from grader.authoring import proof

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


def handfuls(most):
    """Several mistakes at a time; of an exercise there are `most`, all of them for None."""
    for chapter in COURSE.chapters:
        own = [mistake for c, mistake in MISTAKES if c is chapter]
        names = [exercise.name for exercise in chapter.exercises]
        for number, handful in enumerate(proof.handfuls(chapter, own, names, most)):
            yield pytest.param(handful, id=f"{chapter.name}-{number}")


def pytest_generate_tests(metafunc):
    """Try some mistakes or all of them."""
    if "handful" in metafunc.fixturenames:
        most = None if metafunc.config.option.all_mistakes else 1
        metafunc.parametrize("handful", [*handfuls(most)])


def test_a_mistake_fails_and_is_diagnosed_as_itself(judge, tmp_path, handful):
    work = proof.handed_in(tmp_path / "work.py", COURSE, handful)
    found = {e.id: e for e in judge.grade(work, handful.names).exercises}
    told = {
        m.name: {t.diagnosis for t in found[m.exercise].tests if t.status == "failed"}
        for m in handful.mistakes
    }
    assert told == {mistake.name: {mistake.explanation} for mistake in handful.mistakes}
    assert {(e.status, e.score) for e in found.values()} == {("failed", 0)}


@pytest.mark.parametrize("names", [["train", "adam_step"], ["xavier_init", "HiddenModel"]])
def test_the_same_work_and_seed_give_the_same_result_twice(judge, tmp_path, names):
    """Wrong work, whose messages have numbers in them; training and random starts included."""
    wrong = [next(m for _, m in MISTAKES if m.exercise == name) for name in names]
    (handful,) = proof.handfuls(COURSE.chapter_of(names[0]), wrong, names)
    work = proof.handed_in(tmp_path / "work.py", COURSE, handful)
    one, other = (timeless(judge.grade(work, names)) for _ in range(2))
    assert any("worst at" in test.message for e in one.exercises for test in e.tests)
    assert one == other


def timeless(result):
    """A Result with no durations in it."""
    exercises = tuple(
        replace(e, tests=tuple(replace(t, duration=0.0) for t in e.tests)) for e in result.exercises
    )
    return replace(result, duration=0.0, exercises=exercises)
