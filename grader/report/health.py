"""What a host offers, for a person at a terminal."""

import io
import shutil
from collections.abc import Iterator

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from grader import sandbox
from grader.doctor import Examination
from grader.report.text import clean

PROMISES = {
    sandbox.FULL: "files, the network and other processes are shut off, each in two ways",
    sandbox.CLOSED: "files, the network and other processes are shut off, in one way each",
    sandbox.TRUSTED: "nothing holds code that means harm: mark only work of people you trust",
}


def render(found: Examination, *, width: int = 0) -> bytes:
    """Lay the facts out for a terminal of `width` columns."""
    file = io.StringIO()
    width = width or shutil.get_terminal_size().columns
    console = Console(file=file, width=width, no_color=True, highlight=False)
    for part in _parts(found):
        console.print(part)
    lines = [line.rstrip() for line in file.getvalue().splitlines()]
    return ("\n".join(lines) + "\n").encode()


def _parts(found: Examination) -> Iterator[RenderableType]:
    yield Text(found.system)
    yield Text(f"\nconfinement: {found.host.level}")
    yield Text(f"  {PROMISES[found.host.level]}")
    yield _table(
        (f"  {'✘' if offer.missing else '✔'} {offer.layer}", offer.missing or offer.version)
        for offer in found.host.offers
    )
    yield Text("\nTensorFlow")
    yield _table(_tensorflow(found))
    yield Text(f"\ndata: {clean(found.data)}")


def _tensorflow(found: Examination) -> Iterator[tuple[str, str]]:
    if found.tensorflow is None:
        yield "  ✘ cannot be imported", found.trouble
        yield "", "pip install 'tensorkata[cpu]'"
    for name, version in found.packages:
        yield f"  {name}", version
    gpus = found.tensorflow.gpus if found.tensorflow else ()
    for gpu in gpus:
        yield "  ✔ GPU", gpu
    if gpus and not found.in_workers:
        yield "", "for your own code alone: none is seen where submissions are marked"
    if found.driver and not gpus:
        yield "  ✘ GPU", f"the driver knows {', '.join(found.driver)}, TensorFlow does not"
        if found.tensorflow and not found.tensorflow.cuda:
            yield "", "this build has no GPU support: pip install 'tensorkata[gpu]'"
        if found.not_loaded:
            yield "", f"it does not find {', '.join(found.not_loaded)}"
            yield "", "pip install 'tensorkata[gpu]' brings what fits together"
    elif not gpus:
        yield "  – GPU", "none; exercises on a GPU are not run, and count in no total"


def _table(rows: Iterator[tuple[str, str]]) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for left, right in rows:
        table.add_row(Text(left), Text(clean(right)))
    return table
