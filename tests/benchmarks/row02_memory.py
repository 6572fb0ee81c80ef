"""Row 2: what is loaded at the first paint, and what the window weighs with 100,000 patients open."""

from tests.benchmarks import clinics
from tests.benchmarks.figures import Row
from tests.benchmarks.processes import driven
from tests.benchmarks.workplace import screens


def rows(*, full: bool) -> list[Row]:
    """Start the program, sign in, search, open charts."""
    with driven(clinics.profile(1_000_000 if full else 100_000), "work", screens()) as process:
        painted = process.until("painted")
        ready = process.until("ready")
        worked = process.until("worked")
    heavy = painted.facts["heavy"]
    said = ", ".join(heavy)
    return [
        Row(2, "modules of database, PDF or network at the first paint", len(heavy), limit=0, unit="", note=said),
        Row(2, "memory at the first paint", painted.facts["resident"], unit="MB"),
        Row(2, "memory, signed in, everything imported", ready.facts["resident"], unit="MB"),
        Row(2, "memory after searches and charts opened", worked.facts["resident"], limit=150, unit="MB"),
    ]  # fmt: skip
