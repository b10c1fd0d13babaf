"""The process boundary: whatever happens to whom, no process and no half result is left, and JSON lines only."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from backend import protocol
from backend.asset.interim import read_interim
from backend.protocol import AnimateRequest, FitRequest, RenderRequest, from_line, to_line
from tests.processes import PATIENCE, alive, all_end, eventually, noted_pids

FAKE = Path(__file__).with_name("fake_backend.py")


class Client:
    """What the extension is to serve."""

    def __init__(self, folder: Path):
        self.capture, self.out, self.job = folder / "photos", folder / "result", folder / "job"
        self.capture.mkdir()
        self.process = subprocess.Popen(
            [sys.executable, FAKE, "serve"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def send(self, message: protocol.Command) -> None:
        self.write(to_line(message))

    def write(self, line: str) -> None:
        self.process.stdin.write(line.encode())
        self.process.stdin.flush()

    def fit(self, act: str) -> None:
        self.send(protocol.Fit(FitRequest(str(self.capture), str(self.out), head_model=act), str(self.job)))

    def render(self, out: str) -> None:
        self.send(protocol.Render(RenderRequest(str(self.capture), str(self.out.with_name(out))), str(self.job)))

    def event(self) -> protocol.Event:
        return from_line(self.process.stdout.readline().decode())

    def events_to_the_end(self) -> list[protocol.Event]:
        events = [self.event()]
        while not isinstance(events[-1], protocol.FINAL):
            events.append(self.event())
        return events

    def wait_for_workers(self) -> list[int]:
        return noted_pids(self.capture)

    def recorded(self) -> list[protocol.Event]:
        return [from_line(line) for line in (self.job / "events.jsonl").read_text().splitlines()]

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(BrokenPipeError):
                stream.close()


@pytest.fixture
def client(tmp_path):
    client = Client(tmp_path)
    yield client
    client.close()


def nothing_is_left(client: Client, pids: list[int]) -> bool:
    return all_end(pids) and eventually(lambda: not list(client.out.parent.glob("result.*")))


def test_a_fit_ends_in_a_whole_result_and_a_record_of_the_job(client):
    client.fit("finish")
    events = client.events_to_the_end()
    assert events == [
        protocol.Accepted(str(client.job)),
        protocol.Stage("Pretending", 0, 2),
        protocol.Progress(0.25, 3.0),
        protocol.Progress(1.0, 0.0),
        protocol.Result(str(client.out)),
    ]
    assert (client.out / "head.glb").read_text() == "half"
    assert client.recorded() == events
    assert json.loads((client.job / "request.json").read_text())["capture"] == str(client.capture)
    assert nothing_is_left(client, client.wait_for_workers())  # not even a worker that the fit forgot


def test_one_serve_takes_one_job_after_the_other(client):
    client.fit("refuse")
    assert isinstance(client.events_to_the_end()[-1], protocol.Failed)
    client.fit("finish")
    assert isinstance(client.events_to_the_end()[-1], protocol.Result)


def test_cancel_takes_effect_inside_a_long_call(client):
    client.fit("hang")
    pids = client.wait_for_workers()
    start = time.monotonic()
    client.send(protocol.Cancel())
    assert client.events_to_the_end()[-1] == protocol.Cancelled()
    assert time.monotonic() - start < 2.0
    assert nothing_is_left(client, pids)
    assert not client.out.exists()
    assert client.recorded()[-1] == protocol.Cancelled()


def test_the_end_of_input_ends_everything(client):
    client.fit("hang")
    pids = client.wait_for_workers()
    client.process.stdin.close()
    client.process.wait(PATIENCE)
    assert client.process.returncode == 0
    assert nothing_is_left(client, pids)
    assert not client.out.exists()


def test_a_killed_serve_takes_its_job_along(client):
    client.fit("hang")
    pids = client.wait_for_workers()
    client.process.kill()
    assert nothing_is_left(client, pids)
    assert not client.out.exists()


@pytest.mark.parametrize("delay", [0.0, 0.01, 0.03])  # seconds: while Python starts, while the fit begins
def test_a_serve_killed_at_any_moment_leaves_no_process_and_no_result(client, delay):
    """A folder `result.….partial` may stay where the job was about to make it; the next fit clears it away."""
    client.fit("hang")
    client.event()
    time.sleep(delay)
    client.process.kill()
    time.sleep(0.3)
    pids = [int(note.read_text()) for note in client.capture.glob("*.pid")]
    assert all_end(pids)
    assert not client.out.exists()


def test_a_crash_is_a_failure_with_the_last_words(client):
    client.fit("crash")
    final = client.events_to_the_end()[-1]
    assert not final.user_error
    assert f"signal {int(signal.SIGSEGV)}" in final.message
    assert "the last words" in final.details
    assert nothing_is_left(client, client.wait_for_workers())


def test_a_killed_job_is_a_failure_and_its_worker_ends(client):
    client.fit("hang")
    pids = client.wait_for_workers()
    os.kill(pids[0], signal.SIGKILL)
    assert "signal 9" in client.events_to_the_end()[-1].message
    assert nothing_is_left(client, pids)


def test_a_job_whose_folder_was_deleted_still_has_an_end(client):
    client.fit("hang")
    pids = client.wait_for_workers()
    shutil.rmtree(client.job)
    os.kill(pids[0], signal.SIGKILL)
    final = client.events_to_the_end()[-1]
    assert final.user_error and "is gone" in final.message
    assert nothing_is_left(client, pids)


def test_a_bug_is_told_with_its_traceback_and_a_user_error_without(client):
    client.fit("stumble")
    bug = client.events_to_the_end()[-1]
    assert not bug.user_error and "RuntimeError: a bug of ours" in bug.details
    client.fit("refuse")
    refused = client.events_to_the_end()[-1]
    assert refused == protocol.Failed("There is no face in the photo. Give another.", user_error=True)


def test_what_libraries_print_never_reaches_the_events(client):
    client.fit("chatter")
    assert [type(event).__name__ for event in client.events_to_the_end()] == [
        "Accepted", "Stage", "Progress", "Progress", "Result",
    ]  # fmt: skip
    log = (client.job / "log.txt").read_text()
    assert "from Python" in log and "from a native library" in log


def test_a_bad_line_is_answered_and_the_next_one_is_served(client):
    client.write("hello\n")
    assert "Not a line of JSON" in client.event().message
    client.write(to_line(protocol.Cancelled()))
    assert "not a command" in client.event().message
    client.write(to_line(protocol.Fit(FitRequest("a", "b"), "j")).replace('"standard"', '"ultra"'))
    refused = client.event()
    assert refused.user_error and "preview, standard, high" in refused.message
    client.fit("finish")
    assert isinstance(client.events_to_the_end()[-1], protocol.Result)


def test_a_second_fit_is_refused_while_one_runs(client):
    client.fit("hang")
    pids = client.wait_for_workers()
    client.fit("finish")
    events = [client.event() for _ in range(4)]
    assert ["running already" in event.text for event in events if isinstance(event, protocol.Warning)] == [True]
    assert all(map(alive, pids))


def test_a_job_folder_that_cannot_be_made_is_a_user_error(client):
    (client.capture.parent / "job").write_text("a file stands in the way")
    client.fit("finish")
    assert client.event().user_error


@pytest.mark.parametrize("out", ["turn.mp4", "turn"])
def test_novel_views_are_a_job_like_a_fit(client, out):
    client.render(out)
    assert client.events_to_the_end()[-1] == protocol.Result(str(client.out.with_name(out)))
    assert json.loads((client.job / "request.json").read_text())["command"] == "render"
    client.fit("finish")
    assert isinstance(client.events_to_the_end()[-1], protocol.Result)


def test_an_animation_is_a_job_like_a_fit(client):
    (client.capture / "performance.csv").write_text("Timecode,BlendShapeCount")
    request = AnimateRequest(str(client.out), str(client.capture), str(client.out.with_name("take.csv")))
    client.send(protocol.Animate(request, str(client.job)))
    assert client.events_to_the_end()[-1] == protocol.Result(request.out)
    assert json.loads((client.job / "request.json").read_text())["command"] == "animate"
    assert Path(request.out).read_text() == "Timecode,BlendShapeCount"


@pytest.mark.parametrize("end", ["cancel", "serve", "job"])
@pytest.mark.parametrize("out", ["turn.mp4", "turn"])
def test_killing_a_render_leaves_nothing_of_it(client, end, out):
    (client.capture / "hang").mkdir()
    client.render(out)
    pids = client.wait_for_workers()
    assert list(client.out.parent.glob("turn*.partial"))
    if end == "cancel":
        client.send(protocol.Cancel())
    else:
        os.kill(client.process.pid if end == "serve" else pids[0], signal.SIGKILL)
    assert all_end(pids) and eventually(lambda: not list(client.out.parent.glob("turn*")))


def test_previews_reach_the_client_and_the_record(client):
    client.fit("show")
    events = [client.event() for _ in range(4)]
    assert events[-1] == protocol.Preview(str(client.job / "preview-0.png"))
    assert Path(events[-1].path).read_bytes().startswith(b"\x89PNG")
    assert client.recorded() == events


def in_the_middle_of_steps(client) -> list[int]:
    """Start the act and read until it has shown a surface; returns its processes."""
    client.fit("steps")
    while not isinstance(client.event(), protocol.InterimMesh):
        continue
    return client.wait_for_workers()


def paused(client) -> bool:
    """Send a pause; whether the job stands still after it, by what it records."""
    client.send(protocol.Pause())

    def stands_still() -> bool:
        before = (client.job / "events.jsonl").stat().st_size
        time.sleep(0.5)
        return (client.job / "events.jsonl").stat().st_size == before

    return eventually(stands_still)


def surfaces(client) -> list[Path]:
    return list(client.job.glob("interim-*"))


def test_a_paused_job_stands_still_and_goes_on_when_it_is_resumed(client):
    (client.capture / "steps.txt").write_text("40")
    in_the_middle_of_steps(client)
    assert paused(client)
    done = [event for event in client.recorded() if isinstance(event, protocol.Progress)][-1].fraction
    assert done < 0.9
    client.send(protocol.Resume())
    assert client.events_to_the_end()[-1] == protocol.Result(str(client.out))
    fractions = [event.fraction for event in client.recorded() if isinstance(event, protocol.Progress)]
    assert fractions == sorted(fractions) and fractions[-1] == 1.0


@pytest.mark.parametrize("first", [(), (protocol.Pause(),)], ids=["working", "paused"])
def test_finish_makes_a_result_of_what_there_is(client, first):
    in_the_middle_of_steps(client)
    for command in (*first, protocol.Finish(), protocol.Finish()):
        client.send(command)
    events = client.events_to_the_end()
    assert events[-1] == protocol.Result(str(client.out)) and client.out.is_dir()
    assert any(isinstance(event, protocol.Warning) and "Finished early" in event.text for event in events)
    assert not surfaces(client)


@pytest.mark.parametrize("end", ["cancel", "input", "serve", "job"])
def test_a_paused_job_can_be_ended_like_any_other(client, end):
    pids = in_the_middle_of_steps(client)
    assert paused(client) and surfaces(client)
    start = time.monotonic()
    if end == "cancel":
        client.send(protocol.Cancel())
        assert client.events_to_the_end()[-1] == protocol.Cancelled()
        assert time.monotonic() - start < 2.0
    elif end == "input":
        client.process.stdin.close()
    else:
        os.kill(client.process.pid if end == "serve" else pids[0], signal.SIGKILL)
    assert nothing_is_left(client, pids) and eventually(lambda: not surfaces(client))
    assert not client.out.exists()


def test_wishes_without_a_job_are_harmless(client):
    wishes = (protocol.Pause(), protocol.Resume(), protocol.Finish())
    for wish in wishes:
        client.send(wish)
    client.fit("refuse")
    assert isinstance(client.events_to_the_end()[-1], protocol.Failed)
    for wish in wishes * 20:
        client.send(wish)
    client.fit("finish")  # neither paused nor told to finish early
    events = client.events_to_the_end()
    assert isinstance(events[-1], protocol.Result) and not any(isinstance(e, protocol.Warning) for e in events)


def test_a_render_does_not_hear_that_it_shall_finish(client):
    (client.capture / "hang").mkdir()
    client.render("turn")
    pids = client.wait_for_workers()
    client.send(protocol.Finish())
    time.sleep(0.2)
    assert all(map(alive, pids))


def test_surfaces_on_the_way_can_be_read_until_the_end(client):
    (client.capture / "steps.txt").write_text("12")
    client.fit("steps")
    shown = []
    while not isinstance(event := client.event(), protocol.FINAL):
        if isinstance(event, protocol.InterimMesh):
            shown.append(read_interim(event.path))
    assert len(shown) == 3 and [len(surface.faces) for surface in shown] == [8, 8, 8]
    assert not surfaces(client)


def test_a_refit_is_a_job_like_a_fit(client):
    (client.capture / "head.glb").write_text("refined")
    request = protocol.RefitRequest(str(client.capture), ("000",), str(client.out))
    client.send(protocol.Refit(request, str(client.job)))
    assert client.events_to_the_end()[-1] == protocol.Result(request.out)
    assert (client.out / "head.glb").read_text() == "refined"
