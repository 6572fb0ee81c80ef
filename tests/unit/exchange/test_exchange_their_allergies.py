"""What a system knows of an allergy that the chart names stands beside what was written here."""

from sqlalchemy import select

from clinic_desktop.clock import SetClock
from clinic_desktop.services import charting
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.chart import allergies
from sync.engine.chart import Because
from sync.port import Kind, Seen
from sync.remotes.practice_studio.mapping.bodies import adopt
from sync.telling.words import NOBODY
from tests.conftest import DeskFor
from tests.journeys.small_clinic import Clinic
from tests.unit.exchange.heard_case import Heard


def test_a_graver_reaction_that_a_system_knows_is_added_once(store: Store, desk_for: DeskFor, clock: SetClock) -> None:
    small, heard = Clinic(store, desk_for, clock), Heard(store, clock)
    mild = charting.NewAllergy("Penicillin", reaction="rash", severity="mild")
    charting.add_allergy(desk_for("doctor"), small.patient, mild)
    said = {"allergies": [{"allergen": "penicillin", "reaction": "Anaphylaxis", "severity": "Severe"}]}
    for _again in range(3):
        story = heard.story(Kind.PATIENT, small.patient)
        came = adopt(Seen(Kind.PATIENT, "PAT-1", said), story, NOBODY, "USD")
        heard.adopt(Kind.PATIENT, small.patient, *came, because=Because("practice_studio", "PAT-1"))
    with heard.store.read() as connection:
        found = connection.execute(
            select(allergies.c.reaction, allergies.c.severity).where(allergies.c.substance.ilike("penicillin"))
        ).all()
    assert sorted(map(tuple, found)) == [("Anaphylaxis", "severe"), ("rash", "mild")]
