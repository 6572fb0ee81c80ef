"""The systems by name."""

from sync.sandbox.arocord_hims.system import Arocord
from sync.sandbox.healify.system import Healify
from sync.sandbox.healthcare_records.system import HealthcareRecords
from sync.sandbox.hms_enterprise.system import Hms
from sync.sandbox.practice_studio.system import PracticeStudio
from sync.sandbox.system import System

SYSTEMS: dict[str, type[System]] = {one.name: one for one in (Healify, Arocord, Hms, PracticeStudio, HealthcareRecords)}

# What stands before a system's own paths where the document writes them.
_BEFORE = {"arocord_hims": "/v1", "hms_enterprise": "/api/v1", "healthcare_records": "/api/v1/healthcare-records"}


def endpoints() -> list[tuple[str, str, str]]:
    """Every documented endpoint: the system, the method, and the path from the origin."""
    return [
        (name, route.method, route.path if route.path == "/auth/token" else _BEFORE.get(name, "") + route.path)
        for name, system in SYSTEMS.items()
        for route in system.router.routes
        if not route.optional and not route.extra
    ]
