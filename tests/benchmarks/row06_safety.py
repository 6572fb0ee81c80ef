"""Row 6: the safety check of ten lines for a patient on ten medicines, the very first call included."""

import time
from decimal import Decimal

from sqlalchemy import select

from clinic_desktop.domain.prescribing import Dose
from clinic_desktop.services.prescribing import check_lines
from clinic_desktop.services.prescription_lines import LineDraft
from clinic_desktop.store.tables.patients import patients
from tests.benchmarks import clinics
from tests.benchmarks.figures import Row, percentile

MORE = ("aspirin", "atenolol", "fluoxetine", "tramadol", "azithromycin", "prednisolone", "levothyroxine", "allopurinol",
        "codeine", "losartan")  # fmt: skip


def rows(*, full: bool) -> list[Row]:
    """Check again and again; every second time another patient, so that nothing is remembered for one."""
    clinic, desk = clinics.opened(clinics.profile(100_000))
    with clinic.store.read() as connection:
        two = connection.execute(
            select(patients.c.id).where(patients.c.mrn.in_((clinics.ONE_VISIT, clinics.THOUSAND_VISITS)))
        ).scalars()
        who = list(two)
    lines = [LineDraft(name, Dose(Decimal(1), "tablet", "oral", "od", 7), "tablet") for name in MORE]
    times, found = [], 0
    for at in range(1000 if full else 200):
        started = time.perf_counter()
        found = len(check_lines(desk, who[at % 2], lines).alerts)
        times.append((time.perf_counter() - started) * 1000)
    clinic.close()
    alerts = f"{found} alerts"
    return [
        Row(6, "safety check, ten lines on ten medicines: the first call", times[0], limit=10, note=alerts),
        Row(6, "safety check, p50", percentile(times, 50)),
        Row(6, "safety check, p95, the first call included", percentile(times, 95), limit=10),
        Row(6, "safety check, max", max(times)),
    ]
