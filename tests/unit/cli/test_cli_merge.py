"""`merge` and `unmerge` as a script calls them."""

from collections.abc import Callable
from typing import Any

from tests.unit.cli.conftest import Call, Worked

Asked = Callable[..., Any]


def test_two_registrations_are_merged_and_parted_by_the_id_that_was_printed(
    worked: Worked, asked: Asked, call: Call
) -> None:
    keep, other = worked.twins
    before = asked("administrator", "counts")
    done = asked("administrator", "merge", keep, other)
    assert {"id", "kept", "other", "moved", "differing"} <= set(done)
    assert (done["kept"], done["other"]) == (keep, other)
    assert asked("administrator", "duplicates") == []
    after = asked("administrator", "counts")
    assert after["patients"] == before["patients"] - 1
    assert {name: n for name, n in after.items() if name != "patients"} == {
        name: n for name, n in before.items() if name != "patients"
    }
    assert {row["mrn"] for row in asked("frontdesk", "find", other)} == {keep}
    assert call("administrator", "merge", keep, other)[0] == 3, "once is enough"
    parted = asked("administrator", "unmerge", str(done["id"]), "--reason", "two cousins")
    assert (parted["kept"], parted["other"]) == (keep, other)
    assert asked("administrator", "counts") == before
    assert {row["mrn"] for row in asked("frontdesk", "find", other)} == {other}
    assert call("administrator", "unmerge", str(done["id"]))[0] == 3, "it was undone already"


def test_who_may_not_merge_is_refused(worked: Worked, call: Call) -> None:
    code, _out, said = call("doctor", "merge", *worked.twins)
    assert code == 3
    assert "may not" in said


def test_a_number_that_nobody_has_is_refused_by_name(worked: Worked, call: Call) -> None:
    code, _out, said = call("administrator", "merge", worked.twins[0], "MRN-ZZ-000001-X")
    assert code == 3
    assert "mrn" in said.casefold()
