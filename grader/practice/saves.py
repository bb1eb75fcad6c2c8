"""Which saves there are below a folder: told by the system, or seen by looking where it tells none.

Containers, WSL and network drives do not always pass on events of the file system. So two watch:
one that waits for events, and one that looks at the files twice a second.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path

from watchfiles import PythonFilter, awatch

LOOK = 500
"""Milliseconds between two looks at the files."""


async def saves(folder: Path, saved: Callable[[], None], *, events: bool = True) -> None:
    """Call `saved` after every save of a Python file below a folder; goes on until cancelled.

    One save may be told twice. `events` says whether to wait for the system's events as well.
    """

    async def watch(polling: bool) -> None:
        async for _ in awatch(
            folder,
            watch_filter=PythonFilter(),
            debounce=100,
            step=20,
            force_polling=polling,
            poll_delay_ms=LOOK,
        ):
            saved()

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(watch(polling=True))
        if events:
            tasks.create_task(watch(polling=False))
