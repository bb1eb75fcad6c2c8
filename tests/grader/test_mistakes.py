"""The proof of the tests: every mistake of the course fails them, and is diagnosed as itself."""

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


@pytest.mark.parametrize(("chapter", "mistake"), MISTAKES, ids=lambda value: value.name)
def test_a_mistake_fails_and_is_diagnosed_as_itself(judge, tmp_path, chapter, mistake):
    work = tmp_path / "work.py"
    sources = (COURSE.solution(chapter), COURSE.mistakes(chapter))
    text = "\n\n".join(path.read_text("utf-8") for path in sources)
    work.write_text(f"{text}\n\n{mistake.exercise} = {mistake.name}\n", "utf-8")
    (exercise,) = judge.grade(work, [mistake.exercise]).exercises
    assert exercise.status == "failed"
    assert exercise.score == 0
    assert {t.diagnosis for t in exercise.tests if t.status == "failed"} == {mistake.explanation}
