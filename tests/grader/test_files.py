"""Nothing is ever half written, and nothing that was there is lost."""

import os
import subprocess
import sys
import tempfile

import pytest

from grader import files
from grader.errors import KataError


def test_a_file_is_written_as_a_whole_and_keeps_its_mode(tmp_path):
    path = tmp_path / "marks.json"
    path.write_text("old")
    path.chmod(0o640)
    files.write(path, "new")
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == 0o640
    assert os.listdir(tmp_path) == ["marks.json"]


def test_a_missing_folder_is_one_line(tmp_path):
    with pytest.raises(KataError, match=r"nowhere/marks.json: cannot be written: No such file"):
        files.write(tmp_path / "nowhere" / "marks.json", b"")


def test_a_disk_that_fills_up_leaves_the_old_file_and_no_rubbish(tmp_path):
    path = tmp_path / "marks.json"
    path.write_text("old")
    code = (
        "import resource, signal, sys; from pathlib import Path; from grader import files\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try: files.write(Path(sys.argv[1]), bytes(5000))\n"
        "except files.KataError as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
    )
    assert "marks.json: cannot be written: File too large" in done.stdout
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["marks.json"]


def test_backups_are_numbered(tmp_path):
    path = tmp_path / "neuron.py"
    for text in ("one", "two"):
        path.write_text(text)
        files.back_up(path)
    assert (tmp_path / "neuron.py.bak-1").read_text() == "one"
    assert (tmp_path / "neuron.py.bak-2").read_text() == "two"


def test_a_folder_of_ones_own_is_ones_own(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    folder = files.own_folder()
    assert folder == files.own_folder()
    assert folder.parent == tmp_path
    assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif("not hasattr(os, 'geteuid') or os.geteuid() != 0", reason="takes root")
def test_a_folder_that_somebody_else_has_put_there_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    os.chown(files.own_folder(), 65534, 65534)
    with pytest.raises(KataError, match="belongs to somebody else; set TMPDIR"):
        files.own_folder()
