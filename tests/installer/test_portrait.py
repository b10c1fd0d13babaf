"""`install.py demo --portrait`: where the photo comes from, and what is told where it cannot be had. No network."""

import pytest

from installer import SetupError, commands, demo, environment, portrait, requirements
from tests.installer.stand_ins import is_one_sentence, script


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An environment that holds the package's photo once it has been installed; it notes what pip was asked for."""
    packages = tmp_path / ".venv" / "lib" / "python3.11" / "site-packages"
    packages.mkdir(parents=True)
    asked = []

    def install(arguments, *others):
        asked.append(arguments)
        photo = packages / portrait.PHOTO
        photo.parent.mkdir(parents=True, exist_ok=True)
        photo.write_bytes(b"a photo")

    monkeypatch.setattr(environment.pip, "install", install)
    monkeypatch.setattr(environment, "works", lambda python: True)
    requirements.update_stamp({"pip": requirements.PIP}, tmp_path / ".venv")
    return tmp_path / ".venv", asked


def test_the_photo_is_taken_from_the_package_without_its_dependencies(home):
    folder, asked = home
    assert portrait.fetch(folder).read_bytes() == b"a photo"
    (arguments,) = asked
    assert "--no-deps" in arguments and arguments[:2] == ["-r", str(requirements.REQUIREMENTS / "portrait.txt")]
    assert "portrait" in requirements.read_stamp(folder)
    assert portrait.fetch(folder).is_file() and len(asked) == 1  # not downloaded twice


@pytest.mark.parametrize("reason", [
    "The packages cannot be downloaded: check that this computer is online, then run this again.",
    "There is no scikit-image==0.26.0 for this computer and this Python: use Python 3.11 on 64-bit Linux or Windows, or"
    " on a Mac with an Apple chip.",
])  # fmt: skip
def test_without_a_download_a_photo_of_ones_own_is_asked_for(home, monkeypatch, reason):
    def fail(*arguments):
        raise SetupError(reason)

    monkeypatch.setattr(environment.pip, "install", fail)
    with pytest.raises(SetupError, match="demo PHOTO") as error:
        portrait.fetch(home[0])
    assert is_one_sentence(str(error.value)) and reason[:-1] in str(error.value)
    assert "portrait" not in requirements.read_stamp(home[0])  # the next run tries again


def test_a_package_without_the_photo_is_told(home, monkeypatch):
    monkeypatch.setattr(environment.pip, "install", lambda *arguments: None)
    with pytest.raises(SetupError, match="demo PHOTO"):
        portrait.fetch(home[0])


def test_the_usual_setup_does_not_download_it():
    assert portrait.PORTRAIT in requirements.GROUPS and portrait.PORTRAIT is not requirements.BACKEND
    usual = (*requirements.BACKEND.files, *requirements.BACKEND.without_dependencies)
    pins = [pin for name in usual for pin in requirements.pins(requirements.REQUIREMENTS / name)]
    assert not any("scikit-image" in pin for pin in pins)


@pytest.fixture
def fits(tmp_path, monkeypatch):
    """What would be fitted, and with which options."""
    seen = []
    monkeypatch.setattr(demo, "set_up", lambda *groups: False)
    monkeypatch.setattr(demo, "fit", lambda capture, out, options: seen.append((capture, options)) or 2)
    monkeypatch.setattr(demo.portrait, "fetch", lambda: tmp_path / "astronaut.png")
    return seen


@pytest.mark.parametrize("arguments", [
    ["--portrait"], ["--portrait", "--head-model", "ict"], ["--seed", "3", "--portrait", "--preset", "high"],
])  # fmt: skip
def test_the_demo_fits_the_portrait_with_the_fits_own_options(fits, tmp_path, capsys, arguments):
    assert commands.main(["demo", *arguments]) == 2
    ((capture, options),) = fits
    assert capture == tmp_path / "astronaut.png" and "public domain" in capsys.readouterr().out
    assert options[:2] == ["--preset", "high" if "high" in arguments else "standard"]
    assert options[2:] == [f"{a}={b}" for a, b in (("--head-model", "ict"), ("--seed", "3")) if a in arguments]


@pytest.mark.parametrize("before", [[], ["--seed", "3"], ["--out", "o"], ["--seed=3"]])
def test_the_demo_takes_a_single_photo_wherever_it_stands(fits, tmp_path, before):
    photo = script(tmp_path / "me.jpg")
    assert commands.main(["demo", *before, str(photo), "--face", "1"]) == 2
    ((capture, options),) = fits
    assert capture == photo and options[-1] == "--face=1"


def test_a_value_of_an_option_is_not_taken_for_the_photos(fits):
    commands.main(["demo", "--head-model", "builtin"])
    ((capture, options),) = fits
    assert capture == demo.DEMO_CAPTURE and options[-1] == "--head-model=builtin"
    assert commands.with_values(["test", "--lf", "tests"]) == ["test", "--lf", "tests"]


def test_photo_and_portrait_exclude_each_other(fits, capsys):
    with pytest.raises(SystemExit):
        commands.main(["demo", "me.jpg", "--portrait"])
    assert "not allowed with" in capsys.readouterr().err
