"""serve --remote: files travel with the stream, nothing gets out of the client's folder, and nothing stays."""

import base64
import io
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from backend import protocol, remote
from backend.protocol import FILE_PIECE, Cancel, File, Fit, FitRequest, ProtocolError, RenderRequest, from_line, to_line
from backend.transfer import Arrivals, pieces, safe
from tests.processes import PATIENCE, all_end, eventually, noted_pids

REMOTE = Path(__file__).with_name("remote_backend.py")
OUTSIDE = [
    "../a",
    "/etc/passwd",
    "in/../../a",
    "in//a",
    "",
    ".",
    "in/./a",
    "C:/a",
    "c:a",
    "in\\..\\a",
    "\\\\host\\a",
    "a\0b",
]


class Client:
    """What the extension is to a backend on another machine."""

    def __init__(self, folder: Path):
        self.temporary = folder / "other machine"
        self.temporary.mkdir()
        self.process = subprocess.Popen(
            [sys.executable, REMOTE], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            env={**os.environ, "TMPDIR": str(self.temporary)},
        )  # fmt: skip

    def send(self, *messages: protocol.Command) -> None:
        self.process.stdin.write("".join(map(to_line, messages)).encode())
        self.process.stdin.flush()

    def fit(self, act: str, capture: str = "in/0000/photos") -> None:
        self.send(*pieces(io.BytesIO(b"a photo"), "in/0000/photos/a.png"))
        self.send(Fit(FitRequest(capture, "out/result", head_model=act), "job"))

    def event(self) -> protocol.Event:
        return from_line(self.process.stdout.readline().decode())

    def events_to_the_end(self) -> list[protocol.Event]:
        events = [self.event()]
        while not isinstance(events[-1], protocol.FINAL):
            events.append(self.event())
        return events

    @property
    def folder(self) -> Path:
        return next(self.temporary.glob(f"{remote.FOLDER}*"))

    def pids(self) -> list[int]:
        assert eventually(lambda: list(self.temporary.glob(f"{remote.FOLDER}*/in/0000/photos/worker.pid")))
        return noted_pids(self.folder / "in/0000/photos")

    def leaves_nothing(self, pids: list[int]) -> bool:
        return all_end(pids) and eventually(lambda: not list(self.temporary.iterdir()))


@pytest.fixture
def client(tmp_path):
    client = Client(tmp_path)
    yield client
    client.process.kill()
    client.process.wait()
    client.process.stdin.close()
    client.process.stdout.close()


@pytest.mark.parametrize("size", [0, 1, FILE_PIECE, FILE_PIECE + 1, 3 * FILE_PIECE])
def test_a_file_of_any_size_arrives_as_it_was(tmp_path, size):
    content = os.urandom(size)
    sent = list(pieces(io.BytesIO(content), "in/photo"))
    assert all(len(to_line(piece)) < (1 << 20) + 200 for piece in sent)
    arrivals = Arrivals()
    whole = [arrivals.take(piece, tmp_path / "a" / "photo") for piece in sent]
    assert whole == [False] * (len(sent) - 1) + [True]
    assert (tmp_path / "a" / "photo").read_bytes() == content
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["photo"]


def test_a_file_has_its_name_only_when_it_is_whole_and_a_half_one_goes(tmp_path):
    arrivals = Arrivals()
    assert not arrivals.take(File("x", base64.b64encode(b"half").decode(), last=False), tmp_path / "x")
    assert not (tmp_path / "x").exists()
    arrivals.close()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("data", ["not base64!", "a", base64.b64encode(bytes(FILE_PIECE + 1)).decode()])
def test_a_damaged_or_oversized_piece_is_refused(tmp_path, data):
    with pytest.raises(ProtocolError, match="piece of x"):
        Arrivals().take(File("x", data, last=True), tmp_path / "x")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", OUTSIDE)
def test_no_path_leads_out_of_the_folder(name):
    with pytest.raises(ProtocolError, match="not below its folder"):
        safe(name)


@pytest.mark.parametrize("name", OUTSIDE[:3])
def test_a_client_cannot_write_or_read_elsewhere(client, tmp_path, name):
    client.send(File(name, "eA==", last=True))
    assert "not below its folder" in client.event().message
    client.fit("finish", capture=name)
    assert "not below its folder" in client.event().message
    client.send(Fit(FitRequest("in/0000/photos", name), "job"), Fit(FitRequest("in/0000/photos", "out/r"), name))
    assert all("not below its folder" in client.event().message for _ in range(2))
    assert not [path for path in tmp_path.rglob("a") if path.is_file()]


def test_a_result_comes_before_the_word_of_it(client):
    client.fit("finish")
    events = client.events_to_the_end()
    files = [event for event in events if isinstance(event, File)]
    assert [(file.path, base64.b64decode(file.data), file.last) for file in files] == [
        ("out/result/head.glb", b"half", True)
    ]
    assert events.index(files[0]) == len(events) - 2
    assert events[0] == protocol.Accepted(str(client.folder / "job"))
    assert events[-1] == protocol.Result(str(client.folder / "out/result"))


def test_pictures_come_before_the_word_of_them(client):
    client.send(File("in/0000/photos/steps.txt", base64.b64encode(b"6").decode(), last=True))
    client.fit("steps")
    events = client.events_to_the_end()
    for kind, ending in ((protocol.Preview, ".png"), (protocol.InterimMesh, ".glb")):
        told = [number for number, event in enumerate(events) if isinstance(event, kind)]
        assert told
        for number in told:
            before = events[number - 1]
            assert isinstance(before, File) and before.last and events[number].path.endswith(before.path)
            assert before.path.startswith("job/") and before.path.endswith(ending)


def test_cancel_ends_the_job_and_the_next_one_works(client):
    client.fit("hang")
    pids = client.pids()
    client.send(Cancel())
    assert client.events_to_the_end()[-1] == protocol.Cancelled()
    assert all_end(pids)
    client.fit("finish")
    assert isinstance(client.events_to_the_end()[-1], protocol.Result)


def test_a_crash_is_told_with_its_log(client):
    client.fit("crash")
    *_, log, final = client.events_to_the_end()
    assert isinstance(final, protocol.Failed) and "the last words" in final.details
    assert log.path == "job/log.txt" and b"the last words" in base64.b64decode(log.data)


def test_the_end_of_input_ends_everything_and_removes_the_folder(client):
    client.fit("hang")
    pids = client.pids()
    client.process.stdin.close()
    client.process.wait(PATIENCE)
    assert client.process.returncode == 0 and client.leaves_nothing(pids)


def test_a_terminated_relay_takes_everything_along(client):
    client.fit("hang")
    pids = client.pids()
    client.process.terminate()
    assert client.leaves_nothing(pids)


def test_what_a_killed_relay_leaves_goes_with_the_next_one(client, tmp_path):
    client.fit("hang")
    pids = client.pids()
    client.process.kill()
    client.process.wait()
    assert all_end(pids)
    (living := client.temporary / f"{remote.FOLDER}{os.getpid()}-x").mkdir()
    remote.remove_abandoned(client.temporary)
    assert list(client.temporary.iterdir()) == [living]


def test_a_client_that_reads_nothing_holds_nothing_up(client):
    """A result of 20 MB that nobody takes; then the line ends."""
    client.send(*pieces(io.BytesIO(os.urandom(20_000_000)), "in/0000/result/head.glb"))
    client.send(protocol.Refit(protocol.RefitRequest("in/0000/result", ("a",), "out/result"), "job"))
    assert eventually(lambda: list(client.temporary.glob(f"{remote.FOLDER}*/out/result/head.glb")))
    client.process.stdin.close()
    client.process.wait(PATIENCE)
    assert client.leaves_nothing([])


def test_of_pictures_that_wait_only_the_newest_is_sent(tmp_path):
    gate, sent = threading.Event(), []

    def slowly(event):
        gate.wait(PATIENCE)
        sent.append(event)

    outbox = remote.Outbox(slowly, tmp_path)
    outbox.put(protocol.Stage("Refining", 0, 1))
    assert eventually(lambda: not outbox._pending)
    for number in range(100):
        (tmp_path / f"{number % 2}.png").write_text(str(number))
        outbox.put(protocol.Preview(str(tmp_path / f"{number % 2}.png")))
        outbox.put(protocol.Progress(number / 100))
    outbox.put(protocol.Warning("dark"))
    gate.set()
    assert eventually(lambda: len(sent) == 5)
    assert [type(event) for event in sent] == [
        protocol.Stage, File, protocol.Preview, protocol.Progress, protocol.Warning
    ]  # fmt: skip
    assert base64.b64decode(sent[1].data) == b"99"


def test_a_picture_that_is_gone_costs_nothing(tmp_path):
    sent = []
    outbox = remote.Outbox(sent.append, tmp_path)
    outbox.put(protocol.Preview(str(tmp_path / "gone.png")))
    outbox.put(protocol.Cancelled())
    assert eventually(lambda: sent == [protocol.Cancelled()])


def test_a_video_is_one_file(client):
    client.send(*pieces(io.BytesIO(b"mesh"), "in/0000/result/head.glb"))
    client.send(protocol.Render(RenderRequest("in/0000/result", "out/turn.mp4", turntable=3), "job"))
    *_, file, final = client.events_to_the_end()
    assert file.path == "out/turn.mp4" and final == protocol.Result(str(client.folder / "out/turn.mp4"))


def test_it_tells_what_it_is(client):
    began = time.monotonic()
    client.send(protocol.Describe())
    about = client.event()
    assert isinstance(about, protocol.About), about
    assert about.version and about.device and "warp" in about.renderers and "builtin" in about.head_models
    assert not about.missing and about.free_gigabytes > 0
    assert time.monotonic() - began < remote.ANSWER


def test_the_command_line_offers_it(tmp_path):
    """The true serve below the true relay: the end of input ends it, and no folder stays."""
    done = subprocess.run(
        [sys.executable, "-m", "backend", "serve", "--remote"], input=b"", capture_output=True, timeout=60,
        cwd=Path(remote.__file__).parents[1], env={**os.environ, "TMPDIR": str(tmp_path)}, check=True,
    )  # fmt: skip
    assert done.stdout == b"" and not list(tmp_path.iterdir())
