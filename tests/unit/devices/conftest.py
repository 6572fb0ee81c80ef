"""A laboratory with one patient whose number is known, for what devices send."""

import pytest

from clinic_desktop.clock import SetClock
from clinic_desktop.store.engine import Store
from tests.conftest import DeskFor
from tests.unit.devices.device_case import ready
from tests.unit.services.lab_case import Lab


@pytest.fixture
def lab(store: Store, desk_for: DeskFor, clock: SetClock) -> Lab:
    made = Lab(store, desk_for, clock)
    ready(made)
    return made
