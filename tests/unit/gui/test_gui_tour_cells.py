"""The tour's list of what a system takes is whole, and a kind that was not told is named."""

import importlib
from typing import cast

import pytest

from clinic_desktop.domain.systems import SYSTEMS
from clinic_desktop.gui.tour.cells import FOR_A_PERSON, TAKEN, empty_cells
from sync.port import SystemProfile


def profile_of(system: str) -> SystemProfile:
    module = importlib.import_module(f"sync.remotes.{system}.profile")
    made = getattr(module, "profile", None)
    if made is None:
        return cast("SystemProfile", module.PROFILE)
    return cast("SystemProfile", made("standard" if system == "practice_studio" else {}))


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_kind_that_a_system_can_be_told_is_looked_for(system: str) -> None:
    kinds = profile_of(system).kinds
    assert set(TAKEN[system]) == {str(kind) for kind, one in kinds.items() if one.create is not None or one.acts}


def test_what_is_at_nought_is_named_and_nothing_else() -> None:
    sent = [{"system": system, "kind": kind, "sent": 1} for system, kinds in TAKEN.items() for kind in kinds]
    tasks = [{"system": system, "kind": kind, "cannot_tell": 1} for system, has in FOR_A_PERSON.items() for kind in has]
    assert empty_cells([*sent, *tasks]) == []
    there = [one for one in sent if one["kind"] != "immunization"]
    assert empty_cells([*there, *tasks]) == ["healthcare_records immunization: nothing sent"]
    waits = {"system": "practice_studio", "kind": "invoice", "cannot_tell": 0}
    assert empty_cells([*sent, *(one for one in tasks if one["kind"] != "invoice"), waits]) == [
        "practice_studio invoice: nothing for a person to tell"
    ]
