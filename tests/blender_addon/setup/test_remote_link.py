"""A job on another machine, seen from this one: as on this one, and nothing is left there or here."""

import base64
import dataclasses
import json
import os
import shlex
import shutil
import sys
import threading
from pathlib import Path

import pytest

from backend import protocol, remote
from backend.asset.reader import read_result
from backend.asset.writer import write_result
from backend.protocol import AnimateRequest, FitRequest, RefitRequest, RenderRequest
from blender_addon.jobs.source import BackendSource
from blender_addon.setup import remote_link
from tests.asset import subjects
from tests.processes import PATIENCE, all_end, eventually, noted_pids

REMOTE = Path(__file__).resolve().parents[2] / "remote_backend.py"


class Near:
    """This machine: a folder of photos, a job's folder, and the command that stands for ssh."""

    def __init__(self, folder: Path):
        self.far, self.photos, self.job, self.out = (folder / name for name in ("far", "photos", "job", "result"))
        for made in (self.far, self.photos, self.job):
            made.mkdir()
        self.command = shlex.join(["env", f"TMPDIR={self.far}", sys.executable, str(REMOTE)])
        self.sources: list[BackendSource] = []

    def fit(self, act: str, **changes) -> FitRequest:
        return FitRequest(**{"capture": str(self.photos), "out": str(self.out), "head_model": act, **changes})

    def start(self, request: protocol.Request, command: str = "") -> BackendSource:
        """As a job does it."""
        backend = remote_link.Remote(command or self.command)
        self.sources.append(BackendSource(backend, request, self.job, None))
        return self.sources[-1]

    def events(self, request: protocol.Request, command: str = "") -> list:
        return self.to_the_end(self.start(request, command))

    @staticmethod
    def to_the_end(source: BackendSource) -> list:
        said = [source.items.get(timeout=PATIENCE)]
        while not isinstance(said[-1], protocol.FINAL):
            said.append(source.items.get(timeout=PATIENCE))
        return said

    def far_pids(self, place: str = "in/0000/photos") -> list[int]:
        assert eventually(lambda: list(self.far.glob(f"{remote.FOLDER}*/{place}/worker.pid")))
        return noted_pids(next(self.far.glob(f"{remote.FOLDER}*/{place}")))

    def nothing_is_left(self, pids=()) -> bool:
        """No process and no folder over there, and here nothing that is not whole."""
        return all_end(pids) and eventually(
            lambda: (
                not list(self.far.iterdir())
                and not [
                    path for path in self.out.parent.rglob("*") if ".partial" in path.name or "arriving" in path.name
                ]
            )
        )


@pytest.fixture
def near(tmp_path):
    near = Near(tmp_path)
    yield near
    for source in near.sources:
        source.close()


@pytest.fixture
def pictures(near) -> list[Path]:
    """Two photos."""
    return [subjects.view(near.photos, name).source for name in ("a", "b")]


@pytest.fixture
def result(near, pictures) -> Path:
    """A whole result here, whose photos lie outside of it."""
    made = subjects.result(near.photos, report={"settings": near.fit("ict").to_json()})
    return write_result(near.photos.parent / "earlier", made)


def test_a_fit_there_gives_a_result_here_with_the_photos_of_here(near, pictures):
    said = near.events(near.fit("photographed"))
    assert said[-1] == protocol.Result(str(near.out)) and protocol.Accepted(str(near.job)) in said
    stored = read_result(near.out)
    assert [camera.image for camera in stored.cameras] == [photo.resolve() for photo in pictures]
    assert stored.report["settings"]["capture"] == str(near.photos)
    assert stored.report["settings"]["out"] == str(near.out)
    frames = json.loads((near.out / "transforms.json").read_text())["frames"]
    assert [frame["file_path"] for frame in frames] == ["../photos/a.png", "../photos/b.png"]
    assert protocol.Warning(f"{pictures[0]} is dark.") in said
    assert near.nothing_is_left()
    told = [json.loads(line)["kind"] for line in (near.job / "events.jsonl").read_text().splitlines()]
    assert told[-1] == "result" and "file" not in told


def test_the_photos_of_a_transforms_json_may_lie_anywhere(near, pictures, tmp_path):
    (elsewhere := tmp_path / "elsewhere" / "deep").mkdir(parents=True)
    shutil.move(pictures[1], elsewhere / "c.png")
    frames = [{"file_path": str(pictures[0])}, {"file_path": "../elsewhere/deep/c"}]  # without its ending
    (near.job / "transforms.json").write_text(json.dumps({"frames": frames}))
    near.events(near.fit("photographed", capture=str(near.job / "transforms.json")))
    assert [camera.image.name for camera in read_result(near.out).cameras] == ["a.png", "c.png"]


def test_previews_and_surfaces_arrive_in_the_jobs_folder(near):
    (near.photos / "a.png").write_bytes(b"")
    source = near.start(near.fit("steps"))
    seen, meshes = [], 0
    while len(seen) < 2 or not meshes:
        event = source.items.get(timeout=PATIENCE)
        assert not isinstance(event, protocol.FINAL), event
        meshes += type(event).__name__ == "InterimSurface"
        if isinstance(event, protocol.Preview):
            seen.append(Path(event.path))
            assert seen[-1].parent == near.job and seen[-1].read_bytes().startswith(b"\x89PNG")
    source.send(protocol.Finish())
    assert isinstance(near.to_the_end(source)[-1], protocol.Result)
    assert (near.out / "head.glb").read_text() == "half"
    assert eventually(lambda: not list(near.job.glob("interim-*")))


def test_cancel_ends_the_job_over_there(near, pictures):
    source = near.start(near.fit("hang"))
    pids = near.far_pids()
    source.send(protocol.Cancel())
    assert near.to_the_end(source)[-1] == protocol.Cancelled()
    assert near.nothing_is_left(pids) and not near.out.exists()


def test_cancel_while_photos_are_sent(near):
    """A line that takes nothing: the other side sleeps."""
    (near.photos / "a.png").write_bytes(os.urandom(5_000_000))
    source = near.start(near.fit("hang"), f"{sys.executable} -c 'import time; time.sleep(600)'")
    assert "Sending the photos" in source.items.get(timeout=PATIENCE).name
    source.send(protocol.Cancel())
    source.kill()  # as a job does that has waited for an answer
    assert near.to_the_end(source)[-1] == protocol.Cancelled()


def test_cancel_between_two_pieces_sends_no_order(near, monkeypatch):
    """The command is taken back before the photos are there: the job over there never begins."""
    (near.photos / "a.png").write_bytes(os.urandom(2_000_000))
    gate, write = threading.Event(), remote_link.RemoteLink._write

    def waiting(link, command):
        write(link, command)
        gate.wait(PATIENCE)

    monkeypatch.setattr(remote_link.RemoteLink, "_write", waiting)
    source = near.start(near.fit("finish"))
    source.send(protocol.Cancel())
    gate.set()
    assert near.to_the_end(source)[-1] == protocol.Cancelled()
    assert near.nothing_is_left() and not near.out.exists()


def test_a_crash_over_there_is_told_and_its_log_comes_along(near, pictures):
    final = near.events(near.fit("crash"))[-1]
    assert isinstance(final, protocol.Failed) and "the last words" in final.details
    assert str(near.job / "log.txt") in final.message and "the last words" in (near.job / "log.txt").read_text()
    assert near.nothing_is_left() and not near.out.exists()


def test_a_killed_line_ends_everything(near, pictures):
    source = near.start(near.fit("hang"))
    pids = near.far_pids()
    source.close()
    assert near.nothing_is_left(pids) and not near.out.exists()


def test_a_line_that_breaks_in_the_middle_of_a_result_leaves_no_half(near, pictures, tmp_path):
    """The other side says a part of a file of the result, and dies."""
    piece = protocol.File("out/result/head.glb", base64.b64encode(b"half").decode(), last=False)
    lines = protocol.to_line(protocol.Accepted("/far/job")) + protocol.to_line(piece)
    (said := tmp_path / "said.jsonl").write_text(lines)
    final = near.events(near.fit("ict"), f"sh -c 'head -n 3 > /dev/null; cat {shlex.quote(str(said))}'")[-1]
    assert isinstance(final, protocol.Failed) and remote_link.ADVICE in final.message
    assert near.nothing_is_left() and not near.out.exists()


@pytest.mark.parametrize(
    "path", ["../../escaped", "/tmp/escaped", "out/result/../../escaped", "other/escaped", "in/escaped"]
)
def test_the_other_side_can_write_nothing_but_the_job_and_its_result(near, pictures, tmp_path, path):
    lines = protocol.to_line(protocol.Accepted("/far/job")) + protocol.to_line(protocol.File(path, "eA==", True))
    (said := tmp_path / "said.jsonl").write_text(lines)
    final = near.events(near.fit("ict"), f"sh -c 'head -n 3 > /dev/null; cat {shlex.quote(str(said))}'")[-1]
    assert isinstance(final, protocol.Failed) and "escaped" in final.message
    assert not [found for found in tmp_path.rglob("escaped")] and not Path("/tmp/escaped").exists()


def test_a_greeting_of_a_shell_is_no_event(near, pictures):
    command = f"sh -c 'echo Welcome to gpu-box; exec {near.command}'"
    assert isinstance(near.events(near.fit("photographed"), command)[-1], protocol.Result)


def test_a_command_that_does_not_exist_or_fails_says_so(near, pictures):
    with pytest.raises(OSError, match="no-such-command"):
        near.start(near.fit("ict"), "no-such-command serve")
    final = near.events(near.fit("ict"), "sh -c 'echo no route to host >&2; exit 255'")[-1]
    assert "no route to host" in final.message and remote_link.ADVICE in final.message


def test_what_is_missing_or_in_the_way_is_told_before_anything_is_sent(near, pictures):
    assert "is not there" in near.events(near.fit("ict", capture=str(near.photos / "gone.png")))[-1].message
    near.out.mkdir()
    (near.out / "mine.txt").write_text("")
    final = near.events(near.fit("ict"))[-1]
    assert final.user_error and "is not a Likeness result" in final.message


def test_a_refit_in_place_replaces_the_result_and_keeps_its_photos(near, result, pictures):
    before = read_result(result)
    (result / "mine.blend").write_text("an artist's")
    said = near.events(RefitRequest(str(result), ("a",)))
    assert said[-1] == protocol.Result(str(result))
    after = read_result(result)
    assert [camera.image for camera in after.cameras] == [camera.image for camera in before.cameras]
    assert after.report == before.report and (result / "mine.blend").read_text() == "an artist's"
    assert near.nothing_is_left()


def test_a_refit_to_another_folder_leaves_the_result_alone(near, result):
    before = {path: path.read_bytes() for path in result.rglob("*") if path.is_file()}
    said = near.events(RefitRequest(str(result), ("a",), str(near.out)))
    assert said[-1] == protocol.Result(str(near.out)) and len(read_result(near.out).cameras) == 2
    assert {path: path.read_bytes() for path in result.rglob("*") if path.is_file()} == before


def test_a_refit_of_photos_that_the_result_keeps_itself(near, result, pictures):
    """Photos in the result's own folder come along with it, and come back."""
    (result / "photos").mkdir()
    document = json.loads((result / "transforms.json").read_text())
    for frame, photo in zip(document["frames"], pictures, strict=True):
        shutil.move(photo, result / "photos" / photo.name)
        frame["file_path"] = f"photos/{photo.name}"
        del frame["source"]
    (result / "transforms.json").write_text(json.dumps(document))
    near.events(RefitRequest(str(result), ("a",)))
    images = [camera.image for camera in read_result(result).cameras]
    assert images == [result / "photos" / photo.name for photo in pictures]


@pytest.mark.parametrize("name", ["turn.mp4", "pictures"])
def test_novel_views_come_as_a_video_or_as_a_folder(near, result, name):
    out = near.out.with_name(name)
    assert near.events(RenderRequest(str(result), str(out), turntable=3))[-1] == protocol.Result(str(out))
    assert (out if out.is_file() else out / "000.png").read_text() == "3 None auto"
    assert near.nothing_is_left()


def test_pictures_do_not_replace_what_no_render_has_made(near, result):
    near.out.mkdir()
    (near.out / "mine.png").write_bytes(b"a picture")
    final = near.events(RenderRequest(str(result), str(near.out), turntable=3))[-1]
    assert "already holds other files" in final.message


def test_a_film_becomes_an_animation(near, result, pictures):
    (film := near.photos.parent / "film.mov").write_bytes(b"a film")
    final = near.events(AnimateRequest(str(result), str(film), str(near.out.with_suffix(".csv"))))[-1]
    assert isinstance(final, protocol.Failed)  # the acted one wants a folder
    final = near.events(AnimateRequest(str(result), str(near.photos), str(near.out.with_suffix(".csv"))))[-1]
    assert "no face in the film" in final.message and near.nothing_is_left()


def test_only_the_photos_that_are_wanted_are_sent(near, pictures):
    parcel = remote_link.pack(near.fit("ict", views=("b",)), near.job)
    assert list(parcel.files) == ["in/0000/photos/b.png"]
    frames = [{"file_path": photo.name, "name": photo.stem} for photo in pictures]
    (near.photos / "transforms.json").write_text(json.dumps({"frames": frames}))
    parcel = remote_link.pack(near.fit("ict", views=("b",)), near.job)
    assert [name.rpartition("/")[2] for name in parcel.files] == ["transforms.json", "b.png"]


def test_a_head_model_of_the_artists_own_comes_along(near, pictures, tmp_path):
    (model := tmp_path / "head model.npz").write_bytes(b"a head")
    parcel = remote_link.pack(near.fit(str(model)), near.job)
    assert parcel.files[parcel.request.head_model] == model
    order = protocol.Fit(parcel.request, "job")
    assert Path(remote.placed(order, tmp_path).request.head_model) == tmp_path / parcel.request.head_model
    assert remote.placed(dataclasses.replace(order, request=near.fit("ict", capture="c", out="o")), tmp_path)
