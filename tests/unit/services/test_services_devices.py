"""What devices send is kept once, filed where identity agrees twice, and everything else waits for a person."""

import random
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clinic_desktop.clock import SetClock
from clinic_desktop.domain import devices as rules
from clinic_desktop.domain.devices import Named
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.services import device_controls, device_people, devices, inbox
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.devices import device_messages, device_results
from clinic_desktop.store.tables.laboratory import lab_results, specimens
from clinic_desktop.store.tables.outside import observations
from clinic_desktop.store.tables.patients import patients
from tests.conftest import DeskFor
from tests.unit.devices.device_case import GRACE, glucose, ready, sent, why
from tests.unit.services.lab_case import Lab


@pytest.fixture
def lab(store: Store, desk_for: DeskFor, clock: SetClock) -> Lab:
    made = Lab(store, desk_for, clock)
    ready(made)
    return made


def test_a_result_whose_number_name_and_birth_agree_files_itself_into_the_chart(lab: Lab) -> None:
    assert sent(lab.anna, glucose(flag="N", range_text="74-106")).filed == 1
    (kept,) = lab.rows(observations)
    assert (kept.patient_id, kept.value, kept.unit, kept.status) == (lab.patient, "98", "mg/dL", "final")
    assert why(lab.anna) == []


def test_a_result_for_an_order_is_entered_there_in_the_tests_own_unit_and_waits_for_release(lab: Lab) -> None:
    order = lab.collected("glucose")
    number = lab.rows(specimens)[0].number
    assert sent(lab.anna, glucose("5.5", "mmol/L", numbers=(number,))).filed == 1
    (entered,) = lab.rows(lab_results)
    assert (entered.value, entered.unit, entered.status) == ("99", "mg/dL", "entered")
    assert lab.test(order, "glucose").status == "resulted"
    assert lab.rows(observations) == []


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (Named(), rules.NO_PERSON),
        (Named((("", "G-2"),), GRACE.names, GRACE.born), rules.NOBODY),
        (Named(GRACE.numbers), rules.NOT_TWICE),
        (Named(GRACE.numbers, (("Otieno", "Mercy"),), "1986-01-05"), rules.OTHER_NAME),
        (Named(GRACE.numbers, GRACE.names, "1986-05-01"), rules.OTHER_BIRTH),
        (Named(GRACE.numbers, GRACE.names, "1986-01-05", "male"), rules.OTHER_SEX),
        (Named(GRACE.numbers, (("Otieno", ""),)), rules.NOT_TWICE),
    ],
)
def test_whatever_does_not_agree_twice_waits_with_the_reason(lab: Lab, said: Named, told: str) -> None:
    assert sent(lab.anna, glucose(), said=said).review == 1
    assert why(lab.anna) == [told]
    assert lab.rows(observations) == lab.rows(lab_results) == []


@pytest.mark.parametrize(
    ("one", "told"),
    [
        (glucose(unit=None), rules.CANNOT_CONVERT),
        (glucose(unit="furlong"), "A result in furlong cannot be counted in mg/dL."),
        (glucose("99000"), "99000 is not possible: nothing above 2000 is. Look at the value again."),
        (glucose(flag="H", range_text="74-106"), rules.FLAG_DIFFERS),
        (glucose(status="X"), rules.BAD_STATUS),
        (glucose(value=None, value_kind="none"), rules.NO_VALUE),
        (glucose(code="GLU", code_system=""), rules.UNKNOWN_TEST),
        (glucose(code="2345-8"), rules.UNKNOWN_TEST),
        (glucose(problem="the number cannot be read"), "the number cannot be read"),
    ],
)
def test_a_doubtful_result_waits_and_takes_none_of_its_message_with_it(
    lab: Lab, one: devices.ReceivedResult, told: str
) -> None:
    other = glucose(identity="F1/2823-3//1", code="2823-3", title="Potassium", value="4.2", unit="mmol/L")
    assert sent(lab.anna, one, other) == devices.Sorted(1, 1, 0)
    assert why(lab.anna) == [told]


def test_the_same_message_again_is_kept_and_filed_once(lab: Lab) -> None:
    for _time in range(3):
        sent(lab.anna, glucose(), raw=b"the same bytes")
    assert len(lab.rows(device_messages)) == len(lab.rows(device_results)) == len(lab.rows(observations)) == 1


def test_a_correction_changes_the_value_and_anything_else_under_its_name_waits(lab: Lab) -> None:
    sent(lab.anna, glucose("98"))
    sent(lab.anna, glucose("99"))
    assert why(lab.anna) == [rules.STANDS]
    sent(lab.anna, glucose("97", status="C"))
    (kept,) = lab.rows(observations)
    assert (kept.value, kept.status) == ("97", "corrected")


def test_the_numbers_of_a_sender_who_counts_anew_never_change_another_patients_result(lab: Lab) -> None:
    other = lab.person("Okot", "Peter", "male", "1970-02-02")
    mrn = next(row.mrn for row in lab.rows(patients) if row.id == other)
    sent(lab.anna, glucose("98"))
    sent(lab.anna, glucose("250", status="C"), said=Named((("", mrn),), (("Okot", "Peter"),), "1970-02-02"))
    assert sorted((row.patient_id, row.value) for row in lab.rows(observations)) == sorted(
        [(lab.patient, "98"), (other, "250")]
    )


def test_the_order_of_another_patient_is_never_answered(lab: Lab) -> None:
    other = lab.person("Okot", "Peter", "male", "1970-02-02")
    lab.collected("glucose", patient=other)
    number = lab.rows(specimens)[0].number
    assert sent(lab.anna, glucose(numbers=(number,))).review == 1
    assert why(lab.anna) == [rules.OTHER_SEX]
    (item,) = devices.review_list(lab.anna)
    with pytest.raises(Refusal, match="cannot be filed"):
        devices.file_item(lab.ben, item.id, lab.patient)
    assert lab.rows(lab_results) == []


def test_a_test_that_waits_without_its_number_is_asked_about_and_filed_there_by_hand(lab: Lab) -> None:
    order = lab.collected("glucose")
    sent(lab.anna, glucose())
    (item,) = devices.review_list(lab.anna)
    assert item.why == rules.OPEN_ORDER
    devices.file_item(lab.ben, item.id, lab.patient)
    assert lab.test(order, "glucose").status == "resulted"
    assert devices.review_list(lab.anna) == ()
    with pytest.raises(Refusal, match="decided meanwhile"):
        devices.reject_item(lab.anna, item.id, "late")


def test_where_two_orders_wait_for_the_same_test_neither_is_chosen_nor_passed_by(lab: Lab) -> None:
    orders = [lab.collected("glucose") for _one in range(2)]
    sent(lab.anna, glucose())
    (item,) = devices.review_list(lab.anna)
    assert item.why == rules.OPEN_ORDERS
    with pytest.raises(Refusal, match="cannot be filed"):
        devices.file_item(lab.ben, item.id, lab.patient)
    number = next(row.number for row in lab.rows(specimens) if row.order_id == orders[1])
    assert sent(lab.anna, glucose(numbers=(number,))).filed == 1
    assert [lab.test(order, "glucose").status for order in orders] == ["collected", "resulted"]


def test_what_is_rejected_needs_a_reason_and_stays_kept_with_its_message(lab: Lab) -> None:
    sent(lab.anna, glucose(), said=Named(), raw=b"as it came")
    (item,) = devices.review_list(lab.anna)
    with pytest.raises(Refusal, match="Say why"):
        devices.reject_item(lab.anna, item.id, " ")
    devices.reject_item(lab.anna, item.id, "a test run")
    (kept,) = lab.rows(device_results)
    assert (kept.state, kept.why, kept.decided_by) == ("rejected", "a test run", lab.anna.session.staff_id)
    assert devices.raw_message(lab.anna, item.message_id) == b"as it came"


def test_quality_control_goes_to_its_own_log_and_to_no_patient(lab: Lab) -> None:
    assert sent(lab.anna, glucose(control=True)) == devices.Sorted(0, 0, 1)
    assert lab.rows(observations) == lab.rows(lab_results) == []
    assert devices.device_counts(lab.anna) == {"control": 1}
    (logged,) = device_controls.control_log(lab.anna)
    assert (logged.title, logged.value) == ("Glucose", "98 mg/dL")


def test_a_time_that_cannot_be_is_doubted(lab: Lab) -> None:
    sent(lab.anna, glucose(measured_at="2026-03-12T09:00:00+00:00"))
    sent(lab.anna, glucose(measured_at="1985-01-01"))
    assert why(lab.anna) == [rules.IN_FUTURE, rules.BEFORE_BIRTH]


def test_a_critical_value_from_elsewhere_is_told_to_the_doctors_and_one_that_waits_to_the_laboratory(lab: Lab) -> None:
    sent(lab.anna, glucose("900"))
    (told,) = inbox.inbox(lab.doctor, "open")
    assert (told.title, told.must_answer, told.priority) == ("Glucose 900 mg/dL HH", True, "critical")
    sent(lab.anna, glucose("900", flag="HH"), said=Named())
    (waits,) = inbox.inbox(lab.anna, "open")
    assert "Otieno" not in waits.title + waits.body
    devices.reject_item(lab.anna, devices.review_list(lab.anna)[0].id, "a control")
    assert inbox.inbox(lab.anna, "open") == ()


def test_a_message_of_half_a_hundred_parts_comes_back_byte_for_byte(lab: Lab) -> None:
    raw = bytes(range(256)) * 12_000
    sent(lab.anna, glucose(), raw=raw)
    (message,) = lab.rows(device_messages)
    assert devices.raw_message(lab.anna, message.id) == raw


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    family=st.sampled_from(["Otieno", "otieno", "Otiena", "Grace"]),
    given_name=st.sampled_from(["Grace", "GRACE M", "Mercy", ""]),
    born=st.sampled_from(["1986-01-05", "1986-05-01", "1986", "1985", ""]),
    sex=st.sampled_from(["female", "male", ""]),
)
def test_no_near_miss_of_a_person_is_taken_for_them(family: str, given_name: str, born: str, sex: str) -> None:
    known = rules.Registered("p", (("Otieno", "Grace"),), date(1986, 1, 5), "day", "female")
    doubt = rules.disagreement(Named((("", "1"),), ((family, given_name),), born, sex), known)
    same_name = family.lower() == "otieno" and given_name.lower().startswith("grace")
    lone = family.lower() == "otieno" and not given_name
    sure = (same_name or (lone and born == "1986-01-05")) and born in {"1986-01-05", "1986", ""} and sex != "male"
    assert (doubt is None) == sure


def test_of_thousands_of_near_misses_none_is_filed_to_the_wrong_chart(lab: Lab) -> None:
    """Twins, swapped birth dates, reused and mistyped numbers, a mother's name: whoever the number belongs to."""
    draw = random.Random(11)
    families, given_names = ("Otieno", "Otiena", "Okot", "Müller"), ("Grace", "Gracia", "Mercy", "Peter")
    births = ("1986-01-05", "1986-05-01", "1968-01-05", "1987-01-05")
    people = {}
    for _one in range(60):
        facts = (draw.choice(families), draw.choice(given_names), draw.choice(("female", "male")), draw.choice(births))
        people[lab.person(*facts)] = facts
    mrns = {row.id: row.mrn for row in lab.rows(patients) if row.id in people}
    with lab.store.read() as connection:
        filed = 0
        for _case in range(10_000):
            real, other = draw.sample(sorted(people), 2)
            family, given_name, sex, born = people[real]
            # The number on the specimen may be another's; so the rest of what is said must belong to the number.
            number = mrns[draw.choice((real, other))]
            said = Named((("", number),), ((family, given_name),), born, draw.choice((sex, "")))
            found, _why = device_people.who(connection, said)
            if found is None:
                continue
            filed += 1
            assert mrns[found] == number
            assert people[found][:2] == (family, given_name)
            assert people[found][3] == born
        assert filed > 4000
