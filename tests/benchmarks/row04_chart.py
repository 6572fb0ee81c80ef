"""Row 4: opening a chart of a thousand visits, against one with one visit: the service, then the painted screen."""

from functools import partial

from sqlalchemy import select

from clinic_desktop.gui.shell.window import MainWindow
from clinic_desktop.services.chart import open_chart
from clinic_desktop.services.clinic import Clinic
from clinic_desktop.store.tables.patients import patients
from tests.benchmarks import clinics
from tests.benchmarks.figures import Row, in_turn, percentile, timed
from tests.benchmarks.workplace import at_work, until


def rows(*, full: bool) -> list[Row]:
    """Open both in turn, first without a window, then in it."""
    profile = clinics.profile(100_000)
    rounds = 200 if full else 40
    clinic, desk = clinics.opened(profile)
    many, one = (_patient(clinic, mrn) for mrn in (clinics.THOUSAND_VISITS, clinics.ONE_VISIT))
    served_many, served_one = in_turn(rounds, partial(open_chart, desk, many), partial(open_chart, desk, one))
    clinic.close()
    painted_many: list[float] = []
    painted_one: list[float] = []
    first = 0.0
    with at_work(profile) as window:
        for turn in range(rounds // 2 + 1):
            for who, taken in ((many, painted_many), (one, painted_one)):
                window.frame.go("home")
                until(lambda: window.pools.idle)
                taken.append(timed(partial(_painted, window, who)))
            if not turn:
                first = painted_many[0]
                painted_many.clear()
                painted_one.clear()
    return [
        _row("the service, 1,000 visits against 1, p50", served_many, served_one, 50),
        _row("the service, 1,000 visits against 1, p95", served_many, served_one, 95, limit=60),
        _row("painted screen, 1,000 visits against 1, p50", painted_many, painted_one, 50),
        _row("painted screen, 1,000 visits against 1, p95", painted_many, painted_one, 95, limit=60),
        Row(4, "painted screen, the first chart after signing in", first),
    ]


def _row(work: str, ours: list[float], floor: list[float], at: int, limit: float | None = None) -> Row:
    most = 1.3 if at == 50 else None
    return Row(4, f"chart: {work}", percentile(ours, at), percentile(floor, at), most=most, limit=limit)


def _patient(clinic: Clinic, mrn: str) -> str:
    with clinic.store.read() as connection:
        return str(connection.execute(select(patients.c.id).where(patients.c.mrn == mrn)).scalar_one())


def _painted(window: MainWindow, patient: str) -> None:
    """Go there, and wait until its banner and every answer are in and painted."""
    frame = window.frame
    frame.go("chart", patient_id=patient)
    until(lambda: window.pools.idle and frame.banner.patient_id == patient)
    view = frame.current
    if view is None or frame.stack.currentWidget() is not view:
        raise LookupError("the chart is not shown")
    frame.repaint()
