"""Runs pip in the environment: its output becomes a status line, its failures one sentence."""

import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

from . import SetupError
from .places import child_variables, environment_python
from .status import Status

# What pip says -> what the user is told. The first that fits counts; {} is what the pattern's group caught.
EXPLANATIONS = (
    (r"No space left on device|Errno 28\b|WinError 112\b",
     "The disk is full: free about {need} GB (some of it where temporary files go), then run this again."),
    (r"Cannot connect to proxy|ProxyError|407 Proxy Authentication",
     "The proxy refused the connection: check the HTTPS_PROXY variable, then run this again."),
    (r"CERTIFICATE_VERIFY_FAILED|SSLCertVerificationError",
     "The network's certificate is not trusted, as happens behind a company's firewall: let PIP_CERT name its"
     " certificate file, then run this again."),
    (r"NewConnectionError|NameResolutionError|Failed to establish a new connection|name resolution|getaddrinfo failed"
     r"|ConnectTimeoutError|ReadTimeoutError|Read timed out|Connection (?:reset|refused|aborted)|RemoteDisconnected"
     r"|IncompleteRead|IncompleteDownload|Network is unreachable|incomplete-download",
     "The packages cannot be downloaded: check that this computer is online, then run this again."),
    (r"No matching distribution found for ([^\s(]+)",
     "There is no {} for this computer and this Python: use Python 3.11 on 64-bit Linux or Windows, or on a Mac with an"
     " Apple chip."),
    (r"Permission denied|WinError 5\b|WinError 32\b",
     "Files of the environment cannot be written: end the programs that use {folder} (Blender too), see that the folder"
     " is yours, then run this again."),
)  # fmt: skip


def install(arguments: Sequence[str], environment: Path, status: Status, need: int) -> None:
    """`pip install ARGUMENTS`; SetupError says why it failed. need: gigabytes that the whole setup takes."""
    log = environment / "pip.log"
    command = [
        str(environment_python(environment)), "-m", "pip", "install", *arguments,
        "--no-input", "--disable-pip-version-check", "--no-warn-script-location", "--log", str(log),
    ]  # fmt: skip
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=child_variables(),
        text=True, encoding="utf-8", errors="replace",
    ) as process:  # fmt: skip
        said = []
        for line in process.stdout:
            if not show(line, status):
                said.append(line)
    if process.returncode != 0:
        raise SetupError(explain("".join(said), environment, need, log))


def show(line: str, status: Status) -> bool:
    """Put a line of pip's output on the status line; True for a mere progress count."""
    if count := re.match(r"Progress (\d+) of (\d+)", line):
        status.progress(int(count[1]), int(count[2]))
        return True
    if begun := re.match(
        r"\s*(Downloading|Using cached|Processing) (\S+?)(?:\.metadata)?(?: \((.+)\))?$", line.rstrip()
    ):
        name = "-".join(re.split(r"[/\\]", begun[2])[-1].split("-")[:2])
        if not line.rstrip().endswith(".metadata") and ".metadata " not in line:
            status.step(f"{'Downloading' if begun[1] == 'Downloading' else 'Taking'} {name}")
            status.detail(begun[3] if begun[3] and begun[3][0].isdigit() else "")
    elif line.startswith("Installing collected packages"):
        count = line.count(",") + 1
        status.step(f"Unpacking {count} package{'s' if count > 1 else ''}")
    return False


def explain(output: str, environment: Path, need: int, log: Path) -> str:
    """The sentence for what made pip fail."""
    for pattern, sentence in EXPLANATIONS:
        if found := re.search(pattern, output):
            return sentence.format(*found.groups(), need=need, folder=environment)
    errors = [line for line in output.splitlines() if line.startswith("ERROR:")] or output.splitlines()[-1:]
    last = errors[-1].removeprefix("ERROR:").strip() if errors else "it said nothing"
    return (
        f"pip failed ({last}): {log} holds the details, and removing {environment} and running this again may mend it."
    )
