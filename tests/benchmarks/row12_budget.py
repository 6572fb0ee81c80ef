"""Row 12: how much of the documented limit is used while there is a backlog, over simulated time, and never more.

The shipped engine and the shipped remote of the system with the tightest limit (ten patients an hour) tell the sandbox,
whose limits are in force: a request above one would be answered 429, and is counted here.
"""

from typing import Any

from sync.port import Kind
from tests.benchmarks.figures import Row
from tests.contract.test_remotes_over_sandbox import ADA_HERE
from tests.simulation.town.town import Town

SYSTEM = "healthcare_records"
LIMIT = 10  # patients created in an hour


def rows(*, full: bool) -> list[Row]:
    """A morning of work waits, and some hours pass."""
    hours = 48 if full else 6
    town = Town(SYSTEM)
    way = town.ways[SYSTEM]
    refused: list[int] = []
    created: list[float] = []
    handle = way.system.handle

    def watched(request: Any) -> Any:
        answer = handle(request)
        refused.extend([1] * (answer.status == 429))
        if request.method == "POST" and request.path.endswith("/patients") and answer.status < 300:
            created.append(town.clock.true())
        return answer

    way.system.handle = watched  # type: ignore[method-assign]
    with town.disk.write() as unit:
        for n in range(LIMIT * hours * 2):
            town.chart.write(unit, patient(n))
    begun = town.clock.true()
    town.engine.run_until(town.engine.offices[SYSTEM].desk.now() + hours * 3600.0, town.clock.sleep, most=10**6)
    passed = (town.clock.true() - begun) / 3600.0
    used = len(created) / (LIMIT * passed)
    most = max(sum(at <= one < at + 3600.0 for one in created) for at in created) / LIMIT
    note = f"{len(created)} patients in {passed:.1f} h, {len(refused)} requests refused for a limit"
    return [
        Row(12, "the documented limit used while there is a backlog", used, limit=0.95, unit="", least=True, note=note),
        Row(12, "the limit in the fullest hour: never above 1", most, limit=1.0, unit=""),
        Row(12, "requests refused for a limit: none", float(len(refused)), limit=0.0, unit=""),
    ]


def patient(n: int) -> Any:
    """One of many who wait to be told."""
    first = ADA_HERE.first
    name = first.name[0].model_copy(update={"family": f"Wanjiru{n}"})  # type: ignore[attr-defined]
    record = first.model_copy(update={"id": f"p{n:05d}", "name": (name,), "identifier": (), "telecom": ()})
    return type(ADA_HERE)(Kind.PATIENT, f"p{n:05d}", 1, f"p{n:05d}", record, (), marker=f"ref {n:07d}")
