"""Where work runs: threads of this process, since the kernels, the codecs and numpy release the interpreter lock."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def available_workers() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return max(1, os.cpu_count() or 1)


def run_in_order(work: Callable[[Item], Result], items: Iterable[Item], workers: int) -> Iterator[Result]:
    """Do work on items, ``workers`` at a time, and yield the results in the items' order.

    At most ``2 * workers`` items are begun ahead of the one awaited, so memory does not grow with their number.
    An exception (an interrupt included) stops new items from being begun and is raised once those under way end.

    Parameters
    ----------
    work
        Called in a worker thread, once an item.
    workers
        At least 1.
    """
    with ThreadPoolExecutor(max_workers=workers, thread_name_prefix="songcut") as pool:
        waiting: deque[Future[Result]] = deque()
        try:
            for item in items:
                waiting.append(pool.submit(work, item))
                if len(waiting) >= 2 * workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
