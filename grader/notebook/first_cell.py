"""Run this cell first: it finds the course, which has the tests and all that pictures need."""

import subprocess
import sys
import urllib.request
import zipfile
from importlib import invalidate_caches
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import Any

CHAPTER = ""
FROM = ""  # where to fetch the course if it is not here: a git repository, or a .zip
IN_COLAB = "google.colab" in sys.modules


def find_course() -> Path | None:
    """Look here and above, up to two folders below, and beside the package `grader`."""
    here, inside = Path.cwd(), f"exercises/{CHAPTER}"
    package = find_spec("grader")
    beside = [Path(package.origin).parents[1]] if package and package.origin else []
    for folder in chain([here, *here.parents], here.glob("*"), here.glob("*/*"), beside):
        if (folder / inside).is_dir():
            return folder
    return None


def fetch_course() -> None:
    """Bring the course here: from FROM, or out of a zip that lies here."""
    if FROM.endswith(".zip"):
        urllib.request.urlretrieve(FROM, "course.zip")
    elif FROM:
        subprocess.run(["git", "clone", "--quiet", "--depth=1", FROM, "course"], check=True)
    for path in filter(zipfile.is_zipfile, Path.cwd().glob("*.zip")):
        with zipfile.ZipFile(path) as packed:
            if any(f"exercises/{CHAPTER}/" in name for name in packed.namelist()):
                packed.extractall(path.stem)


def start() -> Any:
    """Find or fetch the course, and with it what the other cells call."""
    if find_course() is None:
        try:
            fetch_course()
        except (OSError, subprocess.SubprocessError, zipfile.BadZipFile) as error:
            raise SystemExit(f"The course could not be fetched: {error}") from None
    root = find_course()
    if root is None:
        how = "upload its zip, on the left" if IN_COLAB else "put this notebook into its folder"
        raise SystemExit(f"The course is not here: {how}, then run this cell again.")
    if not (find_spec("msgspec") and find_spec("pytest")):
        package = str(root) if IN_COLAB else f"{root}[cpu]"  # Colab has TensorFlow
        if not (IN_COLAB or FROM):
            raise SystemExit(f"In a terminal: pip install '{package}', then restart the kernel.")
        subprocess.run([sys.executable, "-m", "pip", "install", "-q", package], check=True)
        invalidate_caches()
    if find_spec("grader") is None:
        sys.path.append(str(root))
    from grader.notebook.live import begin

    return begin(root, CHAPTER, globals())


check, picture, hint, board = start()
