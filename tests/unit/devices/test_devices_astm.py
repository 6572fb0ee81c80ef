"""The line and the records of ASTM: frames, sums, numbers, times, contention, work lists, every shared capture."""

import sys
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic_desktop.clock import new_id
from clinic_desktop.devices.astm import records
from clinic_desktop.devices.astm.listener import UNENDED, Conversation
from clinic_desktop.devices.astm.protocol import ACK, ENQ, EOT, NAK, TRIES, Line, frames
from clinic_desktop.devices.astm.simulator import frames_of
from clinic_desktop.services import devices
from clinic_desktop.services.device_orders import WorkItem, work_for
from clinic_desktop.services.device_profiles import in_their_codes, profiled
from clinic_desktop.services.devices import ReceivedMessage
from clinic_desktop.store.tables.devices import device_results
from clinic_desktop.store.tables.laboratory import lab_results, specimens
from clinic_desktop.store.tables.patients import patients
from tests.unit.devices.device_case import AT, corpus
from tests.unit.services.lab_case import Lab

SIMPLE = b"H|\\^&|||XP-100\rP|1|G-1|||Otieno^Grace||19860105|F\rO|1|S1\rR|1|^^^^WBC^1|5.5|10*3/uL||N||F\rL|1|N\r"


class Heard:
    """A line and what was kept from it; `sound` says whether keeping works."""

    def __init__(self) -> None:
        self.kept: list[bytes] = []
        self.sound = True
        self.line = Line(self.keep)

    def keep(self, message: bytes) -> bool:
        if self.sound:
            self.kept.append(message)
        return self.sound

    def all(self, wire: bytes) -> bytes:
        return b"".join(self.line.heard(wire[at : at + 1]) for at in range(len(wire)))


def test_a_message_in_frames_is_kept_whole_however_it_is_cut_and_acknowledged_frame_by_frame() -> None:
    heard = Heard()
    wire = ENQ + b"".join(frames(SIMPLE)) + EOT
    assert heard.all(wire) == ACK * (1 + len(frames(SIMPLE)))
    assert heard.kept == [SIMPLE]
    assert Heard().line.heard(wire) == heard.all(wire)


def test_a_long_record_goes_over_several_frames() -> None:
    long = b"H|\\^&\rC|1|" + b"x" * 1000 + b"\rL|1|N\r"
    made = frames(long)
    assert len(made) == 7
    assert made[1][-5:-4] == b"\x17"
    heard = Heard()
    heard.line.heard(ENQ + b"".join(made))
    assert heard.kept == [long]


@pytest.mark.parametrize("place", range(1, 12))
def test_a_frame_with_one_wrong_byte_is_never_taken(place: int) -> None:
    heard = Heard()
    frame = bytearray(frames(SIMPLE)[0])
    frame[place] ^= 1
    assert heard.line.heard(ENQ) == ACK
    assert NAK in heard.line.heard(bytes(frame)) + heard.line.heard(frames(SIMPLE)[1])
    assert heard.kept == []


def test_a_frame_sent_again_because_the_answer_was_lost_is_taken_once() -> None:
    heard = Heard()
    made = frames(SIMPLE)
    assert heard.line.heard(ENQ + made[0] + made[0] + b"".join(made[1:])) == ACK * (len(made) + 2)
    assert heard.kept == [SIMPLE]


def test_a_frame_that_is_missing_is_noticed() -> None:
    heard = Heard()
    made = frames(SIMPLE)
    assert heard.line.heard(ENQ + made[0] + made[2])[-1:] == NAK
    assert heard.kept == []


def test_a_message_that_could_not_be_kept_is_not_acknowledged_and_is_when_it_can() -> None:
    heard = Heard()
    made = frames(SIMPLE)
    heard.sound = False
    assert heard.line.heard(ENQ + b"".join(made))[-1:] == NAK
    heard.sound = True
    assert heard.line.heard(made[-1]) == ACK
    assert heard.kept == [SIMPLE]


def test_half_a_message_is_nothing_after_its_time_and_the_line_is_free_again() -> None:
    heard = Heard()
    heard.line.heard(ENQ + frames(SIMPLE)[0])
    assert (heard.line.waiting, heard.line.patience) == (True, 30.0)
    assert heard.line.waited() == b""
    assert not heard.line.waiting
    heard.line.heard(ENQ + b"".join(frames(SIMPLE)))
    assert heard.kept == [SIMPLE]


def test_what_we_send_goes_frame_by_frame_and_again_where_it_was_refused() -> None:
    heard = Heard()
    heard.line.send(SIMPLE)
    made = frames(SIMPLE)
    assert heard.line.heard(EOT) == ENQ
    assert heard.line.heard(ACK) == made[0]
    assert heard.line.heard(NAK) == made[0]
    for one in made[1:]:
        assert heard.line.heard(ACK) == one
    assert heard.line.heard(ACK) == EOT
    assert not heard.line.waiting


def test_nobody_is_asked_for_ever() -> None:
    heard = Heard()
    heard.line.send(SIMPLE)
    heard.line.heard(EOT)
    said = [heard.line.heard(NAK) for _time in range(TRIES)]
    assert said == [ENQ] * (TRIES - 1) + [EOT]
    heard.line.send(SIMPLE)
    heard.line.heard(EOT)
    assert heard.line.waited() == EOT
    assert not heard.line.waiting


def test_when_both_want_to_send_the_analyser_goes_first_and_we_after_it() -> None:
    heard = Heard()
    heard.line.send(SIMPLE)
    assert heard.line.heard(EOT) == ENQ
    assert heard.line.heard(ENQ) == ACK
    assert heard.line.heard(b"".join(frames(SIMPLE)) + EOT)[-1:] == ENQ
    assert heard.kept == [SIMPLE]
    assert heard.line.heard(ACK) == frames(SIMPLE)[0]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(st.binary(max_size=40), st.sampled_from([ENQ, EOT, ACK, NAK, b"\x02", *frames(SIMPLE)]))))
def test_no_bytes_make_the_line_fail_or_keep_what_is_no_message(pieces: list[bytes]) -> None:
    heard = Heard()
    for one in pieces:
        heard.line.heard(one)
    heard.line.waited()
    assert all(one == SIMPLE or b"\rL" in b"\r" + one for one in heard.kept)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_no_records_make_the_reading_fail(text: str) -> None:
    for raw in (text.encode("utf-8", "replace"), b"H|\\^&|\r" + text.encode("utf-8", "replace")):
        try:
            records.read(raw, None)
        except records.MalformedError:
            continue


def speak(lab: Lab, kept: list[ReceivedMessage]) -> Conversation:
    def keep(message: ReceivedMessage) -> None:
        kept.append(profiled(message))
        devices.file_message(lab.anna, devices.receive_message(lab.anna, profiled(message)).message_id)

    def work(device: str, numbers: object) -> list[WorkItem]:
        return list(work_for(lab.anna, numbers))  # type: ignore[arg-type]

    return Conversation(keep, work, lambda: AT, "127.0.0.1")


def test_every_shared_capture_is_read_as_it_is_known_to_be(lab: Lab) -> None:
    import json

    home = corpus("astm")
    known = json.loads((home / "expected_frames_and_records.json").read_text())
    for name, expected in known.items():
        kept: list[ReceivedMessage] = []
        made = frames_of((home / name).read_bytes())
        answer = speak(lab, kept).heard(ENQ + b"".join(made) + EOT)
        if not expected["records"]:
            assert (kept, NAK in answer or answer == ACK) == ([], True), name
            continue
        count = expected["records"]
        found = [one for message in kept for one in message.results]
        assert NAK not in answer, name
        assert len(found) == count.get("R", 0) + (count.get("Q", 0) if "qc" in name else 0), name
    states = {row.state for row in lab.rows(device_results)}
    assert states == {"review", "control"}
    assert lab.rows(lab_results) == []


def test_an_analyser_that_asks_is_given_the_tests_in_its_own_codes_and_its_answer_files_itself(lab: Lab) -> None:
    order = lab.collected("wbc", "hgb", "tsh")
    number = next(row.number for row in lab.rows(specimens) if "EDTA" in row.kind)
    kept: list[ReceivedMessage] = []
    conversation = Conversation(
        lambda message: devices.file_message(lab.anna, devices.receive_message(lab.anna, profiled(message)).message_id),
        lambda device, numbers: [
            WorkItem(**{**vars(item), "tests": in_their_codes(device, item.tests)})
            for item in work_for(lab.anna, numbers)
        ],
        lambda: AT,
        None,
    )
    question = f"H|\\^&|||XP-100\rQ|1|^{number}||ALL\rL|1|N\r".encode()
    assert conversation.heard(ENQ + b"".join(frames(question)) + EOT)[-1:] == ENQ
    told = b""
    frame = conversation.heard(ACK)
    while frame != EOT:
        told += frame[2:-5]
        frame = conversation.heard(ACK)
    lines = told.decode().split("\r")
    assert lines[1].startswith("P|1|G-1|||Otieno^Grace||19860105|F")
    assert f"O|1|{number}||^^^WBC\\^^^HGB|" in lines[2] or f"O|1|{number}||^^^HGB\\^^^WBC|" in lines[2]
    answer = (
        f"H|\\^&|||XP-100\r{lines[1]}\rO|1|{number}\rR|1|^^^^WBC^1|5.5|10*3/uL||N||F\r"
        "R|2|^^^^HGB^1|13.1|g/dL||N||F\rL|1|N\r"
    ).encode()
    assert NAK not in conversation.heard(ENQ + b"".join(frames(answer)) + EOT)
    assert {lab.test(order, code).status for code in ("wbc", "hgb")} == {"resulted"}
    assert kept == []


def test_a_specimen_that_nobody_knows_has_no_information() -> None:
    said = records.answer(records.Asked(("S9",)), (), AT).decode()
    assert said.split("\r")[1:] == ["L|1|I", ""]


def test_what_is_written_of_a_person_cannot_break_a_record() -> None:
    item = WorkItem("SP-1", "p", "M|1", "O^B\r|x", "A&B", date(1980, 1, 2), "male", "stat", AT, ("hgb",))
    said = records.split(records.answer(records.Asked(()), (item,), AT))
    assert [one.kind for one in said] == ["H", "P", "O", "L"]
    assert said[1].parts(6) == ["O^B|x", "A&B"]
    assert said[2].get(6) == "S"


def test_two_patients_of_one_message_are_two_and_their_results_their_own(lab: Lab) -> None:
    kept: list[ReceivedMessage] = []
    both = SIMPLE[:-6] + b"P|2|G-9|||Okot^Peter\rO|1|S2\rR|1|^^^^HGB^1|9|g/dL||N||F\rL|1|N\r"
    speak(lab, kept).heard(ENQ + b"".join(frames(both)) + EOT)
    assert [(one.said_of.names[0][0], len(one.results)) for one in kept] == [("Otieno", 1), ("Okot", 1)]
    assert lab.rows(device_results)[0].state == "filed"
    assert lab.rows(device_results)[1].state == "review"


def test_with_their_patients_registered_the_captured_results_file_themselves(lab: Lab) -> None:
    lab.person("Smith", "John", "male", "1985-03-15")
    named = {"PAT-2025-001": lab.person("Smith", "John", "male", "1985-03-15")}
    named["PAT-2026-001"] = lab.person("Rakoto", "Jean", "male", "1985-03-15")
    named["PAT-2026-002"] = lab.person("Rakoto", "Marie", "female", "1990-02-20")
    for number, person in named.items():
        with lab.store.write(act=new_id(), session=None) as unit:
            unit.change(patients, person, {"mrn": number}, kind="patient.changed")
    home = corpus("astm") / "openelis"
    for name in ("hematology-cbc", "horiba-pentra60-cbc", "stago-start4-coagulation"):
        made = frames_of((home / f"{name}.astm").read_bytes())
        assert NAK not in speak(lab, []).heard(ENQ + b"".join(made) + EOT)
    states = [row.state for row in lab.rows(device_results)]
    sys.stdout.write(f"\n{states.count('filed')} of {len(states)} results of analysers filed themselves\n")
    assert len(states) == 35
    assert states.count("filed") / len(states) >= 0.95


@pytest.mark.parametrize("odd", ["\x1c", "\xa0", "\x85", "\u2003"])
def test_the_bytes_beside_a_result_are_those_of_its_own_patient_whatever_stands_between(odd: str) -> None:
    """A line of a sign that only one of bytes and text takes for a space shifted each patient's bytes to the next."""
    lines = ("H|\\^&|||BENCH", odd, "P|1|G-1|||Otieno^Grace", "R|1|^^^GLU|5.5", "P|2|G-2|||Okot^Peter", "R|1|^^^GLU|9")
    first, second = records.read("\r".join((*lines, "L|1|N")).encode() + b"\r", None)
    assert (b"Otieno" in first.raw, b"Okot" in first.raw, b"GLU|5.5" in first.raw) == (True, False, True)
    assert (b"Otieno" in second.raw, b"Okot" in second.raw, b"GLU|9" in second.raw) == (False, True, True)


def test_results_of_a_message_that_never_ends_wait_for_a_person(lab: Lab) -> None:
    kept: list[ReceivedMessage] = []

    def keep(message: ReceivedMessage) -> None:
        kept.append(message)
        devices.file_message(lab.anna, devices.receive_message(lab.anna, profiled(message)).message_id)

    line = Conversation(keep, lambda _device, _numbers: (), lambda: AT, None)
    whole = SIMPLE.removesuffix(b"L|1|N\r")
    assert line.heard(ENQ + b"".join(frames(whole)) + EOT) == ACK * (1 + len(frames(whole)))
    assert [one.why for one in devices.review_list(lab.anna)] == [UNENDED]
    assert [len(one.results) for one in kept] == [1]


def test_what_was_begun_and_is_begun_anew_is_kept_once() -> None:
    heard = Heard()
    heard.line.left = heard.kept.append
    heard.all(ENQ + b"".join(frames(SIMPLE)[:3]) + ENQ + b"".join(frames(SIMPLE)) + EOT)
    assert heard.kept == [SIMPLE]
