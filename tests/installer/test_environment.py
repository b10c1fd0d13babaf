"""What can go wrong while the environment is made, told in one sentence; and what is shown when all goes well."""

import shutil
import sys
from pathlib import Path

import pytest

from installer import SetupError, environment, pip
from installer.status import Status, bar
from tests.installer.stand_ins import is_one_sentence


@pytest.mark.parametrize(("output", "expected"), [
    ("WARNING: Retrying, broken by 'NewConnectionError(...)'\nERROR: No matching distribution found for pip", "online"),
    ("socket.gaierror: [Errno -3] Temporary failure in name resolution", "online"),
    ("ReadTimeoutError: HTTPSConnectionPool(host='x', port=443): Read timed out.", "online"),
    ("ProxyError('Cannot connect to proxy.', NewConnectionError(...))", "HTTPS_PROXY"),
    ("SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] ...'))", "PIP_CERT"),
    ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "disk is full"),
    ("ERROR: No matching distribution found for torch==2.13.0", "torch==2.13.0"),
    ("ERROR: [WinError 5] Access is denied: 'C:\\\\x'", "Blender"),
    ("ERROR: something quite new", "something quite new"),
    ("", "pip.log"),
])  # fmt: skip
def test_what_stopped_pip_is_told_in_one_sentence(output, expected):
    said = pip.explain(output, Path("/likeness/.venv"), 9, Path("/likeness/.venv/pip.log"))
    assert is_one_sentence(said) and expected in said


def test_a_full_disk_is_noticed_before_anything_is_written(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10**10, 10**10 - 10**8, 10**8))
    with pytest.raises(SetupError, match=r"0\.1 GB free") as error:
        environment.create(tmp_path / ".venv", Status(sys.stderr))
    assert is_one_sentence(str(error.value)) and not (tmp_path / ".venv").exists()


def test_a_python_without_venv_is_noticed(tmp_path, monkeypatch):
    monkeypatch.setattr(environment.importlib.util, "find_spec", lambda name: None if name == "ensurepip" else name)
    with pytest.raises(SetupError, match=r"sudo apt install python3\.\d+-venv") as error:
        environment.check_machine(tmp_path / ".venv")
    assert is_one_sentence(str(error.value))


def test_pip_output_becomes_steps(capsys):
    status = Status()
    lines = [
        "Collecting torch==2.13.0", "  Downloading torch-2.13.0-cp311-none-any.whl.metadata (28 kB)",
        "Downloading torch-2.13.0-cp311-none-any.whl (190.5 MB)", "Progress 95000000 of 190000000",
        "Processing /opt/wheels/numpy-1.26.4-cp311.whl", "Installing collected packages: torch, numpy",
    ]  # fmt: skip
    assert [pip.show(line + "\n", status) for line in lines] == [False, False, False, True, False, False]
    assert capsys.readouterr().out.splitlines() == [
        "Downloading torch-2.13.0",
        "Taking numpy-1.26.4",
        "Unpacking 2 packages",
    ]
    assert bar(95e6, 190e6) == "[############............] 95 of 190 MB"
