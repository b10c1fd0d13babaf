"""Stages that come in order, shares that add up, and those that are left out."""

import pytest

from backend import protocol
from backend.errors import Enough, UserError
from backend.timeline import Timeline

SHARES = {"one": 1.0, "two": 6.0, "three": 3.0}


def told(left_out=(), during=()) -> tuple[list, list]:
    """Stage and progress events of a run through the stages; `during`: left out once the first has passed."""
    events = []
    timeline = Timeline(SHARES, events.append)
    timeline.leave_out(left_out)
    for name in SHARES:
        if name not in (*left_out, *during):
            with timeline.stage(name):
                pass
        timeline.leave_out(during if name == "one" else ())
    stages = [event for event in events if isinstance(event, protocol.Stage)]
    return stages, [event.fraction for event in events if isinstance(event, protocol.Progress)]


def test_the_others_take_the_place_of_stages_that_are_left_out():
    stages, fractions = told(left_out=("two",))
    assert stages == [protocol.Stage("one", 0, 2), protocol.Stage("three", 1, 2)]
    assert fractions[-1] == 1.0


def test_leaving_out_nothing_changes_nothing():
    stages, _ = told()
    assert [(stage.index, stage.count) for stage in stages] == [(0, 3), (1, 3), (2, 3)]


def test_a_stage_may_be_left_out_on_the_way():
    stages, fractions = told(during=("two",))
    assert stages == [protocol.Stage("one", 0, 3), protocol.Stage("three", 1, 2)]
    assert fractions == sorted(fractions) and fractions[-1] == 1.0


@pytest.mark.parametrize("left_out, share", [((), 0.7), (("one",), 2 / 3), (("three",), 1.0)])
def test_progress_is_that_of_the_remaining_shares(left_out, share):
    fractions = []
    timeline = Timeline(SHARES, lambda event: fractions.append(getattr(event, "fraction", None)))
    timeline.leave_out(left_out)
    timeline._last = -1e9  # the first report comes at once
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("backend.timeline._SPACING", 0.0)
        with timeline.stage("two") as progress:
            progress(1.0)
    assert fractions[-1] == pytest.approx(share)


def test_a_stage_that_was_left_out_cannot_begin():
    timeline = Timeline(SHARES, lambda event: None)
    timeline.leave_out(("two",))
    with pytest.raises(ValueError), timeline.stage("two"):
        pass


class Clock:
    """Time as the test turns it: work takes some, and `emit` may take its own."""

    def __init__(self, monkeypatch, waits: float = 0.0):
        self.now, self.waits, self.events = 50.0, waits, []
        monkeypatch.setattr("backend.timeline.time.monotonic", lambda: self.now)

    def emit(self, event) -> None:
        self.events.append(event)
        self.now += self.waits


def test_time_that_passes_in_emit_is_no_work(monkeypatch):
    clock = Clock(monkeypatch, waits=1000.0)
    timeline = Timeline({"one": 1.0}, clock.emit, time_limit=10.0)
    with timeline.stage("one") as progress:
        for step in range(4):
            clock.now += 1.0
            progress((step + 1) / 8)
            timeline.emit(protocol.Preview("a.png"))
    assert timeline.seconds["one"] == pytest.approx(4.0)
    etas = [event.eta_seconds for event in clock.events if isinstance(event, protocol.Progress)]
    assert etas[1:5] == pytest.approx([7.0, 6.0, 5.0, 4.0])


def test_work_itself_still_meets_the_time_limit(monkeypatch):
    clock = Clock(monkeypatch, waits=1000.0)
    with pytest.raises(UserError, match="time limit"), Timeline({"one": 1.0}, clock.emit, 10.0).stage("one") as tell:
        clock.now += 11.0
        tell(0.5)


def enough_at(fraction: float):
    """An emit that has enough from some progress on."""

    def emit(event) -> None:
        if isinstance(event, protocol.Progress) and event.fraction >= fraction:
            raise Enough

    return emit


def test_only_stages_that_refine_hear_of_enough_and_each_of_them_does(monkeypatch):
    monkeypatch.setattr("backend.timeline._SPACING", 0.0)
    timeline = Timeline(SHARES, enough_at(0.05))
    with timeline.stage("one") as progress:
        progress(0.4)
        assert not timeline.enough
        progress(0.6)
    assert timeline.enough and timeline.warnings == ()
    for name in ("two", "three"):
        with timeline.stage(name, refining=True) as progress:
            for _ in range(2):
                with pytest.raises(Enough):
                    progress(0.1)
    (told,) = timeline.warnings
    assert "Finished early" in told and "two, three" in told


def test_a_stage_that_ends_with_what_it_has_ends_like_any_other(monkeypatch):
    events = []
    timeline = Timeline({"one": 1.0}, lambda event: (events.append(event), enough_at(0.0)(event)))
    with timeline.stage("one", refining=True):
        pass
    assert events[-1].fraction == 1.0 and "one" in timeline.seconds and timeline.cut_short == []


def test_a_stage_may_ask_whether_to_make_do_with_less():
    timeline = Timeline({"one": 1.0}, enough_at(0.0))
    assert not timeline.shortened("one") and timeline.cut_short == []
    with timeline.stage("one"):
        assert timeline.shortened("one") and timeline.cut_short == ["one"]
