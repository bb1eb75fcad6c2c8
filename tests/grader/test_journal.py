"""The journal of a class: nothing that was written down is ever lost, whatever happens to it."""

import contextlib
import os
import sqlite3
import subprocess
import sys

import pytest

from grader.collect import Work
from grader.errors import KataError
from grader.journal import MIGRATIONS, Attempt, Journal, Key
from grader.result import ExerciseResult, Isolation, Outcome, Result, SubmissionId
from grader.speed import Speed

KEY = Key("sha256:c", 7, "0.1.0", {"add": "sha256:a", "total": "sha256:t"})


def work(text, name="ada.py"):
    return Work(name, {"sums": "sums.py"}, {"sums": ()}, {"sums.py": text.encode()})


A, B = work("x = 1\n"), work("x = 2\n")


def result(score=2.0, name="ada.py"):
    speed = Speed("inconclusive", "4 times as fast", ("examples",), (), (3.0, 4.0, 5.0))
    outcome = Outcome("test_two_numbers[σ]", "passed", "", "", 0.25, "visible", speed)
    exercise = ExerciseResult("add", "ch01_sums", score, 2.0, "passed", (outcome,))
    isolation = Isolation("full", ("landlock",))
    return Result(
        SubmissionId(name, A.digest), score, 2.0, isolation, 7, 0.5, (exercise,), ("a note",)
    )


@pytest.fixture
def path(tmp_path):
    return tmp_path / "class.journal"


@pytest.fixture
def journal(path):
    with Journal(path, writing=True) as opened:
        yield opened


def mark(journal, attempt, state="marked", found=None, **more):
    """Enter a whole marking, and return its number."""
    number = journal.begin(attempt, KEY, 0)
    journal.end(number, state, found, **more)
    return number


def everything(journal):
    """Every mark with the work that it is of."""
    return [(found, journal.work(found.attempt)) for found in journal.marks()]


def refused(path, *, writing=False):
    """The line that says why a journal cannot be opened."""
    with pytest.raises(KataError) as caught, Journal(path, writing=writing):
        pass
    return one_line(caught.value, path)


def one_line(error, path):
    said = str(error)
    assert said.startswith(f"{path}: "), f"the line does not begin with the journal: {said}"
    assert "\n" not in said, f"more than one line: {said}"
    return said.removeprefix(f"{path}: ")


def rows(path, query):
    """What another program reads in the file."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


# What is handed in


def test_a_new_journal_is_made_and_is_empty(path):
    with Journal(path, writing=True) as journal:
        assert path.is_file(), "no file was made"
        assert journal.marks() == []
    with Journal(path) as journal:
        assert journal.marks() == []


def test_the_same_work_is_one_attempt(journal):
    first = journal.attempt("ada", A)
    assert (first.student, first.number, first.name) == ("ada", 1, "ada.py")
    assert journal.attempt("ada", A) == first, "the same work was entered twice"


def test_the_same_work_under_another_name_is_one_attempt(journal):
    first = journal.attempt("ada", A)
    again = journal.attempt("ada", work("x = 1\n", "ada-1.py"))
    assert (again.id, again.number) == (first.id, 1), "the name of a file made another attempt"


def test_other_work_is_another_attempt_even_if_it_was_there_before(journal):
    numbers = [journal.attempt("ada", each).number for each in (A, B, A)]
    assert numbers == [1, 2, 3], "A, then B, then A again are three attempts"


def test_every_student_has_attempts_of_their_own(journal):
    one, other = journal.attempt("ada", A), journal.attempt("béla 王", A)
    assert one.id != other.id, "two students share an attempt"
    assert other.number == 1


def test_work_comes_back_as_it_was(path, journal):
    hostile = Work("a\\ud800.py", {"": "\x00.py"}, {"": ()}, {"\x00.py": bytes(range(256)) * 40})
    attempts = [journal.attempt("ada", A), journal.attempt("ada", hostile)]
    with Journal(path) as reader:
        assert [reader.work(each) for each in attempts] == [A, hostile]


def test_days_that_come_to_light_later_count(path, journal):
    first = journal.attempt("ada", A, 0.0, 0.0)
    mark(journal, first, found=result())
    again = journal.attempt("ada", A, 2.5, 0.1)
    assert (again.id, again.late_days, again.penalty) == (first.id, 2.5, 0.1)
    (found,) = journal.marks()
    assert (found.attempt.late_days, found.attempt.penalty) == (2.5, 0.1), "the mark has old days"
    assert journal.attempt("ada", B).late_days == 0, "the days of one attempt count for another"


# What came of it


def test_what_began_is_no_mark_until_it_ends(journal):
    attempt = journal.attempt("ada", A)
    number = journal.begin(attempt, KEY, 0)
    assert journal.marks() == [], "a marking that has begun is shown as a mark"
    assert journal.latest(attempt) is None
    journal.end(number, "marked", result())
    (found,) = journal.marks()
    assert (found.id, found.state, found.attempt) == (number, "marked", attempt)


def test_results_come_back_equal(path, journal):
    mark(journal, journal.attempt("ada", A), "marked", result(), message="a word", losses=1)
    with Journal(path) as reader:
        (found,) = reader.marks()
    assert found.result == result()
    assert (found.key, found.message, found.losses) == (KEY, "a word", 1)


@pytest.mark.parametrize("state", ["refused", "failed", "quarantined"])
def test_what_gave_no_result_has_its_reason(journal, state):
    mark(journal, journal.attempt("ada", A), state, message="no such chapter")
    (found,) = journal.marks()
    assert (found.state, found.message, found.result) == (state, "no such chapter", None)


def test_what_is_forgotten_had_never_begun(path, journal):
    attempt = journal.attempt("ada", A)
    journal.forget(journal.begin(attempt, KEY, 1))
    assert rows(path, "SELECT * FROM mark") == []
    assert journal.lost(attempt) is None


def test_what_has_ended_cannot_be_forgotten(journal):
    number = mark(journal, journal.attempt("ada", A), found=result())
    journal.forget(number)
    assert [found.id for found in journal.marks()] == [number], "a mark was taken away"


def test_every_attempt_has_one_mark_the_last(journal):
    for student, works in {"béla": (A,), "ada": (A, B)}.items():
        for each in works:
            attempt = journal.attempt(student, each)
            mark(journal, attempt, "failed", message="at first")
            mark(journal, attempt, "marked", result())
            journal.begin(attempt, KEY, 0)
    found = [(m.attempt.student, m.attempt.number, m.state) for m in journal.marks()]
    assert found == [("ada", 1, "marked"), ("ada", 2, "marked"), ("béla", 1, "marked")]
    assert [m.attempt.number for m in journal.marks("ada")] == [1, 2]
    assert journal.marks("nobody") == []


def test_the_same_work_handed_in_again_finds_its_mark(journal):
    first = journal.attempt("ada", A)
    number = mark(journal, first, found=result())
    mark(journal, journal.attempt("ada", B), found=result(0.0))
    again = journal.attempt("ada", A)
    found = journal.latest(again)
    assert found is not None, "work that has been marked is to be marked anew"
    assert (found.id, found.attempt.number, found.result) == (number, 1, result())


def test_nobody_gets_the_mark_of_another(journal):
    mark(journal, journal.attempt("ada", A), found=result())
    assert journal.latest(journal.attempt("béla", A)) is None


# What ends suddenly

DIES = """
import os, sys
from pathlib import Path
from grader.collect import Work
from grader.journal import Journal, Key
journal = Journal(Path(sys.argv[1]), writing=True)
work = Work("w", {"": "w.py"}, {"": ()}, {"w.py": b"1"})
for student, losses in (("ada", 1), ("béla", 0)):
    journal.begin(journal.attempt(student, work), Key("sha256:c", 7, "0.1.0", {}), losses)
os._exit(9)
"""


def test_what_a_killed_batch_had_begun_is_lost(path):
    done = subprocess.run([sys.executable, "-c", DIES, str(path)], check=False)
    assert done.returncode == 9
    same = Work("w", {"": "w.py"}, {"": ()}, {"w.py": b"1"})
    with Journal(path) as reader:
        assert reader.marks() == []
    assert {*rows(path, "SELECT state FROM mark")} == {("begun",)}, "reading changed something"
    with Journal(path, writing=True) as journal:
        ada, bela = journal.attempt("ada", same), journal.attempt("béla", same)
        assert journal.lost(ada) == 1, "the losses that were feared are forgotten"
        assert journal.lost(bela) == 0
        assert journal.marks() == []
        assert journal.latest(ada) is None, "what is lost is taken for a mark"
        mark(journal, ada, found=result())
        assert journal.lost(ada) is None, "it is lost although it has been marked since"
        assert [m.attempt.student for m in journal.marks()] == ["ada"]


# Who may read and write


def test_a_reader_reads_while_a_batch_writes(path, journal):
    mark(journal, journal.attempt("ada", A), found=result())
    with Journal(path) as reader:
        assert len(reader.marks()) == 1
        mark(journal, journal.attempt("béla", B), found=result())
        assert len(reader.marks()) == 2, "what was written meanwhile is not seen"
        number = journal.begin(journal.attempt("carl", B), KEY, 0)
    with Journal(path) as reader:
        assert len(reader.marks()) == 2
    journal.end(number, "marked", result())
    assert len(journal.marks()) == 3, "a reader made a marking lost"


def test_two_cannot_write_at_once(path, journal):
    assert refused(path, writing=True) == "another batch is writing to it; wait for its end"
    attempt = journal.attempt("ada", A)
    assert attempt.number == 1, "the one that was first cannot write any more"


def test_another_process_cannot_write_at_once(path, journal):
    code = "import sys; from pathlib import Path; from grader.journal import Journal\n"
    code += "Journal(Path(sys.argv[1]), writing=True)"
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=False
    )
    assert "KataError" in done.stderr, done.stderr
    assert "another batch is writing to it" in done.stderr


def test_the_next_batch_can_write(path):
    for number in (1, 2, 3):
        with Journal(path, writing=True) as journal:
            assert journal.attempt("ada", work(f"x = {number}")).number == number


def test_a_journal_that_was_refused_is_not_kept_locked(path):
    path.write_text("something else")
    refused(path, writing=True)
    path.unlink()
    with Journal(path, writing=True) as journal:
        assert journal.marks() == []


# What is wrong with a file


def test_nothing_to_read_says_who_makes_one(path):
    assert refused(path) == "there is no such journal; kata batch makes one"
    assert not path.exists(), "reading made a file"


@pytest.mark.parametrize("writing", [False, True], ids=["reading", "writing"])
def test_a_file_of_another_kind_is_left_alone(path, writing):
    path.write_bytes(b"student,file\n" * 1000)
    said = refused(path, writing=writing)
    assert said.startswith("is no journal of kata batch, or a damaged one"), said
    assert path.read_bytes() == b"student,file\n" * 1000


@pytest.mark.parametrize("writing", [False, True], ids=["reading", "writing"])
def test_a_database_of_another_program_is_left_alone(path, writing):
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE places (url TEXT)")
    before = path.read_bytes()
    said = refused(path, writing=writing)
    assert said.startswith("is no journal of kata batch"), said
    assert path.read_bytes() == before, "tables were added to the database of another program"


def test_a_damaged_journal_is_said_to_be_one(path):
    with Journal(path, writing=True) as journal:
        for number in range(20):
            mark(journal, journal.attempt(f"ada {number}", A), found=result())
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + os.urandom(len(whole) - 4096))
    with pytest.raises(KataError) as caught, Journal(path) as journal:
        journal.marks()
    assert "damaged" in one_line(caught.value, path)


@pytest.mark.parametrize(
    "spoilt",
    [
        "UPDATE mark SET result = x'00'",
        "UPDATE mark SET exercises = '{'",
        "UPDATE attempt SET work = x'789c'",
    ],
)
def test_a_damaged_row_is_one_line(path, spoilt):
    with Journal(path, writing=True) as journal:
        mark(journal, journal.attempt("ada", A), found=result())
    with contextlib.closing(sqlite3.connect(path)) as other, other:
        other.execute(spoilt)
    with pytest.raises(KataError) as caught, Journal(path) as journal:
        everything(journal)
    assert "damaged" in one_line(caught.value, path)


def test_a_journal_of_a_newer_kata_is_left_alone(path):
    with Journal(path, writing=True):
        pass
    newer = len(MIGRATIONS) + 1
    with contextlib.closing(sqlite3.connect(path)) as other, other:
        other.execute(f"PRAGMA user_version = {newer}")
    for writing in (False, True):
        said = refused(path, writing=writing)
        assert f"version {newer} of the journal" in said, said
        assert "update tensorkata" in said, said


@pytest.mark.parametrize("writing", [False, True], ids=["reading", "writing"])
def test_a_folder_is_no_journal(path, writing):
    path.mkdir()
    said = refused(path, writing=writing)
    assert "no such journal" in said or "cannot be used" in said, said
    assert [*path.iterdir()] == []


def test_a_file_in_place_of_the_folder_is_one_line(tmp_path):
    (tmp_path / "class").write_text("")
    said = refused(tmp_path / "class" / "journal", writing=True)
    assert said.startswith("cannot be "), said


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anyway")
@pytest.mark.parametrize("mode", [0o500, 0o555])
def test_a_folder_that_nobody_may_write_to_is_one_line(tmp_path, mode):
    folder = tmp_path / "class"
    folder.mkdir(mode=mode)
    assert refused(folder / "journal", writing=True).startswith("cannot be written")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anyway")
def test_a_file_that_nobody_may_write_to_is_one_line(path):
    with Journal(path, writing=True):
        pass
    path.chmod(0o400)
    assert refused(path, writing=True) == "cannot be written: it is read-only"


def test_a_full_disk_costs_nothing_that_was_written(path):
    with Journal(path, writing=True) as journal:
        attempt = journal.attempt("ada", A)
        number = mark(journal, attempt, found=result())
        pages = journal._connection.execute("PRAGMA page_count").fetchone()[0]
        journal._connection.execute(f"PRAGMA max_page_count = {pages}")
        large = Work("w", {"": "w.py"}, {"": ()}, {"w.py": os.urandom(50_000)})
        with pytest.raises(KataError) as caught:
            journal.attempt("ada", large)
        said = one_line(caught.value, path)
        assert said == "cannot be written: the disk is full; what is in it is safe"
        assert [found.id for found in journal.marks()] == [number]
        journal._connection.execute("PRAGMA max_page_count = 100000")
        assert journal.attempt("ada", large).number == 2, "there is room again, and no use"
    with Journal(path) as reader:
        assert [(m.id, m.result) for m in reader.marks()] == [(number, result())]
        assert reader.work(attempt) == A


# What an older one has in it


@pytest.fixture
def of_version_1(path):
    """A journal as the first version of the tables had it, with one mark in it."""
    with Journal(path, writing=True) as journal:
        attempt = journal.attempt("ada", A)
        mark(journal, attempt, found=result())
    attempts = rows(path, "SELECT id, student, number, name, digest, work, seen FROM attempt")
    marks = rows(path, "SELECT * FROM mark")
    path.unlink()
    with contextlib.closing(sqlite3.connect(path)) as old, old:
        old.executescript(f"{MIGRATIONS[0]} PRAGMA user_version = 1;")
        old.executemany(f"INSERT INTO attempt VALUES ({', '.join('?' * 7)})", attempts)
        old.executemany(f"INSERT INTO mark VALUES ({', '.join('?' * 13)})", marks)
    return path


def test_an_older_journal_is_brought_up_with_all_that_is_in_it(of_version_1):
    with Journal(of_version_1, writing=True) as journal:
        (found,) = journal.marks()
        attempt = found.attempt
        assert attempt == Attempt(attempt.id, "ada", 1, "ada.py", A.digest, 0.0, 0.0)
        assert (found.key, found.state, found.result) == (KEY, "marked", result())
        assert journal.work(attempt) == A
        assert journal.attempt("ada", A, 1.0, 0.5).id == attempt.id
        assert journal.attempt("ada", B).number == 2
    assert rows(of_version_1, "PRAGMA user_version") == [(len(MIGRATIONS),)]
    with Journal(of_version_1) as reader:
        assert reader.marks()[0].attempt.late_days == 1.0


def test_an_older_journal_is_not_changed_by_reading(of_version_1):
    before = of_version_1.read_bytes()
    assert refused(of_version_1) == "of an older tensorkata; kata batch brings it up"
    assert of_version_1.read_bytes() == before
