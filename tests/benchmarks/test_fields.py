import sys
from pathlib import Path

import pytest

from benchmarks import fields


def test_options_after_two_dashes_go_to_the_fit():
    options = fields.parse(["shot", "--parts", "capture", "--representations", "sdf,hash", "--", "--device", "cuda"])
    assert options.parts == ["capture"] and options.representations == ["sdf", "hash"]
    assert options.capture == Path("shot") and options.fit_options == ["--device", "cuda"]
    assert fields.parse(["shot"]).parts == ["peer", "capture"] and fields.parse(["shot"]).fit_options == []


@pytest.mark.parametrize("option", ["--parts", "--representations"])
def test_unknown_names_are_refused(option, capsys):
    with pytest.raises(SystemExit):
        fields.parse(["shot", option, "peer,weather"])
    assert "choose of" in capsys.readouterr().err


def test_the_bust_is_photographed_once(tmp_path, monkeypatch):
    """A generator that only says what it was asked for, and writes the last file."""
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "make_capture.py").write_text(
        "import pathlib, sys\nout = pathlib.Path(sys.argv[-1])\n(out / 'test_masks').mkdir(parents=True)\n"
        "(out / 'test_masks' / '009.png').touch()\n(out / 'asked').write_text(' '.join(sys.argv[1:-1]))\n"
    )
    monkeypatch.setattr(fields, "ROOT", tmp_path)
    assert fields.bust(tmp_path / "cache") == tmp_path / "cache"
    asked = (tmp_path / "cache" / "asked").read_text()
    assert asked == "--views 100 --test-views 10 --size 100 --samples 64 --out"
    monkeypatch.setattr(fields, "sys", None)  # whoever starts a process now fails
    assert fields.bust(tmp_path / "cache").is_dir() and sys is not None
