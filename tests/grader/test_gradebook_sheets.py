"""The gradebooks of Canvas and Moodle: only cells that are sure change, and all else is said."""

import csv
import json
import sys
from pathlib import Path

import jsonschema
import msgspec
import pytest

from grader import cli, files
from grader import course as courses
from grader.errors import KataError
from grader.journal import Attempt, Key, Mark
from grader.report import canvas, envelope, moodle
from grader.report.gradebook import Gradebook
from grader.result import ExerciseResult, Isolation, Result, SubmissionId

HERE = Path(__file__).parent
REPORTS = HERE / "reports"
CANVAS = (
    "\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Week 1 (77),Week 2 (78),Final Score\r\n"
    "    Points Possible,,,,,10.00,5,(read only)\r\n"
    '"Lovelace, Ada",11,S1,ada@x.org,"A and B",,4,90\r\n'
    '"O\'Neil, Zoë",12,S2,zoe@x.org,A,3.00,4,90\r\n'
    '"Müller, Jo",13,S3,jo1@x.org,A,,4,90\r\n'
    '"Müller, Jo",14,S4,jo2@x.org,A,EX,4,90\r\n'
    '"Student, Test",99,,,A,,,\r\n'
)
MOODLE = (
    "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Last modified (grade)\n"
    'Participant 501,"Ada Lovelace",ada@x.org,"Submitted, late",,100.00,-\n'
    "Participant 502,Bo Li,bo@x.org,No submission,,100.00,-\n"
)


def mark(student, score=3.0, most=4.0, name="", state="marked"):
    digest = SubmissionId(name or student, "sha256:0")
    status = "passed" if score == most else "failed"
    exercise = ExerciseResult("add", "ch01_sums", score, most, status, ())
    result = Result(digest, score, most, Isolation("full", ()), 0, 1.0, (exercise,))
    attempt = Attempt(1, student, 1, name or student, "sha256:0", 0.0, 0.0)
    found = result if state == "marked" else None
    return Mark(1, attempt, Key("", 0, "", {}), state, "", 0, found)


@pytest.fixture(scope="module")
def small():
    return courses.read(HERE / "small_course")


@pytest.fixture
def filled(small):
    def fill(format_, sheet, *marks, column=""):
        return format_.fill(Gradebook(small, marks, sheet=sheet, column=column))

    return fill


@pytest.mark.parametrize("name", ["canvas", "moodle"])
def test_a_class_is_as_it_was_read_and_approved(request, small, name):
    marks = msgspec.json.decode((REPORTS / "marks.json").read_bytes(), type=tuple[Mark, ...])
    if name == "moodle":
        marks = tuple(
            msgspec.structs.replace(
                each,
                attempt=msgspec.structs.replace(each.attempt, student=f"Participant {number}"),
            )
            for number, each in enumerate(marks, 1)
        )
    column = "Week 1 (77)" if name == "canvas" else ""
    made = {"canvas": canvas, "moodle": moodle}[name].fill(Gradebook(small, marks, column=column))
    path = REPORTS / f"{name}.csv"
    if request.config.option.rewrite_golden:
        files.write(path, made.data)
    assert made.data == path.read_bytes()
    assert any("left blank" in line for line in made.told)


def test_all_but_the_filled_cells_stays_byte_for_byte(filled):
    found = filled(canvas, CANVAS, mark("lovelaceada"), mark("oneilzoë", 4.0), column="Week 1 (77)")
    expected = CANVAS.replace('"A and B",,', '"A and B",7.5,').replace("A,3.00,", "A,10,")
    assert found.data.decode() == expected
    assert "scaled: 4 points here are 10 in Week 1 (77)" in found.told
    assert "1 had another grade there, now replaced: O'Neil, Zoë" in found.told
    assert found.complete


def test_of_two_with_one_name_the_number_tells_and_else_nobody_is_guessed(filled):
    found = filled(canvas, CANVAS, mark("müllerjo 13"), column="Week 1")
    assert '"Müller, Jo",13,S3,jo1@x.org,A,7.5,' in found.data.decode()
    unsure = filled(canvas, CANVAS, mark("müllerjo"), column="Week 1")
    assert unsure.data.decode() == CANVAS
    assert not unsure.complete
    assert "müllerjo: left out; may be row 5 (Müller, Jo) or row 6 (Müller, Jo)" in unsure.told


def test_who_is_excused_stays_so_and_who_is_not_there_is_named(filled):
    found = filled(canvas, CANVAS, mark("jo2@x.org"), mark("nobody"), column="Week 1")
    assert found.data.decode() == CANVAS
    assert "1 excused in Canvas, left as they are: Müller, Jo" in found.told
    assert "1 not in the gradebook: nobody" in found.told


def test_what_could_not_be_marked_is_no_zero(filled):
    found = filled(moodle, MOODLE, mark("Ada Lovelace", state="refused"), mark("Bo Li"))
    assert "Participant 502,Bo Li,bo@x.org,No submission,75,100.00,-" in found.data.decode()
    assert '"Submitted, late",,100.00,-' in found.data.decode()
    assert "1 could not be marked, left as they are: Ada Lovelace" in found.told


def test_the_column_has_to_be_clear(filled):
    with pytest.raises(KataError, match=r"which column .* 'Week 1 \(77\)', 'Week 2 \(78\)'"):
        filled(canvas, CANVAS, mark("lovelaceada"))
    with pytest.raises(KataError, match="there is no column 'Final Score'"):
        filled(canvas, CANVAS, mark("lovelaceada"), column="Final Score")


def test_a_sheet_of_another_class_is_refused(filled):
    with pytest.raises(KataError, match="none of 1 students is in it"):
        filled(moodle, MOODLE, mark("eve"))
    with pytest.raises(KataError, match="no gradebook exported from Canvas"):
        filled(canvas, MOODLE, mark("eve"))
    with pytest.raises(KataError, match="which participant is this"):
        filled(moodle, "", mark("eve"))


def test_a_name_is_no_formula(filled):
    made = filled(canvas, "", mark("=HYPERLINK(1)"), column="Week 1")
    assert [row[0] for row in csv.reader(made.data.decode().splitlines())][2] == "'=HYPERLINK(1)"


def test_the_schema_of_a_class_is_that_of_its_structs(small):
    shipped = Path(envelope.__file__).with_name("class.schema.json")
    assert json.loads(shipped.read_bytes()) == envelope.schema()
    told = json.loads(envelope.render(Gradebook(small, (mark("a"), mark("b", state="refused")))))
    jsonschema.validate(told, envelope.schema(), jsonschema.Draft202012Validator)
    assert [(s["student"], s["score"]) for s in told["students"]] == [("a", 3.0), ("b", None)]


def test_a_download_from_canvas_comes_back_as_a_filled_gradebook(
    plain_course, tmp_path, monkeypatch, capfd
):
    handed_in = tmp_path / "submissions"
    handed_in.mkdir()
    (handed_in / "lovelaceada_11_900_sums.py").write_text("def add(x, y):\n    return x + y\n")
    (handed_in / "oneilzoë_LATE_12_901_sums.zip").write_text("no zip")
    (tmp_path / "exported.csv").write_bytes(CANVAS.encode())

    def kata(*arguments):
        typed = ["kata", *map(str, arguments), "--journal", "class.db", "--course", plain_course]
        monkeypatch.setattr(sys, "argv", [str(each) for each in typed])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return ended.value.code, capfd.readouterr().err

    monkeypatch.chdir(tmp_path)
    kata("batch", handed_in, "--exercise", "add", "--trust")
    status, said = kata(
        *("report", "--format", "canvas", "--gradebook", "exported.csv"),
        *("--column", "Week 2 (78)", "--out", "filled.csv"),
    )
    assert not status, said
    rows = [*csv.reader((tmp_path / "filled.csv").read_text("utf-8-sig").splitlines())]
    assert {row[1]: row[6] for row in rows[2:4]} == {"11": "5", "12": "4"}
    assert "1 could not be marked, left as they are: O'Neil, Zoë" in said
