"""A patient's whole visit through the real window, as the tour walks it; and nothing of it in clear on the disk."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from clinic_desktop.gui.tour.visit import drawn
from tests.leaks import scan

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tour walked in a process of its own."""
    out = tmp_path_factory.mktemp("tour") / "out"
    done = subprocess.run(
        [sys.executable, "-m", "clinic_desktop", "tour", "--out", str(out), "--seed", "11"],
        cwd=ROOT,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
        timeout=1_500,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return out


def test_a_visit_from_the_first_run_to_the_day_end_and_a_kill_in_the_middle_of_a_note(walked: Path) -> None:
    told = json.loads((walked / "tour.json").read_text(encoding="utf-8"))
    assert told["ok"] is True
    names = [step["name"] for step in told["steps"]]
    assert names[0] == "first run"
    assert names[-1] == "killed in the middle of a note"
    roles = {step["role"] for step in told["steps"]}
    assert roles == {"administrator", "front_desk", "nurse", "doctor", "laboratory", "pharmacist", "cashier"}
    assert all(step["checks"] and not step["error"] for step in told["steps"])
    for step in told["steps"]:
        assert all((walked / name).stat().st_size > 5_000 for name in step["picture"])
        assert all((walked / name).read_bytes().startswith(b"%PDF") for name in step["pdf"])


def test_the_counted_budgets_hold(walked: Path) -> None:
    told = json.loads((walked / "tour.json").read_text(encoding="utf-8"))
    keys = {step["name"]: step["keys"] for step in told["steps"]}
    assert keys["part payment"] <= 5


def test_nothing_of_the_visit_lies_in_clear_in_the_profile(walked: Path) -> None:
    visit = drawn(11)
    assert scan([walked / "profile"], [word for word in visit.planted if len(word) >= 6]) == []


def test_the_scanner_would_find_what_was_written_in_clear(walked: Path, tmp_path: Path) -> None:
    (tmp_path / "leak.log").write_text(f"saved {drawn(11).note}", encoding="utf-16-le")
    assert scan([tmp_path], list(drawn(11).planted))
