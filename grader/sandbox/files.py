"""What a worker may see of the file system: Python, its packages, the system's libraries."""

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

SYSTEM = (
    "/usr", "/lib", "/lib32", "/lib64", "/libx32", "/bin", "/sbin", "/nix/store", "/gnu/store",
    "/etc/fonts", "/etc/group", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d",
    "/etc/localtime", "/etc/mime.types", "/etc/nsswitch.conf", "/etc/passwd",
    "/etc/ssl/openssl.cnf", "/etc/alternatives", "/sys/devices/system",
)  # fmt: skip
DEVICES = ("/dev/full", "/dev/null", "/dev/random", "/dev/urandom", "/dev/zero")
GPU_DEVICES = (
    "nvidia[0-9]*", "nvidiactl", "nvidia-modeset", "nvidia-uvm", "nvidia-uvm-tools",
    "nvidia-caps/*", "dxg",
)  # fmt: skip
"""What there is of GPUs in /dev: NVIDIA's driver, MIG, and the one of WSL."""

GPU_SYSTEM = ("/sys/bus/pci", "/sys/devices", "/sys/module/nvidia", "/sys/module/nvidia_uvm")
"""What CUDA reads to find its devices."""

PROC = (
    "cpuinfo", "filesystems", "loadavg", "meminfo", "stat", "uptime", "version",
    "sys/kernel/osrelease", "sys/kernel/pid_max", "sys/kernel/threads-max",
    "sys/vm/max_map_count", "sys/vm/overcommit_memory",
)  # fmt: skip
"""What there is of /proc besides the process's own folder."""

GPU_PROC = ("devices", "driver/nvidia", "driver/nvidia-uvm", "sys/vm/mmap_min_addr")
"""What of it CUDA reads before it starts."""

LIBRARIES = "LD_LIBRARY_PATH"
"""Where a GPU's driver may be that is not where all other libraries are."""

PACKAGE = Path(__file__).parents[1]


def essential() -> tuple[Path, ...]:
    """The folders without which no Python code runs here."""
    folders = {Path(sys.prefix), Path(sys.base_prefix), Path(os.__file__).parent, PACKAGE}
    return tuple(sorted(folders))


class View(NamedTuple):
    """What is there: paths to read, and folders to list of which only a part is to read.

    Of `/proc` it is the names in `proc`, besides the process's own; `devices` are those of GPUs.
    """

    readable: tuple[Path, ...]
    listed: tuple[Path, ...]
    proc: tuple[str, ...] = PROC
    devices: tuple[Path, ...] = ()


def gpu_devices() -> tuple[Path, ...]:
    """The device files of the GPUs of this host."""
    return tuple(sorted(path for kind in GPU_DEVICES for path in Path("/dev").glob(kind)))


def visible(hidden: Sequence[Path], devices: Sequence[Path] = ()) -> View:
    """Return what has to be readable for Python and its packages to work, links among it.

    What lies at or below a `hidden` path is left out, however much around it has to be seen. Where
    there are `devices`, those of GPUs, what has to be read to use them is there as well.
    """
    wanted = [*map(Path, SYSTEM), *map(Path, DEVICES), Path(sys.prefix), Path(sys.base_prefix)]
    if devices:
        named = map(Path, filter(None, os.environ.get(LIBRARIES, "").split(":")))
        cuda = (folder for folder in named if any(folder.glob("libcu*.so*")))
        wanted += [*devices, *map(Path, GPU_SYSTEM), *cuda]
    wanted += [*map(Path, searched(hidden)), PACKAGE, *_loaded()]
    found = {path.absolute() for path in wanted if path.exists()}
    found |= {path.resolve() for path in found}
    tops = [p for p in sorted(found) if not any(p.is_relative_to(o) and p != o for o in found)]
    listed: list[Path] = []
    readable = tuple(part for top in tops for part in _around(top, hidden, listed))
    proc = (*PROC, *(GPU_PROC if devices else ()))
    return View(readable, tuple(listed), proc, tuple(devices))


def searched(hidden: Sequence[Path]) -> list[str]:
    """Where modules are looked for: as before, without folders around something hidden.

    Python's own stay: of them the hidden part alone is taken away.
    """
    own = (Path(sys.prefix), Path(sys.base_prefix))
    return [
        entry
        for entry in sys.path
        if any(Path(entry).is_relative_to(each) for each in own)
        or not any(path.is_relative_to(entry) for path in hidden)
    ]


def _around(path: Path, hidden: Sequence[Path], listed: list[Path]) -> Iterator[Path]:
    """A path, or if something below it is hidden, all that is beside that."""
    inside = [each for each in hidden if each.is_relative_to(path)]
    if not inside:
        yield path
    elif path not in inside:
        listed.append(path)  # Python looks for a module in the list of a folder's entries
        for entry in sorted(path.iterdir()):
            yield from _around(entry, inside, listed)


def _loaded() -> Iterator[Path]:
    """The folders of the libraries that this process has loaded, wherever they are."""
    with open("/proc/self/maps") as maps:
        for line in maps:
            _, slash, name = line.rstrip("\n").partition("/")
            if ".so" in name:
                yield Path(slash + name).parent
