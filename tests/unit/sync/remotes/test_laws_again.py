"""The laws of mapping over 10,000 values a pair: a hundred times a hundred, each time drawn anew."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.sync.stories import EXAMPLES

ROOT = Path(__file__).parents[4]
VALUES = 10_000
LAWS = (
    "tests/unit/sync/remotes/test_mapping_laws.py",
    "tests/unit/sync/remotes/test_hms_medicines.py",
    "tests/unit/sync/test_remotes_arocord_mapping.py",
    "tests/unit/sync/test_remotes_hms_mapping.py",
)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(VALUES // EXAMPLES))
def test_the_laws_hold_for_other_values(seed: int) -> None:
    """In a process of its own: what was drawn before is let go, and no value is drawn from what is remembered."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--hypothesis-seed={seed}", *LAWS],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:]
