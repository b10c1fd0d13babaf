"""Jobs side by side: all of them run, once, and their exceptions arrive."""

import threading
import time

import pytest
import torch

from backend.kernels import warp_runtime
from backend.kernels.warp_runtime import side_by_side

CPU = torch.device("cpu")


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("count", [0, 1, 2, 7])
def test_every_job_runs_once(monkeypatch, threads, count):
    monkeypatch.setattr(warp_runtime, "CPU_THREADS", threads)
    done = []
    side_by_side(CPU, [lambda job=job: done.append(job) for job in range(count)])
    assert sorted(done) == list(range(count))


def test_jobs_on_cuda_run_in_their_order_in_the_calling_thread():
    done = []
    jobs = [lambda job=job: done.append((job, threading.get_ident())) for job in range(5)]
    side_by_side(torch.device("cuda"), jobs)
    assert done == [(job, threading.get_ident()) for job in range(5)]


@pytest.mark.parametrize("broken", [0, 3])
def test_an_exception_arrives_when_no_job_runs_any_more(monkeypatch, broken):
    monkeypatch.setattr(warp_runtime, "CPU_THREADS", 2)
    running = set()

    def job(number: int) -> None:
        if number == broken:
            raise ArithmeticError(f"job {number}")
        running.add(number)
        time.sleep(0.02)
        running.remove(number)

    with pytest.raises(ArithmeticError, match=f"job {broken}"):
        side_by_side(CPU, [lambda number=number: job(number) for number in range(4)])
    assert not running


def test_jobs_within_jobs_do_not_wait_for_each_other_forever(monkeypatch):
    monkeypatch.setattr(warp_runtime, "CPU_THREADS", 2)
    done = []

    def outer() -> None:
        side_by_side(CPU, [lambda: done.append(1)] * 3)

    side_by_side(CPU, [outer] * 4)
    assert len(done) == 12
