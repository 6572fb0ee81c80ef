"""The chart's end over a clinic, for tests of what a system says."""

from clinic_desktop.clock import SetClock, new_id
from clinic_desktop.exchange.chart_end import ClinicChart
from clinic_desktop.store.engine import Store
from sync.engine.chart import Because
from sync.port import Kind, Story
from sync.records.patient import Patient

HEALIFY = Because("healify", "pat_1")


class Heard:
    """The chart's end over a clinic, one transaction a call."""

    def __init__(self, store: Store, clock: SetClock) -> None:
        self.store, self.chart = store, ClinicChart("A7", clock)

    def touched(self) -> set[tuple[Kind, str]]:
        with self.store.write(act=new_id(), session=None) as unit:
            found, _end = self.chart.changes(unit, 0, 10_000)
        return {(each.kind, each.local_id) for each in found}

    def story(self, kind: Kind, record: str) -> Story | None:
        with self.store.write(act=new_id(), session=None) as unit:
            return self.chart.story(unit, kind, record)

    def patient(self, record: str) -> Patient:
        story = self.story(Kind.PATIENT, record)
        assert story is not None
        assert isinstance(story.first, Patient)
        return story.first

    def adopt(self, kind: Kind, record: str | None, *records: object, because: Because = HEALIFY) -> str | None:
        with self.store.write(act=new_id(), session=None) as unit:
            return self.chart.adopt(unit, kind, record, records, because)  # type: ignore[arg-type]
