"""Work that takes seconds, beside the event loop, on a thread that the program does not wait for."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from functools import partial
from typing import TypeVar

_T = TypeVar("_T")


async def aside(work: Callable[[], _T]) -> _T:
    """The result of some work, or what it raises.

    `asyncio.to_thread` would keep the program from ending until the work is done.

    Args:
        work: Called on a daemon thread; goes on, unheard, if whoever waits is cancelled.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[_T] = loop.create_future()

    def give(settle: Callable[[], None]) -> None:
        if not answer.done():
            settle()

    def run() -> None:
        settle: Callable[[], None]
        try:
            settle = partial(answer.set_result, work())
        except Exception as error:
            settle = partial(answer.set_exception, error)
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any longer
            loop.call_soon_threadsafe(give, settle)

    threading.Thread(target=run, name="aside", daemon=True).start()
    return await answer
