import json
import subprocess
import sys
from pathlib import Path

import numpy as np

from backend.asset.report import build_report, versions

ROOT = Path(__file__).parents[2]


def test_a_report_is_plain_json_with_a_total():
    report = build_report({"seed": 3, "preset": "preview"}, {"fit": 1.0, "bake": 2.5}, {"iou": 0.9}, ["blurred"], "cpu")
    assert json.loads(json.dumps(report)) == report
    assert report["seconds"]["total"] == 3.5 and report["seed"] == 3 and report["warnings"] == ["blurred"]
    assert report["versions"]["numpy"] == np.__version__


def test_versions_name_only_what_is_installed():
    assert all(versions().values())


def test_peak_memory_is_not_that_of_the_process_that_started_us():
    held = np.ones(2**25)  # 256 MiB
    code = "from backend.asset.report import peak_memory_mb; print(peak_memory_mb())"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert 5 < float(done.stdout) < 150
    assert held[-1] == 1


def test_peak_memory_grows_with_what_is_held_and_does_not_shrink():
    code = """
from backend.asset.report import peak_memory_mb
import numpy as np
before = peak_memory_mb()
held = np.ones(2**23)  # 64 MiB
during = peak_memory_mb()
del held
print(during - before, peak_memory_mb() - during)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    grown, kept = map(float, done.stdout.split())
    assert grown > 50 and kept > -4  # the system counts in batches of pages
