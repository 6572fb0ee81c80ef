"""The systems by name."""

from sync.sandbox.arocord_hims.system import Arocord
from sync.sandbox.healify.system import Healify
from sync.sandbox.healthcare_records.system import HealthcareRecords
from sync.sandbox.hms_enterprise.system import Hms
from sync.sandbox.practice_studio.system import PracticeStudio
from sync.sandbox.system import System

SYSTEMS: dict[str, type[System]] = {one.name: one for one in (Healify, Arocord, Hms, PracticeStudio, HealthcareRecords)}
