"""Going from one patient to the next before the answer is there: nothing of one reaches the other."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from unittest.mock import Mock

import pytest

from clinic_desktop.clock import SetClock
from clinic_desktop.gui.screens.chart.presenter import ChartPresenter
from clinic_desktop.gui.screens.consultation.presenter import ConsultationPresenter
from clinic_desktop.gui.screens.order.presenter import Presenter as OrderPresenter
from clinic_desktop.gui.screens.prescribing.drafting import known
from clinic_desktop.gui.screens.prescribing.presenter import Presenter as PrescribingPresenter
from clinic_desktop.services import chart, charting, consultation, drafts, prescribing
from clinic_desktop.services.acts import Desk, DraftKey
from clinic_desktop.services.charting import NewAllergy
from clinic_desktop.store.engine import Store
from tests.conftest import DeskFor
from tests.medicines import World, add_patient, amoxicillin, paracetamol, world


@dataclass
class _Asked:
    slot: str
    work: Callable[[], Any]
    done: Callable[[Any], None] | None
    failed: Callable[[Exception], None] | None


class Held:
    """Tasks whose answers come when the test says so; the newest question of a slot wins, as in the window."""

    def __init__(self) -> None:
        self.waiting: list[_Asked] = []

    closed = False

    def change(self, work: Any, done: Any = None, failed: Any = None) -> None:
        self.waiting.append(_Asked("", work, done, failed))

    def query(self, slot: str, work: Any, done: Any, failed: Any = None) -> None:
        self.waiting = [one for one in self.waiting if one.slot != slot]
        self.waiting.append(_Asked(slot, work, done, failed))

    glance = query

    def close(self) -> None:
        self.waiting.clear()

    def answer(self, *, acts: bool = True, questions: bool = True) -> None:
        """Do what waits, and what that leads to."""
        while ready := [one for one in self.waiting if (questions if one.slot else acts)]:
            one = ready[0]
            self.waiting.remove(one)
            try:
                result = one.work()
            except Exception as error:
                if one.failed is None:
                    raise
                one.failed(error)
                continue
            if one.done is not None:
                one.done(result)


@pytest.fixture
def clinic(store: Store, desk_for: DeskFor) -> World:
    return world(store, desk_for)


@pytest.fixture
def other(clinic: World) -> str:
    return add_patient(clinic.store, "Mwangi", "Peter")


def test_an_act_of_one_chart_closes_no_form_of_the_next(clinic: World, other: str) -> None:
    tasks, page = Held(), Mock()
    presenter = ChartPresenter(clinic.doctor, tasks, page)
    presenter.open(clinic.patient)
    tasks.answer()
    presenter.add_allergy("latex", None, "", "severe")
    presenter.open(other)
    presenter.form_opened("allergy")
    tasks.answer()
    page.was_kept.assert_not_called()
    assert page.show_chart.call_args.args[0].patient.id == other
    assert presenter.chart is not None


def test_what_was_refused_for_one_chart_is_not_said_beside_the_next(clinic: World, other: str) -> None:
    charting.add_allergy(clinic.doctor, clinic.patient, NewAllergy("latex"))
    tasks, page = Held(), Mock()
    presenter = ChartPresenter(clinic.doctor, tasks, page)
    presenter.open(clinic.patient)
    tasks.answer()
    presenter.add_allergy("latex", None, "", "severe")
    presenter.open(other)
    tasks.answer()
    (form, error), _keywords = page.show_problem.call_args
    assert (form, "on the list already" in str(error)) == ("", True)


def test_a_visit_begun_for_one_patient_is_not_opened_under_the_next(clinic: World, other: str) -> None:
    tasks, page = Held(), Mock()
    presenter = ChartPresenter(clinic.doctor, tasks, page)
    presenter.open(clinic.patient)
    tasks.answer()
    presenter.start("new")
    presenter.open(other)
    tasks.answer()
    page.go_to_visit.assert_not_called()
    assert chart.open_chart(clinic.doctor, clinic.patient).open_visit is not None


def test_a_step_saved_in_one_encounter_is_not_taken_for_the_next_ones(
    clinic: World, other: str, clock: SetClock
) -> None:
    del clock
    first = consultation.open_consultation(clinic.doctor, clinic.patient, "new").encounter_id
    second = consultation.open_consultation(clinic.doctor, other, "new").encounter_id
    tasks, page = Held(), Mock()
    page.typed.return_value = {}
    presenter = ConsultationPresenter(clinic.doctor, tasks, page)
    presenter.open(clinic.patient, first)
    tasks.answer()
    page.typed.side_effect = lambda step: {"complaint": "chest pain"} if step == "symptoms" else {}
    presenter.save("symptoms")
    page.typed.side_effect = None
    page.typed.return_value = {}
    presenter.open(other, second)
    tasks.answer(questions=False)
    tasks.answer()
    assert presenter.shown is not None
    assert presenter.shown.encounter_id == second
    assert presenter.changed("symptoms") == {}


def prescriber(desk: Desk, tasks: Held, view: Mock) -> PrescribingPresenter:
    view.pending.return_value = None
    return PrescribingPresenter(desk, tasks, view)


def test_signing_for_one_patient_leaves_the_next_ones_lines(clinic: World, other: str) -> None:
    tasks, view = Held(), Mock()
    presenter = prescriber(clinic.doctor, tasks, view)
    presenter.open(clinic.patient, None)
    tasks.answer()
    presenter.add(known(amoxicillin(), None))
    tasks.answer()
    presenter.sign()
    presenter.open(other, None)
    presenter.add(known(paracetamol(), None))
    view.forget_draft.reset_mock()
    tasks.answer()
    assert [written.line.name for written in presenter.lines] == ["paracetamol"]
    view.signed.assert_not_called()
    view.forget_draft.assert_not_called()
    assert len(prescribing.active_prescriptions(clinic.doctor, clinic.patient)) == 1


def test_lines_refused_for_one_patient_wait_as_that_patients_draft(clinic: World, other: str) -> None:
    tasks, view = Held(), Mock()
    presenter = prescriber(clinic.doctor, tasks, view)
    presenter.open(clinic.patient, None)
    tasks.answer()
    presenter.add(known(amoxicillin(), None))
    tasks.answer()
    clinic.allergic_to("penicillin", group="penicillins")
    presenter.sign()
    presenter.open(other, None)
    tasks.answer()
    assert presenter.lines == []
    assert "amoxicillin" in str((drafts.draft(clinic.doctor, DraftKey("prescribing", clinic.patient)) or {})["lines"])
    view.refused.assert_called_once()


def test_what_is_repeated_for_one_patient_never_arrives_at_the_next(clinic: World, other: str) -> None:
    prescribing.sign_prescription(clinic.doctor, clinic.patient, None, [amoxicillin()])
    tasks, view = Held(), Mock()
    presenter = prescriber(clinic.doctor, tasks, view)
    presenter.open(clinic.patient, None)
    tasks.answer()
    view.clear_chart.reset_mock()
    assert presenter.chart is not None
    presenter.repeat(presenter.chart.last[0])
    presenter.open(other, None)
    tasks.answer()
    assert presenter.lines == []
    view.clear_chart.assert_called_once()


def test_an_order_placed_for_one_patient_leaves_what_is_chosen_for_the_next(clinic: World, other: str) -> None:
    tasks, view = Held(), Mock()
    presenter = OrderPresenter(clinic.doctor, tasks, view)
    presenter.open(clinic.patient)
    tasks.answer()
    first = presenter.offered()[0].key
    presenter.choose(first)
    presenter.place("routine", "")
    presenter.open(other)
    tasks.answer(acts=False)
    presenter.choose(first)
    tasks.answer()
    assert (presenter.patient_id, presenter.is_chosen(first)) == (other, True)
    view.placed.assert_not_called()
