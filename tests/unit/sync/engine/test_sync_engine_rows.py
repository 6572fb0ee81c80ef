"""What is asked again and again of sync's tables goes by an index, however many records there are."""

from collections.abc import Callable, Sequence

import pytest

from sync.engine.store import leaving, queries
from sync.engine.store.rows import Rows, shape_of
from sync.engine.store.tables import Link, Work
from tests.simulation.world import Effects, VirtualDisk


@pytest.mark.parametrize(
    ("row", "equal", "index"),
    [
        (Link, ("system", "kind", "local_id", "status"), "ix_sync_link_system_kind_local_id"),
        (Link, ("system", "kind", "local_id"), "ix_sync_link_system_kind_local_id"),
        (Work, ("system", "patient"), "ix_sync_work_system_patient"),
        (Work, ("system", "state"), "ix_sync_work_system_state_due_at"),
    ],
)
def test_a_record_here_is_found_by_its_index_and_not_among_all_of_its_kind(
    row: type, equal: tuple[str, ...], index: str
) -> None:
    disk = VirtualDisk(Effects())
    try:
        statement = shape_of(row).finding(equal, (), limited=False)
        assert index in _way(disk, statement, len(equal))
    finally:
        disk.close()


def test_what_waited_for_a_record_is_let_go_by_its_index() -> None:
    disk = VirtualDisk(Effects())
    asked: list[str] = []
    try:
        with disk.write() as unit:
            rows = Rows(unit)
            rows._run = lambda statement, _values: asked.append(statement)
            queries.release(rows, "healify", "patient/P1", 0.0)
        assert "ix_sync_work_system_waits_for" in _way(disk, asked[0], 3)
    finally:
        disk.close()


@pytest.mark.parametrize(
    "ask",
    [
        lambda rows: leaving.kinds_of_tasks(rows, "healify"),
        lambda rows: leaving.counted(rows, "healify", ("consent",)),
        lambda rows: leaving.others(rows, "healify", ("consent",), 500),
    ],
    ids=["kinds", "counted", "others"],
)
def test_what_is_a_task_is_found_by_its_index_and_not_among_all_records_of_a_system(
    ask: Callable[[Rows], object],
) -> None:
    disk = VirtualDisk(Effects())
    asked: list[tuple[str, int]] = []
    try:
        with disk.read() as unit:
            rows = Rows(unit)
            run = rows._run

            def noted(statement: str, values: Sequence[object] = ()) -> object:
                asked.append((statement, len(values)))
                return run(statement, values)

            rows._run = noted
            ask(rows)
        assert "ix_sync_work_system_state_due_at" in _way(disk, *asked[0])
    finally:
        disk.close()


def _way(disk: VirtualDisk, statement: str, values: int) -> str:
    found = disk.driver.execute(f"EXPLAIN QUERY PLAN {statement}", ("x",) * values).fetchall()
    return " ".join(str(one[3]) for one in found)
