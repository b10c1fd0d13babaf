"""What a job is asked on its way: it waits, goes on, or comes to its end; and none of that is work."""

import io
import threading
import time

import pytest

from backend import protocol
from backend.control import Control
from backend.errors import Enough
from backend.protocol import Finish, Pause, Progress, Resume, Stage, to_line
from tests.processes import eventually


class Work:
    """A thread that tells its progress as fast as it may."""

    def __init__(self, control: Control, event: protocol.Event):
        self.told, self.ended_by, self._over = 0, None, False
        self._emit, self._event = control.granting(self._count), event
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _count(self, event) -> None:
        self.told += 1

    def _run(self) -> None:
        try:
            while not self._over:
                self._emit(self._event)
        except Enough as error:
            self.ended_by = error

    def stands_still(self) -> bool:
        before = self.told
        time.sleep(0.1)
        return self.told == before

    def end(self) -> None:
        self._over = True
        self.thread.join(10)
        assert not self.thread.is_alive()


@pytest.mark.parametrize("event", [Progress(0.5), Stage("One", 0, 1)])
def test_a_paused_job_waits_until_it_is_resumed(event):
    control = Control()
    work = Work(control, event)
    assert eventually(lambda: work.told > 0)
    control.take(Pause())
    assert eventually(work.stands_still)
    control.take(Resume())
    assert eventually(lambda: not work.stands_still())
    work.end()


def test_a_waiting_job_takes_no_processor_time():
    control = Control()
    control.take(Pause())
    work = Work(control, Progress(0.5))
    assert eventually(work.stands_still)
    before = time.process_time()
    time.sleep(0.5)
    assert time.process_time() - before < 0.1
    control.take(Resume())
    work.end()


@pytest.mark.parametrize("wishes", [[Finish()], [Pause(), Finish()], [Finish(), Finish(), Resume()]])
def test_a_job_that_shall_finish_hears_so_from_its_progress_even_while_it_waits(wishes):
    control = Control()
    work = Work(control, Progress(0.5))
    for wish in wishes:
        control.take(wish)
    assert eventually(lambda: isinstance(work.ended_by, Enough))
    with pytest.raises(Enough):  # and again: who has not listened the first time, or begins anew, hears it too
        control.granting(lambda event: None)(Progress(0.6))


def test_only_progress_tells_to_finish():
    control, told = Control(), []
    control.take(Finish())
    for event in (Stage("One", 0, 1), protocol.Warning("Careful."), protocol.Preview("a.png")):
        control.granting(told.append)(event)
    assert len(told) == 3


def test_what_cannot_be_finished_early_does_not_hear_it():
    control = Control(may_finish=False)
    control.take(Finish())
    control.granting(lambda event: None)(Progress(0.5))


def test_going_on_without_having_waited_is_harmless():
    control = Control()
    for wish in (Resume(), Resume(), Pause(), Pause(), Resume()):
        control.take(wish)
    control.granting(lambda event: None)(Progress(0.5))


def test_lines_that_nobody_understands_are_passed_over(capsys):
    control = Control()
    control.listen(io.BytesIO(b"nonsense\n" + to_line(Progress(0.1)).encode() + to_line(Finish()).encode()))
    with pytest.raises(Enough):
        control.granting(lambda event: None)(Progress(0.5))
    assert "Not a line of JSON" in capsys.readouterr().err
