"""Whose a file is: by the roster, by a pattern, by the names that platforms give."""

import pytest

from grader import roster
from grader.errors import KataError
from grader.roster import Enrolled, Owner, Roster


@pytest.fixture
def csv(tmp_path):
    """Write a roster, and return its path."""

    def csv(text, encoding="utf-8"):
        path = tmp_path / "roster.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return path

    return csv


def refused(path):
    """The line that says what is wrong with a roster, after its name."""
    with pytest.raises(KataError) as caught:
        roster.read(path)
    said = str(caught.value)
    assert said.startswith(str(path)), f"the line does not begin with the file: {said}"
    assert "\n" not in said, f"more than one line: {said}"
    return said.removeprefix(str(path))


def owner(entry, siblings=(), folder="homework", known=None, own=""):
    return roster.owner(
        entry, siblings, folder, known or Roster(), roster.pattern(own) if own else None
    )


# The file


def test_students_and_what_they_own(csv):
    read = roster.read(
        csv(
            "student,file,late_days,penalty\n"
            "Ada Lovelace,a.py,2,0.1\n"
            '"Byron, George", poem ,0.5,\n'
            "王小明,,,\n"
        )
    )
    assert read.students == {
        "Ada Lovelace": Enrolled("Ada Lovelace", 2.0, 0.1),
        "Byron, George": Enrolled("Byron, George", 0.5, 0.0),
        "王小明": Enrolled("王小明"),
    }
    assert read.owners == {"a.py": "Ada Lovelace", "poem": "Byron, George"}


def test_a_student_who_is_not_on_it_is_on_time(csv):
    read = roster.read(csv("student,late_days,penalty\nada,3,0.2\n"))
    assert read.enrolled("ada") == Enrolled("ada", 3.0, 0.2)
    assert read.enrolled("béla") == Enrolled("béla", 0.0, 0.0)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_file_of_a_spreadsheet_is_read(csv, encoding):
    read = roster.read(csv("student,file\r\nBéla,b.py\r\n\r\nada,\r\n", encoding))
    assert [*read.students] == ["Béla", "ada"], f"saved as {encoding}"
    assert read.owners == {"b.py": "Béla"}


def test_the_order_of_the_columns_does_not_matter(csv):
    read = roster.read(csv("penalty,student,late_days\n0.25,ada,1\n"))
    assert read.enrolled("ada") == Enrolled("ada", 1.0, 0.25)


def test_days_without_a_penalty_cost_nothing(csv):
    line = roster.read(csv("student,late_days\nada,3\n")).enrolled("ada")
    assert (line.late_days, line.penalty) == (3.0, 0.0)


def test_a_penalty_without_days_counts_once(csv):
    read = roster.read(csv("student,penalty\nada,0.3\nbéla,0\ncarl,\n"))
    told = {name: (line.late_days, line.penalty) for name, line in read.students.items()}
    assert told == {"ada": (1.0, 0.3), "béla": (0.0, 0.0), "carl": (0.0, 0.0)}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ":1: name the columns student, file, late_days, penalty"),
        ("name,file\nada,a.py\n", ":1: unknown: name; name the columns student"),
        ("file,late_days\na.py,1\n", ":1: name the columns student"),
        ("student,email,group\nada,a@b.c,1\n", ":1: unknown: email, group; name the columns"),
        ("student;late_days\nada;1\n", ":1: unknown: student;late_days; name the columns"),
        ("student\nada\nbéla\n ada \n", ":4: ada is there twice"),
        ("student,file\nada,a.py\nbéla,a.py\n", ":3: a.py is there twice, also as ada's"),
        ("student,file\nada,a.py\n,b.py\n", ":3: there is no student"),
        ("student,late_days\nada,two\n", ":2: late_days two: give a number, 0 or more"),
        ("student,late_days\nada,-1\n", ":2: late_days -1: give a number, 0 or more"),
        ("student,late_days\nada,nan\n", ":2: late_days nan: give a number"),
        ("student,late_days\nada,inf\n", ":2: late_days inf: give a number"),
        ("student,penalty\nada,10%\n", ":2: penalty 10%: give a number, 0 or more"),
        ("student,penalty\nada,1.5\n", ":2: penalty 1.5: give a share of the points, 0 to 1"),
        ("student,file\nLovelace, Ada,a.py\n", ":2: has more than its columns"),
        ('student\n"ada\nbéla\n', ":3: not CSV: unexpected end of data"),
        (f"student\n{'a' * 200_000}\n", ":2: not CSV: field larger than field limit"),
    ],
)
def test_a_fault_is_named_with_its_line(csv, text, said):
    found = refused(csv(text))
    assert found.startswith(said), f"{found!r} does not say {said!r}"


def test_another_encoding_is_named(csv):
    assert refused(csv("student\nBéla\n", "latin-1")) == ": not UTF-8; save it so"
    assert refused(csv("student\nBéla\n", "utf-16")) == ": not UTF-8; save it so"


def test_a_file_that_is_not_there_is_named(tmp_path):
    assert refused(tmp_path / "none.csv") == ": cannot be read: No such file or directory"
    assert refused(tmp_path) == ": cannot be read: Is a directory"


# A pattern of one's own


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("(?P<student>", "--pattern (?P<student>: no regular expression: "),
        ("(.*)_hw", "--pattern (.*)_hw: say which part is the student: (?P<student>…)"),
    ],
)
def test_a_pattern_that_is_of_no_use_says_why(text, said):
    with pytest.raises(KataError) as caught:
        roster.pattern(text)
    assert str(caught.value).startswith(said)


def test_a_pattern_goes_before_the_names_of_platforms():
    own = r"hw1_(?P<student>.+?)_12_34_(?P<file>.+)"
    assert owner("hw1_ada_12_34_neuron.py", own=own) == Owner("ada", "neuron.py")
    assert owner("hw1_ada_12_34_neuron.py") == Owner("hw1_ada_12_34_neuron"), "no name of Canvas's"
    canvas = r"(?P<student>.+)"
    assert owner("ada_12_34_neuron.py", own=canvas) == Owner("ada_12_34_neuron.py")


@pytest.mark.parametrize("entry", ["notes.py", "hw1_ada.zip.bak", "x_hw1_ada.zip"])
def test_what_does_not_fit_the_pattern_is_nobodys(entry):
    assert owner(entry, own=r"hw1_(?P<student>\w+)\.zip") == Owner("")


def test_the_roster_goes_before_everything():
    entry = "lovelaceada_1234_56789_neuron.py"
    known = Roster({}, {entry: "Ada Lovelace"})
    assert owner(entry, known=known).student == "Ada Lovelace"
    own = r"(?P<student>[a-z]+)_.*"
    assert owner(entry, known=known, own=own).student == "Ada Lovelace"
    assert owner(entry, own=own).student == "lovelaceada"


# The names that platforms give


@pytest.mark.parametrize(
    ("entry", "student", "file"),
    [
        ("lovelaceada_1234_56789_neuron.py", "lovelaceada", "neuron.py"),
        ("lovelaceada_LATE_1234_56789_neuron.py", "lovelaceada", "neuron.py"),
        ("lovelaceada_1234_56789_neuron-1.py", "lovelaceada", "neuron.py"),
        ("lovelaceada_LATE_1234_56789_neuron-12.py", "lovelaceada", "neuron.py"),
        ("lovelaceada_1234_56789_my_own_work.ipynb", "lovelaceada", "my_own_work.ipynb"),
        ("lovelaceada_1234_56789_hw.1-2.zip", "lovelaceada", "hw.1.zip"),
        ("王小明_1234_56789_neuron.py", "王小明", "neuron.py"),
    ],
)
def test_a_file_of_canvas(entry, student, file):
    found = owner(entry)
    assert (found.student, found.file) == (student, file)


@pytest.mark.parametrize(
    ("entry", "student", "file"),
    [
        ("Ada Lovelace_1234567_assignsubmission_file_", "Ada Lovelace", ""),
        ("Ada Lovelace_1234567_assignsubmission_file", "Ada Lovelace", ""),
        ("Ada Lovelace_1234567_assignsubmission_file_neuron.py", "Ada Lovelace", "neuron.py"),
        ("O_Hara Ann_77_assignsubmission_file_hw 1.zip", "O_Hara Ann", "hw 1.zip"),
        ("Zoë Ångström_77_assignsubmission_onlinetext_x.py", "Zoë Ångström", "x.py"),
    ],
)
def test_a_folder_and_a_file_of_moodle(entry, student, file):
    found = owner(entry)
    assert (found.student, found.file) == (student, file)


def test_students_of_the_same_name_are_told_apart():
    assert owner("Ada Lovelace_12_assignsubmission_file_").id == "12"
    assert owner("lovelaceada_LATE_34_56_neuron.py").id == "34"


def test_a_name_of_macos_is_the_one_of_the_roster(csv):
    known = roster.read(csv("student,file\nZo\u00e9,zo\u00e9.py\n"))
    assert known.owners == {"zo\u00e9.py": "Zo\u00e9"}
    assert owner("zoe\u0301.py", known=known).student == "Zo\u00e9"


def test_a_folder_of_github_classroom():
    names = ["hw-1-ada", "hw-1-george-byron"]
    assert [owner(name, names, "hw-1-submissions").student for name in names] == [
        "ada",
        "george-byron",
    ]


def test_a_folder_that_is_only_called_like_one_of_github_classroom():
    names = ["hw-1-ada", "george-byron"]
    assert [owner(name, names, "hw-1-submissions").student for name in names] == names
    assert owner("hw-1-ada", ["hw-1-ada"], "homework").student == "hw-1-ada"


@pytest.mark.parametrize(
    "student",
    [
        "ada",
        "Ada Lovelace",
        "lovelace, ada",
        "s1234567",
        "ada_lovelace",
        "ada.lovelace",
        "O'Brien-Łukasz",
        "王小明",
        "김철수",
        "Παναγιώτης",
        "محمد",
        "प्रिया",
        "ada 😀",
        "1234_56",
    ],
)
def test_a_plain_name_is_the_student_as_a_file_and_as_a_folder(student):
    entries = [student, *(f"{student}{end}" for end in (".py", ".ipynb", ".zip", ".PY"))]
    assert {entry: owner(entry) for entry in entries} == {
        entry: Owner(student) for entry in entries
    }
