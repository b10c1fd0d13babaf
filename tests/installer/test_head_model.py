"""`install.py head-model`: what is fetched, what is taken, what is told. Nothing here touches the network."""

import io
import json
import urllib.error
from email.message import Message

import pytest

from installer import SetupError, commands, doctor, head_model
from installer.status import Status
from tests.installer.stand_ins import is_one_sentence, posix_only, script

TOLD = {"file": "/m/ict.npz", "bytes": 9_100_000, "license": "MIT, somebody", "identities": 100, "expressions": 55}


class Answer(io.BytesIO):
    """What a server would answer."""

    def __init__(self, content: bytes, length: int | None = None, url: str = "https://host/archive.tar.gz"):
        super().__init__(content)
        self.url, self.headers = url, Message()
        if length is not None:
            self.headers["Content-Length"] = str(length)


@pytest.fixture
def fetch(tmp_path):
    def run(opened):
        return head_model.fetch("ict", tmp_path / "ict.tar.gz", Status(io.StringIO()), opened)

    return run


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A backend that notes how it was called, and no models."""
    monkeypatch.setenv("LIKENESS_HEAD_MODELS", str(tmp_path / "models"))
    python = script(tmp_path / "python", f'echo "$@" >> {tmp_path}/calls', f"echo '{json.dumps(TOLD)}'")
    monkeypatch.setattr(head_model, "environment_python", lambda: python)

    def no_network(*arguments, **options):
        raise AssertionError("the network was asked")

    monkeypatch.setattr(head_model, "fetch", no_network)
    return tmp_path


@pytest.mark.parametrize("announced", [True, False])
def test_a_download_is_kept_byte_by_byte(fetch, announced):
    content = bytes(range(256)) * 3000
    path = fetch(lambda address, timeout: Answer(content, len(content) if announced else None))
    assert path.read_bytes() == content


def failing(error: Exception):
    def opened(address, timeout):
        raise error

    return opened


@pytest.mark.parametrize("opened", [
    failing(urllib.error.URLError("no route")),
    failing(urllib.error.HTTPError("https://host", 404, "Not Found", Message(), io.BytesIO())),
    failing(TimeoutError("timed out")),
    failing(ConnectionResetError("reset")),
    lambda address, timeout: Answer(b"half", 8),
    lambda address, timeout: Answer(b"", head_model.LARGEST + 1),
    lambda address, timeout: Answer(b"data", url="http://host/archive.tar.gz"),
    lambda address, timeout: Answer(b"much", head_model.LARGEST + 1),
])  # fmt: skip
def test_a_download_that_fails_is_told_in_one_sentence_with_the_way_out(fetch, opened):
    with pytest.raises(SetupError) as error:
        fetch(opened)
    said = str(error.value)
    assert is_one_sentence(said)
    assert "--from ARCHIVE" in said and head_model.ADDRESSES["ict"] in said


def test_an_endless_download_is_ended(fetch, monkeypatch):
    monkeypatch.setattr(head_model, "LARGEST", 2 * head_model.CHUNK)
    with pytest.raises(SetupError, match="too large"):
        fetch(lambda address, timeout: Answer(bytes(4 * head_model.CHUNK)))


@posix_only
def test_a_kit_is_handed_to_the_backend_and_the_result_is_told(machine, capsys):
    (machine / "kit.tar.xz").write_bytes(b"kit")
    assert commands.main(["head-model", "ict", "--from", str(machine / "kit.tar.xz")]) == 0
    assert (machine / "calls").read_text().split() == ["-m", "backend.head.install", "ict", f"{machine}/kit.tar.xz"]
    said = capsys.readouterr().out
    assert "/m/ict.npz (9 MB)" in said and "100 identities, 55 expressions" in said and "MIT, somebody" in said


@posix_only
def test_what_is_installed_is_not_fetched_again(machine, capsys):
    (machine / "models").mkdir()
    (machine / "models" / "ict.npz").write_bytes(b"model")
    assert commands.main(["head-model", "ict"]) == 0
    assert (machine / "calls").read_text().split() == ["-m", "backend.head.install", "ict"]
    assert "9 MB" in capsys.readouterr().out


@posix_only
def test_what_is_installed_but_damaged_is_fetched_again(machine, monkeypatch):
    (machine / "models").mkdir()
    (machine / "models" / "ict.npz").write_bytes(b"model")
    script(machine / "python", "[ $# = 4 ] || { echo damaged >&2; exit 2; }", f"echo '{json.dumps(TOLD)}'")
    fetched = []
    monkeypatch.setattr(head_model, "fetch", lambda name, target, status: fetched.append(name) or target)
    assert commands.main(["head-model", "ict"]) == 0 and fetched == ["ict"]


@posix_only
def test_the_reason_of_a_refusal_is_handed_on(machine, capsys):
    script(machine / "python", "echo 'There is no ICT-FaceKit in it.' >&2", "exit 2")
    assert commands.main(["head-model", "ict", "--from", str(machine)]) == 1
    assert capsys.readouterr().err == "install.py: There is no ICT-FaceKit in it.\n"
    script(machine / "python", "echo 'ImportError: numpy' >&2", "exit 1")
    assert commands.main(["head-model", "ict", "--from", str(machine)]) == 1
    assert "ImportError: numpy" in capsys.readouterr().err


@posix_only
def test_a_wrong_name_and_a_missing_environment_are_told(machine, monkeypatch, capsys):
    assert commands.main(["head-model", "ict", "--from", str(machine / "none.zip")]) == 1
    assert "none.zip" in capsys.readouterr().err
    monkeypatch.setattr(head_model, "environment_python", lambda: machine / "nothing")
    assert commands.main(["head-model", "ict"]) == 1
    assert "run `python install.py` first" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["head-model"], ["head-model", "smpl"], ["head-model", "ict", "--form", "x"]])
def test_other_models_are_not_offered(arguments, capsys):
    with pytest.raises(SystemExit) as end:
        commands.main(arguments)
    assert end.value.code == 2 and "error" in capsys.readouterr().err


def test_doctor_lists_head_models(tmp_path, monkeypatch):
    monkeypatch.setenv("LIKENESS_HEAD_MODELS", str(tmp_path))
    finding = doctor.examine_head_models()
    assert "not installed" in finding.state and "head-model ict" in finding.remedy and not finding.needed
    (tmp_path / "ict.npz").write_bytes(b"model")
    finding = doctor.examine_head_models()
    assert str(tmp_path / "ict.npz") in finding.state and not finding.remedy
