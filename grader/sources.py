"""Where workers come from: a zygote for each set of packages that a chapter does without.

There is another one where a GPU may be used.
"""

import sys
from collections.abc import Collection, Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path

from grader import given, processors, sandbox
from grader.sandbox import SUPPORTED, Host, gpu_devices
from grader.spawn import Spawner, Workers
from grader.zygote import Zygote

PRELOADED = ("numpy", "tensorflow")
WITHOUT_FOR_GPU = (sandbox.PID,)
"""CUDA names its threads in `/proc`, which has them by the numbers that they have for the host."""

OWN = "grader"
"""The name of this package: a chapter that forbids it is not to use what it would have given."""


class Sources:
    """Zygotes by the packages that are forbidden; started when first asked for.

    No worker sees what is at `hidden` paths, nor a package that is forbidden to it. Layers of
    confinement that are named in `without` are left alone. A host without zygotes has plain
    processes instead.
    """

    def __init__(self, hidden: Iterable[Path], without: Collection[str] = ()) -> None:
        self._hidden, self._without = tuple(hidden), tuple(without)
        self._started: dict[tuple[tuple[str, ...], tuple[Path, ...]], Workers] = {}

    def workers(self, forbidden: Iterable[str], *, gpu: bool = False) -> Workers:
        """The source of workers that have no `forbidden` package, and with `gpu` those of the host.

        Of what is forbidden inside a package that is not, the files stay: the package needs them.
        """
        packages = tuple(name for name in forbidden if "." not in name)
        devices = gpu_devices() if gpu else ()
        kind = packages, devices
        if kind not in self._started:
            installed = (name for name in PRELOADED if find_spec(name))
            preload = tuple(name for name in installed if name not in packages)
            if SUPPORTED:
                hidden = (*self._hidden, *(p for name in packages for p in _places(name)))
                with processors.everywhere():  # NumPy counts them when it is imported
                    without = (*self._without, *(WITHOUT_FOR_GPU if devices else ()))
                    source: Workers = Zygote(preload, hidden, without, devices)
            else:
                source = Spawner(preload)
            self._started[kind] = source
        return self._started[kind]

    @property
    def host(self) -> Host:
        """How far workers are confined here: those of the source that does it least.

        Raises
        ------
        wire.WireError
            None can be had.

        """
        # one that has nothing to import says it at once
        started = [*self._started.values()] or [self.workers(PRELOADED)]
        return min((source.host for source in started), key=lambda host: len(host.layers))

    @property
    def alive(self) -> bool:
        """Whether workers can still be had: nothing that they come from has ended by itself."""
        return all(source.alive for source in self._started.values())

    def close(self) -> None:
        """End every worker, and all that workers come from."""
        for source in self._started.values():
            source.close()
        self._started.clear()


def _places(package: str) -> Iterator[Path]:
    """Where a package is installed; of this one, what a learner could take for an answer."""
    if package == OWN:
        yield Path(given.__file__)
        return
    for entry in filter(None, sys.path):
        for path in (Path(entry) / package, Path(entry) / f"{package}.py"):
            if path.exists():
                yield path
