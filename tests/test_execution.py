import threading
import time

import pytest

from songcut.execution import available_workers, run_in_order


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_results_come_in_the_order_of_the_items(workers):
    def work(item):
        time.sleep(0.002 * (item % 3))
        return item * item

    assert list(run_in_order(work, range(40), workers)) == [item * item for item in range(40)]


def test_no_more_is_begun_ahead_than_twice_the_workers():
    begun = []

    def items():
        for item in range(100):
            begun.append(item)
            yield item

    results = run_in_order(lambda item: item, items(), 2)
    next(results)
    assert len(begun) <= 4
    results.close()
    assert len(begun) <= 4


def test_a_failure_is_raised_and_nothing_new_is_begun():
    done = []
    lock = threading.Lock()

    def work(item):
        if item == 3:
            raise ValueError("three")
        with lock:
            done.append(item)
        return item

    with pytest.raises(ValueError, match="three"):
        list(run_in_order(work, range(100), 2))
    assert max(done) < 10


def test_there_is_at_least_one_worker():
    assert available_workers() >= 1
