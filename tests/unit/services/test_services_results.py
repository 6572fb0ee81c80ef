"""Results: entered, flagged, released by a second person, corrected in the open, called back, reported."""

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from pypdf import PdfReader

from clinic_desktop.clock import SetClock
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.reports.laboratory_papers import laboratory_report
from clinic_desktop.services import laboratory, results, worklist
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.results import Entry
from clinic_desktop.services.worklist import Stage
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.journal import access, journal
from clinic_desktop.store.tables.laboratory import lab_orders, lab_results
from tests.unit.services.lab_case import Lab

DeskFor = Callable[[str], Desk]


@pytest.fixture
def lab(store: Store, desk_for: DeskFor, clock: SetClock) -> Lab:
    return Lab(store, desk_for, clock)


def test_results_are_released_through_their_own_order_only(lab: Lab) -> None:
    mine, other = lab.collected("hgb"), lab.collected("crp")
    lab.enter(other, lab.anna, crp="4")
    with pytest.raises(Refusal, match="another order"):
        results.release_results(lab.ben, mine, lab.seen(other))
    results.release_results(lab.ben, other, lab.seen(other))


def test_a_value_keeps_the_flag_the_range_and_where_the_range_is_from(lab: Lab) -> None:
    order = lab.collected("hgb")
    lab.enter(order, lab.anna, hgb="11,2")
    found = lab.test(order, "hgb").result
    assert found is not None
    assert (found.value, found.unit, found.flag, found.range_text) == ("11.2", "g/dL", "L", "12–16")
    assert found.range_source is not None
    assert "WHO" in found.range_source


@pytest.mark.parametrize(("born_on", "flag", "shown"), [("2024-03-11", "N", "≥ 10.5"), ("2024-03-10", "L", "≥ 11")])
def test_the_range_is_of_the_age_in_days_when_the_specimen_was_taken(
    lab: Lab, born_on: str, flag: str, shown: str
) -> None:
    child = lab.person("Otieno", "Amina", "female", born_on)
    order = lab.collected("hgb", patient=child)
    lab.enter(order, lab.anna, child, hgb="10.7")
    found = lab.test(order, "hgb", child).result
    assert found is not None
    assert (found.flag, found.range_text) == (flag, shown)


def test_an_unknown_sex_or_birth_gives_no_range_and_says_why(lab: Lab) -> None:
    nobody = lab.person("Unknown", "", "unknown", "1986-01-05")
    order = lab.collected("hgb", patient=nobody)
    lab.enter(order, lab.anna, nobody, hgb="12.5")
    found = lab.test(order, "hgb", nobody).result
    assert found is not None
    assert (found.flag, found.range_text) == ("none", None)
    assert found.note is not None
    assert "sex" in found.note


def test_values_are_entered_all_or_none(lab: Lab) -> None:
    order = lab.collected("sodium", "potassium")
    sodium, potassium = lab.test(order, "sodium"), lab.test(order, "potassium")
    entries = (
        Entry(sodium.order_test_id, "140", sodium.version), Entry(potassium.order_test_id, "44", potassium.version)
    )  # fmt: skip
    with pytest.raises(Refusal, match="not possible") as refused:
        results.enter_results(lab.anna, order, entries)
    assert refused.value.field == "potassium"
    assert lab.rows(lab_results) == []


def test_a_critical_value_is_taken_only_when_confirmed(lab: Lab) -> None:
    order = lab.collected("potassium")
    test = lab.test(order, "potassium")
    with pytest.raises(Refusal, match="critical"):
        results.enter_results(lab.anna, order, (Entry(test.order_test_id, "7.1", test.version),))
    results.enter_results(lab.anna, order, (Entry(test.order_test_id, "7.1", test.version, confirmed=True),))


def test_two_people_entering_the_same_test_the_second_is_told_who_and_what(lab: Lab) -> None:
    order = lab.collected("sodium")
    test = lab.test(order, "sodium")
    results.enter_results(lab.anna, order, (Entry(test.order_test_id, "140", test.version),))
    with pytest.raises(Refusal) as refused:
        results.enter_results(lab.ben, order, (Entry(test.order_test_id, "141", test.version),))
    assert "Laboratory One entered 140 for Sodium meanwhile" in str(refused.value)
    again = lab.test(order, "sodium")
    assert again.result is not None
    assert again.result.value == "140"
    results.enter_results(lab.ben, order, (Entry(test.order_test_id, "141", again.version),))
    changed = lab.test(order, "sodium").result
    assert changed is not None
    assert (changed.value, changed.entered_by) == ("141", "Ben Two")


def test_whoever_entered_a_result_does_not_release_it(lab: Lab) -> None:
    order = lab.collected("sodium")
    lab.enter(order, lab.anna, sodium="140")
    with pytest.raises(Refusal, match="Somebody else"):
        results.release_results(lab.anna, order, lab.seen(order))
    assert results.results(lab.doctor, lab.patient) == ()
    results.release_results(lab.ben, order, lab.seen(order))
    assert [(one.value, one.entered_by, one.released_by) for one in results.results(lab.doctor, lab.patient)] == [
        ("140", "Laboratory One", "Ben Two")
    ]


def test_what_was_changed_after_it_was_looked_at_is_not_released(lab: Lab) -> None:
    order = lab.collected("sodium")
    lab.enter(order, lab.anna, sodium="140")
    seen = lab.seen(order)
    lab.enter(order, lab.anna, sodium="150")
    with pytest.raises(Refusal, match="meanwhile"):
        results.release_results(lab.ben, order, seen)


def test_an_order_is_released_in_parts(lab: Lab) -> None:
    order = lab.collected("sodium", "potassium")
    lab.enter(order, lab.anna, sodium="140")
    results.release_results(lab.ben, order, lab.seen(order))
    assert lab.sheet(order).status == "partly_released"
    assert [row.tests for row in worklist.worklist(lab.anna, Stage.ENTER)] == [("Potassium",)]


def test_a_critical_result_stays_on_the_list_until_somebody_was_told_and_read_it_back(lab: Lab) -> None:
    order = lab.collected("potassium")
    lab.enter(order, lab.anna, potassium="7.1")
    assert worklist.counts(lab.anna).call_back == 1
    done = results.release_results(lab.ben, order, lab.seen(order))
    assert len(done.to_call_back) == 1
    critical = worklist.critical_results(lab.doctor)
    assert [(one.value, one.flag, one.released, one.ordered_by) for one in critical] == [
        ("7.1", "HH", True, "Doctor One")
    ]
    with pytest.raises(Refusal, match="read back"):
        results.record_callback(lab.anna, critical[0].result_id, "Dr One", read_back=False)
    with pytest.raises(Refusal, match="who was told"):
        results.record_callback(lab.anna, critical[0].result_id, " ", read_back=True)
    results.record_callback(lab.anna, critical[0].result_id, "Dr One", read_back=True, note="by phone")
    assert worklist.critical_results(lab.doctor) == ()
    assert results.results(lab.doctor, lab.patient)[0].called_back


def test_a_value_changed_after_the_call_has_to_be_called_back_itself(lab: Lab) -> None:
    order = lab.collected("potassium")
    lab.enter(order, lab.anna, potassium="7.1")
    (first,) = worklist.critical_results(lab.doctor)
    results.record_callback(lab.anna, first.result_id, "Dr One", read_back=True)
    lab.enter(order, lab.anna, potassium="1.7")
    (second,) = worklist.critical_results(lab.doctor)
    assert (second.value, second.flag) == ("1.7", "LL")
    done = results.release_results(lab.ben, order, lab.seen(order))
    assert done.to_call_back == (second.result_id,)
    (shown,) = results.results(lab.doctor, lab.patient)
    assert (shown.value, shown.called_back) == ("1.7", False)


def test_a_result_that_is_not_critical_is_not_called_back(lab: Lab) -> None:
    order = lab.released(sodium="140")
    result = lab.test(order, "sodium").result
    assert result is not None
    with pytest.raises(Refusal, match="not critical"):
        results.record_callback(lab.anna, result.id, "Dr One", read_back=True)


def test_a_correction_leaves_the_old_value_and_needs_a_second_person_again(lab: Lab) -> None:
    order = lab.released(potassium="7.1")
    old = lab.test(order, "potassium").result
    assert old is not None
    with pytest.raises(Refusal, match="Say why"):
        results.correct_result(lab.ben, old.id, "4.1", " ", expect=old.revision)
    results.correct_result(lab.ben, old.id, "4.1", "Haemolysed, measured again", expect=old.revision)
    shown = results.results(lab.doctor, lab.patient)
    assert [(one.value, one.being_corrected, one.struck) for one in shown] == [("7.1", True, False)]
    with pytest.raises(Refusal, match="waits to be released"):
        results.correct_result(lab.anna, old.id, "4.2", "Again", expect=old.revision)
    with pytest.raises(Refusal, match="Somebody else"):
        results.release_results(lab.ben, order, lab.seen(order))
    assert worklist.counts(lab.anna).call_back == 1
    results.release_results(lab.anna, order, lab.seen(order))
    shown = results.results(lab.doctor, lab.patient)
    assert {(one.value, one.struck, one.corrects, one.correction_reason) for one in shown} == {
        ("4.1", False, "7.1", "Haemolysed, measured again"), ("7.1", True, None, None)
    }  # fmt: skip
    assert [one.value for one in lab.test(order, "potassium").old] == ["7.1"]
    assert worklist.counts(lab.anna).call_back == 0
    assert [point.value for point in results.history(lab.doctor, lab.patient, "potassium")] == ["4.1"]


def test_the_sheet_shows_the_result_before(lab: Lab) -> None:
    lab.released(sodium="138")
    order = lab.collected("sodium")
    before = lab.test(order, "sodium").before
    assert before is not None
    assert before.value == "138"


def test_the_worklist_puts_the_urgent_first_and_then_the_longest_waiting(lab: Lab) -> None:
    numbers = []
    urgencies: tuple[laboratory.Priority, ...] = ("routine", "routine", "urgent", "stat")
    for priority in urgencies:
        placed = laboratory.place_order(lab.doctor, lab.patient, tests=("crp",), priority=priority)
        numbers.append(placed.number)
        lab.clock.advance(timedelta(minutes=5))
    found = worklist.worklist(lab.anna, Stage.COLLECT)
    assert [row.number for row in found] == [numbers[3], numbers[2], numbers[0], numbers[1]]
    assert [row.waiting_minutes for row in found] == [5, 10, 20, 15]
    assert len(worklist.worklist(lab.anna, Stage.COLLECT, priority="stat")) == 1
    assert worklist.worklist(lab.anna, Stage.COLLECT, section="urine") == ()
    assert worklist.counts(lab.anna) == worklist.Counts(4, 0, 0, 0)
    assert "chemistry" in worklist.sections(lab.anna)


def test_the_report_holds_the_released_results_of_one_order_and_reading_it_is_logged(lab: Lab) -> None:
    lab.released(crp="5")
    order = lab.collected("sodium", "potassium")
    lab.enter(order, lab.anna, sodium="140", potassium="4.0")
    results.release_results(lab.ben, order, lab.seen(order))
    found = results.order_results(lab.doctor, lab.patient, order)
    assert [one.test_code for one in found] == ["sodium", "potassium"]
    logged = [row for row in lab.rows(access) if row.kind == "report"]
    assert [row.patient for row in logged] == [lab.patient]


def test_every_step_is_in_the_journal_by_its_name(lab: Lab) -> None:
    order = lab.released(potassium="7.1")
    result = lab.test(order, "potassium").result
    assert result is not None
    results.record_callback(lab.anna, result.id, "Dr One", read_back=True)
    results.correct_result(lab.ben, result.id, "4.1", "Haemolysed", expect=result.revision)
    kinds = {row.kind for row in lab.rows(journal)}
    assert {
        "lab_order.placed", "specimen.collected", "result.entered", "result.released", "result.corrected",
        "callback.recorded", "charge.made",
    } <= kinds  # fmt: skip


def test_an_order_placed_twice_by_one_press_is_one_order(lab: Lab) -> None:
    desk = lab.doctor.once()
    first = laboratory.place_order(desk, lab.patient, tests=("crp",))
    assert laboratory.place_order(desk, lab.patient, tests=("crp",)) == first
    assert len(lab.rows(lab_orders)) == 1
    collect = lab.nurse.once()
    done = laboratory.collect_specimen(collect, first.id, ("serum",))
    assert laboratory.collect_specimen(collect, first.id, ("serum",)) == done


@pytest.mark.parametrize("role", ["front_desk", "cashier", "administrator", "pharmacist", "doctor", "nurse"])
def test_only_the_laboratory_enters_and_releases(lab: Lab, desk_for: DeskFor, role: str) -> None:
    order = lab.collected("sodium")
    test = lab.test(order, "sodium")
    with pytest.raises(Refusal, match="role"):
        results.enter_results(desk_for(role), order, (Entry(test.order_test_id, "140", test.version),))


def test_the_report_prints_what_was_called_corrected_and_is_still_to_come(lab: Lab) -> None:
    def report() -> str:
        paper = laboratory_report(lab.doctor, lab.patient, order)
        return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(paper)).pages)

    order = lab.collected("sodium", "potassium", "creatinine")
    lab.enter(order, lab.anna, potassium="7.1", sodium="140")
    results.release_results(lab.ben, order, lab.seen(order))
    old = lab.test(order, "potassium").result
    assert old is not None
    results.record_callback(lab.anna, old.id, "Dr Okafor", read_back=True)
    words = report()
    assert "Dr Okafor" in words
    assert "Creatinine" in words
    results.correct_result(lab.ben, old.id, "4.1", "Haemolysed", expect=old.revision)
    results.release_results(lab.anna, order, lab.seen(order))
    words = report()
    assert "4.1" in words
    assert "7.1" in words
    assert "Haemolysed" in words
