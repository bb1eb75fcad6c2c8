"""A newer bundle comes into a learner's folder, and nothing that the learner wrote is lost."""

import ast
import itertools
import os
import shutil
import subprocess
import sys
import zipfile

import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from grader import bundle as bundles
from grader import course as courses
from grader import files, release, update
from grader.cut import cut
from grader.errors import KataError
from grader.merge import merge

MODULE = "exercises/ch01_sums/sums.py"
LESSON = "exercises/ch01_sums/README.md"
TESTS = "exercises/ch01_sums/test_sums.py"

BEGUN = '''"""Sums."""

import numpy as np

HALF = 1 / 2


def add(x, y):
    """x + y."""
    raise NotImplementedError("add is still to do")


class Counter:
    """Counts."""

    def __init__(self):
        self.count = 0

    def up(self):
        raise NotImplementedError("up is still to do")


# Three, for later.
THREE = add


def total(xs):
    """The sum of xs."""
    raise NotImplementedError("total is still to do")
'''


def merged(mine, new, begun=BEGUN):
    return merge(mine, cut(begun).digests, new)


def changed(text, *pairs):
    for old, new in pairs:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


RAISED = {name: f'raise NotImplementedError("{name} is still to do")' for name in ("add", "total")}


def test_what_is_written_stays_and_what_is_not_is_renewed():
    mine = changed(BEGUN, (RAISED["add"], "return  x+y  # so!"))
    new = changed(BEGUN, ('"""x + y."""', '"""x plus y."""'), ("sum of xs", "sum of all xs"))
    found = merged(mine, new)
    assert found.text == changed(mine, ("sum of xs", "sum of all xs"))
    assert found.taken == ("total",)
    assert found.kept == ("add",), "both have changed it, and nobody says so"


def test_what_only_the_learner_has_changed_is_nobodys_business():
    mine = changed(BEGUN, (RAISED["add"], "return x + y"), ("1 / 2", "0.5"))
    assert merged(mine, BEGUN) == merge(mine, cut(BEGUN).digests, BEGUN)
    assert merged(mine, BEGUN).text == mine
    assert merged(mine, BEGUN).kept == ()


def test_a_new_exercise_comes_behind_the_one_that_it_follows_with_its_comment():
    mine = changed(BEGUN, (RAISED["add"], "return x + y\n    # by hand"))
    new = changed(BEGUN, ("class Counter", f"# The other way.\n{NEGATE}class Counter"))
    assert merged(mine, new).text == changed(
        mine, ("    # by hand\n", f"    # by hand\n\n\n# The other way.\n{NEGATE.rstrip()}\n")
    )


NEGATE = '''def negate(x):
    """-x."""
    raise NotImplementedError("negate is still to do")


'''


def test_a_new_method_comes_into_the_class_that_the_learner_has():
    mine = changed(BEGUN, ("self.count = 0", "self.count = 0  # mine"))
    down = "    def down(self):\n        raise NotImplementedError\n\n"
    new = changed(BEGUN, ("    def up(self)", f"{down}    def up(self)"))
    assert merged(mine, new).text == changed(mine, ("    def up(self)", f"{down}    def up(self)"))
    assert merged(mine, new).taken == ("Counter.down",)


def test_a_new_class_comes_as_a_whole():
    cup = 'class Cup:\n    """A cup."""\n\n    full = True\n\n    def drink(self): pass\n\n\n'
    new = changed(BEGUN, ("def total", f"{cup}def total"))
    assert merged(BEGUN, new).text == new


def test_imports_come_to_the_imports_and_those_of_the_future_first():
    mine = changed(BEGUN, ("import numpy as np\n", "import numpy as np  # who else\nimport re\n"))
    new = changed(BEGUN, ("import numpy as np\n", "import math\n\nimport numpy as np\n"))
    new = changed(new, ("import math\n", "from __future__ import annotations\n\nimport math\n"))
    new = changed(new, ("as np\n", "as np\nfrom grader.given import relu, sigmoid as s\n"))
    head = merged(mine, new).text.partition("HALF")[0]
    assert head == (
        '"""Sums."""\n\nfrom __future__ import annotations\n\n'
        "import numpy as np  # who else\nimport re\nimport math\n"
        "from grader.given import relu\nfrom grader.given import sigmoid as s\n\n"
    )


def test_an_import_that_has_moved_is_mended_where_nobody_has_touched_it():
    begun = changed(BEGUN, ("import numpy as np", "from grader.old import np"))
    new = changed(BEGUN, ("import numpy as np", "from grader.new import np"))
    assert merged(begun, new, begun).text == new
    mine = changed(begun, ("import np", "import np  # mine"))
    assert merged(mine, new, begun).text == mine
    assert merged(mine, new, begun).kept == ("import np",)


def test_what_was_taken_out_comes_back_only_for_what_needs_it():
    mine = changed(BEGUN, ("import numpy as np\n\n", ""), ("HALF = 1 / 2\n", ""))
    assert merged(mine, changed(BEGUN, ("1 / 2", "0.5"))).text == mine
    new = changed(BEGUN, ("def total(xs)", "def total(xs, share=HALF, start=np.zeros(1))"))
    found = merged(mine, new)
    assert {"total", "HALF", "import np"} == {*found.taken}
    assert ast.parse(found.text)


def test_a_name_that_the_learner_has_otherwise_is_not_bound_once_more():
    mine = changed(BEGUN, ("import numpy as np", "try:\n    import np\nexcept ImportError: np = 0"))
    mine = changed(mine, ("HALF = 1 / 2", "HALF, QUARTER = 1 / 2, 1 / 4"))
    new = changed(BEGUN, ("1 / 2", "0.5"), ("THREE = add", "THREE = 3\nQUARTER = 0.25"))
    found = merged(mine, new)
    assert found.text == changed(mine, ("THREE = add", "THREE = 3"))
    assert {*found.kept} == {"HALF", "QUARTER"}


@pytest.mark.parametrize(
    "mine",
    [
        changed(BEGUN, ("class Counter", "class Counter(object)"), ("self.count = 0", "pass")),
        changed(BEGUN, ("class Counter:\n    ", "class Counter: ")),
        changed(BEGUN, ('    """Counts."""\n', '\t"""Counts."""\n')).replace("    def", "\tdef"),
        BEGUN[: BEGUN.index("class Counter")] + "class Counter: up = 1\n",
        BEGUN[: BEGUN.index("class Counter")] + "def Counter(): return 1\n",
        BEGUN[: BEGUN.index("class Counter")] + "import Counter; x = 1\n",
        BEGUN[: BEGUN.index("class Counter")] + "Counter = add; x = 1",
        BEGUN[: BEGUN.index("class Counter")],
        BEGUN + BEGUN,
        "",
        "# nothing yet",
        '"""Mine."""',
        "x = '''\nclass Counter:\n    up = 1'''\n",
        "if add := 1:\n    def total(): pass\n",
    ],
)
def test_whatever_the_learner_has_made_of_it_all_of_that_stays(mine):
    down = "    def down(self):\n        raise NotImplementedError\n\n"
    new = changed(BEGUN, ("    def up(self)", f"{down}    def up(self)"), ("1 / 2", "0.5"))
    new = changed(new, ("def total", f"{NEGATE}def total"), ("import n", "import math\nimport n"))
    try:
        ast.parse(mine)
    except SyntaxError:
        with pytest.raises(SyntaxError):
            merged(mine, new)
        return
    found = merged(mine, new)
    begun = BEGUN.splitlines()
    own = [line for line in mine.splitlines() if line not in begun]
    left = iter(found.text.splitlines())
    assert all(line in left for line in own)
    assert "def negate" in found.text
    assert merged(found.text, new).text == found.text, "it is not finished after one time"


@pytest.mark.parametrize("mark", ["", "\N{ZERO WIDTH NO-BREAK SPACE}"])
def test_line_ends_and_byte_order_marks_stay_as_they_are(mark):
    mine = mark + changed(BEGUN, (RAISED["add"], "return x + y")).replace("\n", "\r\n")
    new = changed(BEGUN, ("def total", f"{NEGATE}def total"), ("sum of xs", "sum of all xs"))
    found = merged(mine, new.replace("\n", "\r\n"))
    assert found.taken == ("negate", "total")
    assert found.text.count("\n") == found.text.count("\r\n")
    assert found.text.startswith(f'{mark}"""Sums."""')


def test_a_file_without_a_last_line_end_can_be_added_to():
    mine = changed(BEGUN, ("self.count = 0", "self.count = 1")).rstrip("\n")
    new = BEGUN + f"\n\n{NEGATE}".rstrip() + "\n"
    assert merged(mine, new).text == f"{mine}\n\n\n{NEGATE.rstrip()}\n"


# What authors and learners do to a module, at random.

NAMES = ["add", "Counter", "Counter.up", "Counter.__init__", "total", "HALF", "THREE"]
AUTHORS = [
    ('"""x + y."""', '"""x plus y."""'),
    ('"""Counts."""', '"""Counts things."""'),
    ("self.count = 0", "self.count = 0.0"),
    ("def up(self):", 'def up(self):\n        """Up."""'),
    ("class Counter:", "class Counter(object):"),
    ("    def up", "    def down(self):\n        raise NotImplementedError\n\n    def up"),
    ("HALF = 1 / 2", "HALF = 0.5"),
    ("HALF = 1 / 2\n", ""),
    ("THREE = add", "THREE = 3\nFOUR = math.cos(THREE)"),
    ("import numpy", "import math\nimport numpy"),
    ("import numpy", "from __future__ import annotations\n\nimport numpy"),
    ("def total", f"{NEGATE}def total"),
    ("def add", f"@staticmethod\n{NEGATE}def add"),
    ("# Three, for later.\n", ""),
    ('"""Sums."""', '"""Sums, and more."""'),
]


@st.composite
def newer(draw):
    """The module as its author has it later."""
    text = BEGUN
    for old, new in draw(st.lists(st.sampled_from(AUTHORS), unique=True)):
        text = text.replace(old, new, 1)
    return text


@st.composite
def worked_on(draw):
    """The module as a learner has it: each line of their own says so."""
    lines = BEGUN.splitlines(keepends=True)
    number = itertools.count()
    kinds = st.sampled_from(["solve", "put", "put", "cut", "double", "move"])
    for kind in draw(st.lists(kinds, max_size=6)):
        place = draw(st.integers(0, max(0, len(lines) - 1)))
        if kind == "solve":
            raises = [n for n, line in enumerate(lines) if "raise NotImpl" in line]
            if raises:
                place = draw(st.sampled_from(raises))
                margin = lines[place][: -len(lines[place].lstrip())]
                lines[place] = f"{margin}return {next(number)}  # mine\n"
        elif kind == "put":
            margin = draw(st.sampled_from(["", "    ", "        "]))
            n = next(number)
            said = draw(st.sampled_from([f"# mine {n}", f"own{n} = {n}  # mine", f"# mine {n}\n"]))
            lines.insert(place, f"{margin}{said}\n")
        elif kind == "cut" and lines:
            del lines[place]
        elif kind == "double":
            lines += [
                f"\n\ndef total(xs):  # mine {next(number)}\n",
                "    return sum(xs)  # mine\n",
            ]
        elif kind == "move":
            lines = lines[place:] + lines[:place]
    text = "".join(lines)
    if draw(st.booleans()):
        text = text.rstrip("\n")
    return text.replace("\n", "\r\n") if draw(st.booleans()) else text


def parses(text):
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def own_lines(text):
    return [line for line in text.splitlines() if "mine" in line]


@settings(deadline=None)
@given(mine=worked_on(), new=newer())
def test_whoever_does_what_no_line_of_the_learners_is_lost(mine, new):
    assume(parses(mine) and parses(new))
    found = merged(mine, new)
    assert parses(found.text)
    assert own_lines(found.text) == own_lines(mine)
    begun, ours = cut(BEGUN), cut(mine)
    for key, piece in ours.pieces.items():
        if piece.digest != begun.digests.get(key):
            assert piece.text.rstrip("\r\n") in found.text, f"{key} is not what it was"
    then, due = cut(found.text), cut(new)
    for key, piece in due.pieces.items():
        if key not in begun.pieces and not piece.owner:
            assert all(map(then.binds, piece.names)), f"{key} is new and is not there"
        if key in ours.pieces and ours.pieces[key].digest == begun.digests.get(key):
            assert then.pieces[key].digest == piece.digest, f"{key} is not renewed"
    assert merged(found.text, new).text == found.text, "it is not finished after one time"
    assert merge(found.text, due.digests, new).text == found.text, "the next time is another"


@settings(deadline=None)
@given(new=newer())
def test_who_has_written_nothing_has_the_newer_definitions_afterwards(new):
    assume(parses(new))
    then = cut(merged(BEGUN, new).text)
    assert cut(new).digests.items() <= then.digests.items()


# Folders.


@pytest.fixture
def begun(small_course):
    """The bundle that a learner began with."""
    return release.bundle(courses.read(small_course))


@pytest.fixture
def learner(begun, tmp_path):
    """A learner's folder, `add` written in it."""
    folder = tmp_path / "learner"
    release.release(begun, folder)
    module = folder / MODULE
    unwritten = 'raise NotImplementedError("add is still to do")'
    module.write_text(changed(module.read_text(), (unwritten, "return x + y  # so!")))
    return folder


@pytest.fixture
def course_changes(small_course):
    """The small course a term later, as its author has it: a bundle."""
    solution = small_course / "solutions/ch01_sums/sums.py"
    marked = "    # BEGIN SOLUTION\n    return -x\n    # END SOLUTION\n"
    negate = f'def negate(x):\n    """-x."""\n{marked}\n\n'
    text = changed(solution.read_text(), ("class Counter", f"{negate}class Counter"))
    text = changed(text, ("import numpy as np\n", "import math\n\nimport numpy as np\n"))
    solution.write_text(changed(text, ("one addition after the other", "added one by one")))
    tests = small_course / TESTS
    tests.write_text(
        tests.read_text() + '\n\n@exercise("negate")\ndef test_it_is_negated(learner):\n'
        "    same(learner.negate(2.0), -2.0)\n"
    )
    manifest = small_course / "exercises/course.toml"
    entry = '\n[[chapter.exercise]]\nname = "negate"\npoints = 1\nhints = ["A sign."]\n'
    manifest.write_text(manifest.read_text() + entry)
    lesson = small_course / LESSON
    lesson.write_text(lesson.read_text() + "\nMinus is the other way.\n")
    return release.bundle(courses.read(small_course))


@pytest.fixture
def newer_bundle(course_changes, tmp_path):
    """Where that bundle lies."""
    release.release(course_changes, tmp_path / "newer")
    return tmp_path / "newer"


def rebundled(bundle, changes, **said):
    """A bundle with other files, or another record, as if it had been released so."""
    record = msgspec.json.decode(bundle[bundles.RECORD], type=bundles.Record)
    contents = {n: c for n, c in (bundle | changes).items() if c is not None}
    del contents[bundles.RECORD]
    digests = {name: bundles.digest(content) for name, content in contents.items()}
    record = msgspec.structs.replace(record, files=digests, **said)
    return contents | {bundles.RECORD: bundles.written(record)}


def write(bundle, folder):
    shutil.rmtree(folder, ignore_errors=True)
    release.release(bundle, folder)
    return folder


def bring_up(folder, path):
    planned = update.plan(folder, path)
    return [*update.carry_out(folder, planned), *update.summed_up(planned)]


def held(folder):
    """Everything that is in a folder."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def test_a_newer_bundle_comes_into_a_folder_in_which_somebody_works(learner, newer_bundle):
    mine = (learner / MODULE).read_text()
    said = bring_up(learner, newer_bundle)
    assert said == [
        "updated  exercises/ch01_sums/README.md",
        "merged   exercises/ch01_sums/sums.py: new in it: total, negate, 1 import",
        "         what was there is in exercises/ch01_sums/sums.py.bak-1",
        "updated  exercises/ch01_sums/test_sums.py",
        "updated  exercises/course.toml",
        "updated  exercises/stubs.json",
    ]
    now = (learner / MODULE).read_text()
    assert "    return x + y  # so!\n" in now
    assert 'raise NotImplementedError("negate is still to do")' in now
    assert "added one by one" in now
    assert now.startswith('"""Adding up."""\n\nimport numpy as np\nimport math\n\n\ndef add')
    assert (learner / f"{MODULE}.bak-1").read_text() == mine
    assert (learner / TESTS).read_bytes() == (newer_bundle / TESTS).read_bytes()
    assert bring_up(learner, newer_bundle) == ["nothing to do: this folder is as new as the bundle"]


def test_a_folder_in_which_nobody_has_worked_is_the_newer_bundle_then(
    begun, newer_bundle, tmp_path
):
    folder = write(begun, tmp_path / "fresh")
    bring_up(folder, newer_bundle)
    then, due = held(folder), held(newer_bundle)
    old = bundles.record_of(write(begun, tmp_path / "old"))
    record = msgspec.json.decode(then.pop(bundles.RECORD), type=bundles.Record)
    new = msgspec.json.decode(due.pop(bundles.RECORD), type=bundles.Record)
    assert then == due
    assert record == msgspec.structs.replace(new, before=(old.digest,))


def test_a_dry_run_says_it_and_changes_nothing(learner, newer_bundle):
    before = held(learner)
    command = [sys.executable, "-P", "-m", "grader", "update", newer_bundle, "--dry-run"]
    done = subprocess.run(command, cwd=learner, capture_output=True, text=True, check=True)
    assert "merged   exercises/ch01_sums/sums.py: new in it: total, negate" in done.stdout
    assert held(learner) == before


def test_the_package_in_a_folder_brings_that_folder_up_to_date(learner, newer_bundle):
    surroundings = os.environ | {"PYTHONPATH": str(learner), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-P", "-m", "grader", "update", newer_bundle]
    folder = learner / "exercises/ch01_sums"
    subprocess.run(command, cwd=folder, env=surroundings, check=True, capture_output=True)
    assert "negate" in (learner / MODULE).read_text()


@pytest.mark.parametrize("top", ["", "sums-main/"])
def test_a_bundle_may_be_a_zip_as_it_is_or_in_a_folder(learner, course_changes, tmp_path, top):
    more = course_changes | {"more.txt": b"which somebody has added"}
    path = zipped(tmp_path / "newer.zip", {top + name: more[name] for name in more})
    bring_up(learner, path)
    assert "negate" in (learner / MODULE).read_text()
    assert not (learner / "more.txt").exists()


def test_of_what_both_have_changed_the_learners_stays_and_the_newer_lies_beside_it(
    learner, newer_bundle
):
    (learner / LESSON).write_text("my notes")
    module = learner / MODULE
    unwritten = 'raise NotImplementedError("total is still to do")'
    module.write_text(changed(module.read_text(), (unwritten, "return sum(xs)")))
    mine = module.read_text()
    said = "\n".join(bring_up(learner, newer_bundle))
    assert f"beside   {LESSON}.new: yours stays as it is" in said
    assert f"beside   {MODULE}.new: yours stays where both have changed: total" in said
    assert (learner / LESSON).read_text() == "my notes"
    assert all(line in module.read_text().splitlines() for line in mine.splitlines())
    for name in (LESSON, MODULE):
        assert (learner / f"{name}.new").read_bytes() == (newer_bundle / name).read_bytes()


def test_what_lies_beside_is_not_overwritten_either(learner, newer_bundle):
    (learner / LESSON).write_text("my notes")
    beside = learner / f"{LESSON}.new"
    beside.write_text("my other notes")
    bring_up(learner, newer_bundle)
    assert beside.read_bytes() == (newer_bundle / LESSON).read_bytes()
    assert beside.with_name("README.md.new.bak-1").read_text() == "my other notes"


@pytest.mark.parametrize("mine", [b"def add(x:\n", b"# caf\xe9\n", b"x = '\0'\n"])
def test_a_module_that_cannot_be_read_stays_as_it_is(learner, newer_bundle, mine):
    (learner / MODULE).write_bytes(mine)
    said = "\n".join(bring_up(learner, newer_bundle))
    assert f"beside   {MODULE}.new: yours stays: it cannot be merged (" in said
    assert (learner / MODULE).read_bytes() == mine


def test_what_is_no_part_of_the_course_any_more_goes_unless_somebody_wrote_in_it(
    learner, begun, tmp_path
):
    gone = {name: None for name in begun if name.startswith("exercises/ch01_sums/")}
    fresh = write(begun, tmp_path / "fresh")
    newer = write(rebundled(begun, gone), tmp_path / "newer")
    said = bring_up(learner, newer)
    assert f"removed  {TESTS}" in said
    assert any(line.startswith(f"left     {MODULE}: is no part of the course") for line in said)
    assert os.listdir(learner / "exercises/ch01_sums") == ["sums.py"]
    bring_up(fresh, newer)
    assert not (fresh / "exercises/ch01_sums").exists()


def test_a_file_that_got_lost_comes_back(learner, newer_bundle):
    (learner / TESTS).unlink()
    assert f"new      {TESTS}" in bring_up(learner, newer_bundle)


def test_a_newer_package_is_told_in_a_line_and_what_it_needs_in_another(learner, begun, tmp_path):
    changes = {"pyproject.toml": b"# more\n", "grader/more.py": b"", "grader/run.py": None}
    said = bring_up(learner, write(rebundled(begun, changes), tmp_path / "newer"))
    assert said == [
        "updated  pyproject.toml",
        "updated  grader/ (2 files)",
        "the package may need more than before; run: pip install -e '.[cpu]'",
    ]
    assert (learner / "grader/more.py").exists()
    assert not (learner / "grader/run.py").exists()


def test_line_ends_that_git_has_changed_are_no_change(begun, newer_bundle, tmp_path):
    folder = write(begun, tmp_path / "windows")
    for path in folder.rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    said = bring_up(folder, newer_bundle)
    assert [line.split()[0] for line in said] == ["updated"] * 5


def test_stopped_at_any_point_and_run_again_it_comes_to_the_same(
    learner, newer_bundle, tmp_path, monkeypatch
):
    (learner / LESSON).write_text("my notes")
    mine = held(learner)
    undisturbed = tmp_path / "undisturbed"
    shutil.copytree(learner, undisturbed)
    bring_up(undisturbed, newer_bundle)
    writing = files.write
    for stop in range(20):
        folder = tmp_path / f"stopped after {stop}"
        shutil.copytree(learner, folder)
        left = iter(range(stop))

        def interrupted(path, content, left=left):
            if next(left, None) is None:
                raise KeyboardInterrupt
            writing(path, content)

        monkeypatch.setattr(files, "write", interrupted)
        try:
            bring_up(folder, newer_bundle)
        except KeyboardInterrupt:
            monkeypatch.setattr(files, "write", writing)
            for name in (MODULE, LESSON):
                there = {c for n, c in held(folder).items() if n.startswith(name)}
                assert mine[name] in there, "the learner's own file is gone"
            bring_up(folder, newer_bundle)
            then = held(folder)
            for name in [n for n in then if n.startswith(f"{MODULE}.bak-")]:
                assert then.pop(name) == mine[MODULE]
            due = held(undisturbed)
            del due[f"{MODULE}.bak-1"]
            assert then == due
        else:
            break
    assert 5 < stop < 19, "it was never stopped, or never came to its end"


def zipped(path, entries):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


REFUSED = {
    "older, and has been here": "is older than what this folder has",
    "older by its version": "is older: it has version 0.0.9, this folder 0.1.0",
    "of another course": "is of the course 'Products'; this folder is of 'Sums'",
    "no bundle": "is no learner's bundle: it has no exercises/bundle.json",
    "a zip without one": "is no learner's bundle: it has no exercises/bundle.json",
    "not there": "there is no such file or folder",
    "no zip": "not a zip that can be read: File is not a zip file",
    "half a zip": "not a zip that can be read",
    "a zip with a wrong byte": "not a zip that can be read",
    "a file lost": f"{TESTS} is missing; get the bundle once more",
    "a file changed": f"{TESTS} is not as it was released; get the bundle once more",
    "a record changed": r"exercises/bundle.json is damaged: .*object",
    "a record of a later kata": "exercises/bundle.json has format 2; this kata reads 1",
    "a zip that reaches out": "'../evil.py' points outside of the bundle",
    "a record that reaches out": "'a/../../evil.py' points outside of the bundle",
    "the folder itself": "is the folder to be updated; name the newer bundle",
}


@pytest.fixture
def refused(learner, begun, newer_bundle, course_changes, tmp_path):
    """Make a bundle that cannot be taken."""
    there = tmp_path / "there"
    data = zipped(tmp_path / "whole.zip", course_changes).read_bytes()

    def earlier():
        bring_up(learner, newer_bundle)
        return write(begun, there)

    def with_bytes(content):
        there.write_bytes(content)
        return there

    def with_a_wrong_byte():
        zipped(there, course_changes)
        with zipfile.ZipFile(there) as archive:
            place = archive.getinfo(TESTS).header_offset + 100
        found = bytearray(there.read_bytes())
        found[place] ^= 255
        return with_bytes(found)

    def reaching_out():
        record = rebundled(course_changes, {"a/../../evil.py": b"x"})[bundles.RECORD]
        return zipped(there, {bundles.RECORD: record})

    made = {
        "older, and has been here": earlier,
        "older by its version": lambda: write(
            rebundled(course_changes, {}, version="0.0.9"), there
        ),
        "of another course": lambda: write(rebundled(course_changes, {}, title="Products"), there),
        "no bundle": lambda: there.mkdir() or there,
        "a zip without one": lambda: zipped(there, {"README.md": "hello"}),
        "not there": lambda: there,
        "no zip": lambda: with_bytes(b"hello"),
        "half a zip": lambda: with_bytes(data[len(data) // 2 :]),
        "a file lost": lambda: write(course_changes, there),
        "a file changed": lambda: write(course_changes | {TESTS: b"assert True\n"}, there),
        "a record changed": lambda: write(course_changes | {bundles.RECORD: b"[]"}, there),
        "a record of a later kata": lambda: write(rebundled(course_changes, {}, format=2), there),
        "a zip that reaches out": lambda: zipped(there, course_changes | {"../evil.py": b"x"}),
        "a record that reaches out": reaching_out,
        "a zip with a wrong byte": with_a_wrong_byte,
        "the folder itself": lambda: learner,
    }

    def make(kind):
        path = made[kind]()
        if kind == "a file lost":
            (path / TESTS).unlink()
        return path

    return make


@pytest.mark.parametrize(("kind", "said"), REFUSED.items())
def test_what_cannot_be_taken_is_refused_in_a_line(learner, refused, kind, said):
    path = refused(kind)
    before = held(learner)
    with pytest.raises(KataError, match=said) as raised:
        update.plan(learner, path)
    assert str(raised.value).startswith(f"{path}: ")
    assert "\n" not in str(raised.value)
    assert held(learner) == before
    assert not (learner.parent / "evil.py").exists()


def test_a_course_is_no_bundle_to_be_updated(small_course, newer_bundle):
    with pytest.raises(KataError, match="course: is no learner's bundle"):
        update.plan(small_course, newer_bundle)
