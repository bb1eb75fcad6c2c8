"""What this host offers to learners, to a grader and to a judge: facts, for `kata doctor`."""

import importlib.metadata
import os
import platform
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import msgspec

from grader import sandbox
from grader.confined import Unavailable
from grader.course_code import gpus
from grader.sources import Sources
from grader.wire import WireError

PACKAGES = ("tensorflow", "tensorflow-cpu", "keras", "numpy", "pytest")
SECONDS = 120
LOOK = """
import json, os
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import tensorflow as tf
names = [tf.config.experimental.get_device_details(d).get("device_name", d.name)
         for d in tf.config.list_physical_devices("GPU")]
print(json.dumps({"version": tf.__version__, "cuda": tf.test.is_built_with_cuda(), "gpus": names}))
"""


TALKATIVE = {"TF_CPP_MIN_LOG_LEVEL": "0", "TF_CPP_MAX_VLOG_LEVEL": "1"}
"""What has TensorFlow say which libraries it tries to load."""

NOT_LOADED = re.compile(r"Could not load dynamic library '([^']+)'")


class TensorFlow(msgspec.Struct, frozen=True):
    """What TensorFlow says of itself: its version, whether built for CUDA, the GPUs it sees."""

    version: str
    cuda: bool
    gpus: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Examination:
    """All that was found. `trouble` says why TensorFlow cannot be imported, if it cannot.

    `driver` names the GPUs that the driver knows, whether TensorFlow can use them or not; if it
    cannot, `not_loaded` are the libraries that it did not find. `in_workers` names the GPUs that a
    learner's code can use where it is marked.
    """

    system: str
    packages: tuple[tuple[str, str], ...]
    host: sandbox.Host
    tensorflow: TensorFlow | None
    trouble: str
    driver: tuple[str, ...]
    data: str
    not_loaded: tuple[str, ...] = ()
    in_workers: tuple[str, ...] = ()


def examine() -> Examination:
    """Look at everything once; TensorFlow is imported in a process of its own."""
    found, trouble = _tensorflow()
    driver = _driver()
    unused = driver and found is not None and found.cuda and not found.gpus
    packages = ((name, _version(name)) for name in PACKAGES)
    return Examination(
        system=f"{platform.system()} {platform.release()} on {platform.machine()}, "
        f"Python {platform.python_version()}, {os.cpu_count()} processors",
        packages=tuple((name, version) for name, version in packages if version),
        host=sandbox.probe(),
        tensorflow=found,
        trouble=trouble,
        driver=driver,
        data=_data(),
        not_loaded=_not_loaded() if unused else (),
        in_workers=_in_workers() if found and found.gpus else (),
    )


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _tensorflow() -> tuple[TensorFlow | None, str]:
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-c", LOOK], capture_output=True, text=True, timeout=SECONDS
        )
    except subprocess.TimeoutExpired:
        return None, f"it did not start within {SECONDS} s"
    lines = done.stdout.splitlines() or [""]
    try:
        return msgspec.json.decode(lines[-1], type=TensorFlow), ""
    except msgspec.MsgspecError:
        said = done.stderr.strip().splitlines()
        return None, said[-1] if said else f"it ended with status {done.returncode}"


def _not_loaded() -> tuple[str, ...]:
    """The libraries that TensorFlow does not find."""
    command, surroundings = [sys.executable, "-I", "-c", LOOK], os.environ | TALKATIVE
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=SECONDS, env=surroundings
        )
    except subprocess.TimeoutExpired:
        return ()
    return tuple(dict.fromkeys(NOT_LOADED.findall(done.stderr)))


def _in_workers() -> tuple[str, ...]:
    """The names of the GPUs that workers see."""
    sources = Sources(())
    try:
        return gpus(sources.workers((), gpu=True), sandbox.Limits())
    except (Unavailable, WireError):
        return ()
    finally:
        sources.close()


def _driver() -> tuple[str, ...]:
    """The names of the GPUs that NVIDIA's driver knows."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return ()
    command = [program, "--query-gpu=name", "--format=csv,noheader"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return tuple(done.stdout.splitlines()) if done.returncode == 0 else ()


def _data() -> str:
    """Where the images are, in words."""
    place = os.environ.get("KATA_DATA", "")
    if not place:
        return "KATA_DATA is not set"
    return f"{place}" if Path(place).is_dir() else f"KATA_DATA={place} is no folder"
