"""Blocking twins of what is awaited."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def _wait(work: Coroutine[Any, Any, T]) -> T:
    """Runs a coroutine on an event loop in a thread of its own: the caller's thread may have a running loop already."""
    answer: Future[T] = Future()
    started: Future[Callable[[], object]] = Future()

    async def main() -> T:
        task = asyncio.ensure_future(work)
        loop = asyncio.get_running_loop()
        started.set_result(lambda: loop.call_soon_threadsafe(task.cancel))
        return await task

    def run() -> None:
        # The answer is that of the loop and not of the task: SystemExit in a part ends the loop and cancels the task.
        try:
            answer.set_result(asyncio.run(main()))
        except BaseException as error:  # the caller's thread raises it again
            answer.set_exception(error)

    thread = threading.Thread(target=run, name="adbrain-run", daemon=True)
    thread.start()
    try:
        return answer.result()
    except BaseException:
        if not answer.done():  # Ctrl-C in the caller's thread
            with contextlib.suppress(RuntimeError):  # the loop has just ended
                started.result()()
        raise
    finally:
        thread.join()


def blocking(work: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, T]:
    """Makes the blocking twin of an asynchronous method or function, with the same arguments."""

    @functools.wraps(work)
    def twin(*args: P.args, **options: P.kwargs) -> T:
        return _wait(work(*args, **options))

    name, role = work.__name__, "meth" if "." in work.__qualname__ else "func"
    twin.__name__, twin.__qualname__ = f"{name}_sync", f"{work.__qualname__}_sync"
    twin.__doc__ = f"As :{role}:`{name}`, for scripts and notebooks: blocks until it ends. Ctrl-C stops it."
    return twin
