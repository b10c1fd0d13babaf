"""A backend on "another machine", acted: what a test starts in place of `ssh host …`.

It acts as fake_backend.py, and knows one act more, `photographed`: a true small result with the photos of the capture,
which it also complains of.
"""

import dataclasses
import json
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from backend import protocol  # noqa: E402 - the rest where it is needed: three processes start for each test


def act(request: protocol.Request, emit, previews: Path | None = None) -> Path:
    """As fake_backend.act."""
    import fake_backend

    if getattr(request, "head_model", "") == "photographed":
        return photographed(request, emit)
    return fake_backend.act(request, emit, previews)


def photographed(request: protocol.FitRequest, emit) -> Path:
    """A ball that the photos show."""
    from backend.asset.writer import write_result
    from tests.asset import subjects

    capture = Path(request.capture)
    if capture.is_file():
        frames = json.loads(capture.read_text())["frames"]
        photos = [capture.parent / frame["file_path"] for frame in frames]
    else:
        photos = sorted(capture.glob("*.png"))
    emit(protocol.Warning(f"{photos[0]} is dark."))
    with tempfile.TemporaryDirectory() as folder:
        made = subjects.result(Path(folder), report={"settings": request.to_json()})
    views = [
        dataclasses.replace(view, source=photo, name=photo.stem)
        for view, photo in zip(made.capture.views, photos, strict=True)
    ]
    shown = dataclasses.replace(made.capture, views=tuple(views))
    return write_result(Path(request.out), dataclasses.replace(made, capture=shown))


if __name__ == "__main__":
    if sys.argv[1:2] == ["job"]:
        from backend import job

        sys.exit(job.main(sys.argv[2], act))
    if sys.argv[1:2] == ["serve"]:
        from backend import serve

        sys.exit(serve.main([sys.executable, __file__, "job"]))
    from backend import remote

    remote.main([sys.executable, __file__, "serve"])
