"""Stages that come in order, shares that add up, and those that are left out."""

import pytest

from backend import protocol
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
