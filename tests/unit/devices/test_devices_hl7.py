"""HL7 v2 as bytes: frames however they are cut, separators, escapes, character sets, values, each acknowledgement."""

import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic_desktop.devices.hl7 import protocol
from clinic_desktop.devices.hl7.coded import instant
from clinic_desktop.devices.hl7.listener import Conversation
from clinic_desktop.devices.hl7.protocol import Deframer, Overlong, Separators, framed, parse
from clinic_desktop.devices.hl7.reading import person, read
from clinic_desktop.services.devices import ReceivedMessage, ReceivedResult
from clinic_desktop.store.tables.laboratory import specimens
from tests.unit.devices.device_case import AT, speaking
from tests.unit.services.lab_case import Lab

HEAD = "MSH|^~\\&|BENCH|LAB|||20260310080000||ORU^R01|C1|P|2.5.1"
PID = "PID|1||G-1^^^HOSP^MR||Otieno^Grace^A||19860105|F"


def message(*lines: str, head: str = HEAD, end: str = "\r", charset: str = "utf-8") -> bytes:
    return (end.join((head, *lines)) + end).encode(charset)


def one(obx: str, *more: str) -> ReceivedResult:
    told = read(parse(message(PID, "OBR|1|P1|F1|||||20260310073000", obx, *more)), None)
    assert told is not None
    (found,) = told.results
    return found


def spoken(data: bytes, keep: object = None) -> bytes:
    def kept(_message: ReceivedMessage) -> None:
        if isinstance(keep, Exception):
            raise keep

    return Conversation(kept, lambda _device, _numbers: (), lambda: AT, lambda: "N1", None).heard(data)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.binary(max_size=30).map(lambda b: b.translate(None, b"\x0b\x1c")), max_size=5), st.data())
def test_frames_are_cut_out_of_a_stream_however_it_arrives(contents: list[bytes], data: st.DataObject) -> None:
    wire = b"noise".join(framed(one) for one in contents)
    frames, at, deframer = [], 0, Deframer()
    while at < len(wire):
        step = data.draw(st.integers(1, 40))
        frames += list(deframer.feed(wire[at : at + step]))
        at += step
    assert frames == contents
    assert not deframer.waiting


def test_a_frame_that_is_begun_anew_forgets_its_half_and_one_too_long_is_let_go() -> None:
    deframer = Deframer(largest=100)
    assert list(deframer.feed(b"\x0bhalf\x0bwhole\x1c\r")) == [b"whole"]
    found = [*deframer.feed(b"\x0b" + b"x" * 90), *deframer.feed(b"y" * 500), *deframer.feed(b"z\x1c\r\x0bnext\x1c\r")]
    assert isinstance(found[0], Overlong)
    assert found[1:] == [b"next"]
    assert len(deframer._held) == 0


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_make_the_reading_fail_in_another_way_than_in_words(data: bytes) -> None:
    for raw in (data, HEAD.encode() + b"\r" + data, HEAD.encode() + b"\rOBX|" + data):
        answer = spoken(framed(raw))
        assert b"MSA" in answer or b"\x1c" in raw or b"\x0b" in raw


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n", "\n\r", "\r\r\n"])
def test_every_line_end_is_one(end: str) -> None:
    found = parse(message(PID, "OBX|1|ST|1^a^LN||x||||||F", end=end))
    assert [segment.name for segment in found.segments] == ["MSH", "PID", "OBX"]


@pytest.mark.parametrize(
    ("told", "codec", "name"),
    [
        ("", "utf-8", "Nguyễn"), ("", "cp1252", "Müller"), ("UNICODE UTF-8", "utf-8", "Åsa"),
        ("8859/1", "latin-1", "Müller"), ("8859/5", "iso8859-5", "Иванов"), ("8859/7", "iso8859-7", "Παππάς"),
        ("GB 18030-2000", "gb18030", "李雷"), ("UTF-8", "utf-8", "د. سارة"), ("ASCII", "cp1252", "Müller"),
        ("UNICODE UTF-8", "latin-1", "Müller"),
    ],
)  # fmt: skip
def test_a_name_is_read_in_the_character_set_it_is_written_in_and_answered_in_it(
    told: str, codec: str, name: str
) -> None:
    head = HEAD.replace("BENCH", name) + "||||||" + told
    raw = message(f"PID|1||1||{name}^X", "OBX|1|ST|1^a^LN||x||||||F", head=head, charset=codec)
    assert person(parse(raw)).names[0][0] == name
    assert name in spoken(framed(raw)).decode(parse(raw).charset)


def test_the_separators_of_the_message_itself_count_and_escapes_are_resolved() -> None:
    raw = b"MSH@~&#\\@B@L@@@20260310@@ORU~R01@C9@P@2.5\rPID@1@@7~~~H@@Doe~J\rOBX@1@ST@1~a~LN@@x#T#y#F#z#X41#@@@@@@F\r"
    found = read(parse(raw), None)
    assert found is not None
    assert found.results[0].value == "x\\y@zA"
    assert found.said_of.numbers == (("H", "7"),)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_what_is_escaped_is_read_back(text: str) -> None:
    marks = Separators()
    kept = protocol.clean(text)
    plain = kept.replace("\r\n", "\n").replace("\r", "\n")
    assert protocol.unescape(protocol.escape(kept, marks), marks) == plain


@pytest.mark.parametrize(
    ("obx", "kind", "value", "unit"),
    [
        ("OBX|1|NM|2345-7^Glucose^LN||98|mg/dL|74-106|N|||F", "quantity", "98", "mg/dL"),
        ("OBX|1|NM|2345-7^Glucose^LN||<5|mg/dL||||F", "quantity", "5", "mg/dL"),
        ("OBX|1|SN|2345-7^Glucose^LN||>^500|mg/dL||||F", "quantity", "500", "mg/dL"),
        ("OBX|1|SN|1-8^T^LN||^1^:^128|||||F", "string", "1:128", None),
        ("OBX|1|ST|2345-7^Glucose^LN||98.5|mg/dL||||F", "quantity", "98.5", "mg/dL"),
        ("OBX|1|ST|1-8^T^LN||98.5|||||F", "string", "98.5", None),
        ("OBX|1|CWE|1-8^T^LN||260415000^Not detected^SCT|||||F", "codeable", "Not detected", None),
        ("OBX|1|TX|1-8^T^LN||one~two|||||F", "string", "one\ntwo", None),
        ("OBX|1|TS|1-8^T^LN||20260310|||||F", "dateTime", "2026-03-10", None),
        ("OBX|1|NM|1-8^T^LN||||||||F", "none", None, None),
        ('OBX|1|NM|1-8^T^LN||""|||||F', "none", None, None),
    ],
)
def test_each_type_of_value_is_read_for_what_it_is(obx: str, kind: str, value: str | None, unit: str | None) -> None:
    found = one(obx)
    assert (found.value_kind, found.value, found.unit if kind == "quantity" else None) == (
        kind, value, unit if kind == "quantity" else None,
    )  # fmt: skip


def test_a_number_that_is_none_is_kept_as_it_was_written_and_doubted() -> None:
    found = one("OBX|1|NM|2345-7^Glucose^LN||1,200|mg/dL||||F")
    assert (found.value, found.problem) == ("1,200", "the number cannot be read")


def test_the_standard_code_is_taken_beside_a_local_one_and_the_notes_with_their_result() -> None:
    found = one("OBX|1|NM|GLU^Sugar^L^2345-7^Glucose^LN||98|mg/dL||||F", "NTE|1||fasting", "NTE|2||twice")
    assert (found.code, found.code_system, found.title) == ("2345-7", "http://loinc.org", "Glucose")
    assert found.note == "fasting\ntwice"
    assert found.numbers == ("P1", "F1")


def test_quality_control_is_known_by_its_specimen_and_two_patients_of_a_message_are_doubted() -> None:
    assert one("OBX|1|NM|2345-7^G^LN||98|mg/dL||||F", "SPM|1|S1||SER|||||||Q").control
    found = read(
        parse(message(PID, "OBX|1|NM|2345-7^G^LN||98|mg/dL||||F", PID, "OBX|1|NM|2345-7^G^LN||9|mg/dL||||F")), ""
    )
    assert found is not None
    assert {each.problem for each in found.results} == {"the message speaks of more than one patient"}


def test_a_name_that_is_kept_back_is_none_and_births_are_as_exact_as_told() -> None:
    said = person(parse(message("PID|1||77^^^A&1.2.3&ISO||~^^^^^^S||1991|F")))
    assert (said.numbers, said.names, said.born, said.sex) == ((("1.2.3", "77"),), (), "1991", "female")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("20260310", "2026-03-10"), ("202603", "2026-03"), ("2026", "2026"), ("20260310000000", "2026-03-10"),
        ("20260310081500+0300", "2026-03-10T08:15:00+03:00"), ("20261301", None), ("x", None), ("", None),
    ],
)  # fmt: skip
def test_a_time_is_as_exact_as_it_was_told(text: str, told: str | None) -> None:
    assert instant(text) == told
    assert told is None or len(told) < 10 or date.fromisoformat(told[:10]).year == 2026


@pytest.mark.parametrize(
    ("raw", "code", "control"),
    [
        (message(PID, "OBX|1|ST|1^a^LN||x||||||F"), "AA", "C1"),
        (message(PID, head=HEAD.replace("ORU^R01", "ZZZ^Z01")), "AR", "C1"),
        (message(PID, head=HEAD.replace("|C1|", "||")), "AE", ""),
        (message(PID, head=HEAD.replace("ORU^R01", "")), "AE", "C1"),
        (b"MSH|^~|A|B|||1||ORU^R01|C2|P|2.5\r", "AE", ""),
        (b"PID|1||x\r", "AE", ""),
        (b"", "AE", ""),
    ],
)
def test_each_message_is_answered_with_its_code_and_its_control_id(raw: bytes, code: str, control: str) -> None:
    answer = spoken(framed(raw)).decode()
    assert answer.startswith("\x0bMSH|^~\\&|")
    assert re.search(rf"\rMSA\|{code}\|{control}(\||\r)", answer), answer
    assert ("\rERR|" in answer) == (code != "AA")


@pytest.mark.parametrize("failure", [OSError("disk full"), RuntimeError("bug")])
def test_what_was_not_kept_is_never_acknowledged(failure: Exception) -> None:
    answer = spoken(framed(message(PID, "OBX|1|ST|1^a^LN||x||||||F")), failure)
    assert b"MSA|AE|C1" in answer
    assert b"disk full" not in answer


def test_every_message_of_a_batch_is_answered() -> None:
    batch = b"FHS|^~\\&\rBHS|^~\\&\r" + message(PID) + message(PID, head=HEAD.replace("C1", "C2")) + b"BTS|2\rFTS|1\r"
    answer = spoken(framed(batch))
    assert answer.count(b"\x0b") == 2
    assert b"MSA|AA|C1" in answer
    assert b"MSA|AA|C2" in answer


def test_the_answer_swaps_sender_and_receiver_and_has_its_own_number() -> None:
    head = "MSH|^~\\&|A|B|C|D|20260310||ADT^A01^ADT_A01|C7|T|2.4"
    lines = spoken(framed(message(PID, head=head))).decode().strip("\x0b\x1c\r").split("\r")
    fields = lines[0].split("|")
    assert fields[2:6] == ["C", "D", "A", "B"]
    assert (fields[8], fields[9], fields[10], fields[11]) == ("ACK^A01^ACK", "N1", "T", "2.4")


def test_an_answer_is_never_answered() -> None:
    assert spoken(framed(message("MSA|AA|N1", head=HEAD.replace("ORU^R01", "ACK^R01^ACK")))) == b""


def test_an_analyser_that_asks_about_a_specimen_is_told_whose_it_is_and_what_waits(lab: Lab) -> None:
    lab.collected("glucose", "sodium")
    number = lab.rows(specimens)[0].number
    ask = HEAD.replace("ORU^R01", "QRY^Q02")
    lines = ["QRD|20260310||||||RD|{}|OTH|||T|", "QRF|BENCH||||RCT|COR|ALL||"]
    told = speaking(lab.anna).heard(framed(message(lines[0].format(number), lines[1], head=ask))).decode()
    acknowledged, display = told.split("\x1c\r")[:2]
    assert "QCK^Q02" in acknowledged
    assert "MSA|AA|C1" in acknowledged
    assert "QAK|SR|OK" in acknowledged
    assert "\rDSP|3||Otieno, Grace|||" in display
    assert f"\rDSP|21||{number}|||" in display
    assert {"glucose", "sodium"} == set(re.findall(r"DSP\|(?:29|30)\|\|(\w+)\^", display))
    none = speaking(lab.anna).heard(framed(message(lines[0].format("SP-none"), head=ask)))
    assert b"QAK|SR|NF" in none
    assert none.count(b"\x0b") == 1
    assert b"MSA|AE" in speaking(lab.anna).heard(framed(message("QRD|1", head=ask)))


def _values(kind: str, *segments: str) -> list[tuple[str | None, tuple[str, ...], bool]]:
    head = f"MSH|^~\\&|ANALYSER|LAB|CLINIC|HERE|20260310090000||{kind}|M1|P|2.5.1"
    found = read(parse("\r".join((head, "PID|1||G-1||Otieno^Grace||19860105|F", *segments)).encode() + b"\r"), None)
    assert found is not None
    return [(one.value, one.numbers, one.control) for one in found.results]


def test_a_specimen_that_stands_before_its_orders_is_that_of_what_follows_it() -> None:
    """OUL^R22: the control's value must never bear the patient's specimen, nor the patient's that of nobody."""
    assert _values(
        "OUL^R22^OUL_R22",
        "SPM|1|S-ONE||SER|||||||Q", "OBR|1||A1|GLU", "ORC|RE|P1", "OBX|1|NM|2345-7^G^LN||5|mg/dL|||||F",
        "SPM|2|S-TWO||SER|||||||P", "OBR|1||A2|GLU", "ORC|RE|P2", "OBX|1|NM|2345-7^G^LN||9|mg/dL|||||F",
    ) == [("5", ("A1", "S-ONE", "P1"), True), ("9", ("A2", "S-TWO", "P2"), False)]  # fmt: skip


def test_an_order_bears_no_number_of_the_one_before_it_and_is_no_control_for_that() -> None:
    assert _values(
        "ORU^R01",
        "ORC|RE|P1", "OBR|1||X1|GLU", "OBX|1|NM|2345-7^G^LN||5|mg/dL|||||F", "SPM|1|S-ONE||SER|||||||Q",
        "OBR|2||X2|GLU", "OBX|1|NM|2345-7^G^LN||9|mg/dL|||||F",
    ) == [("5", ("P1", "X1", "S-ONE"), True), ("9", ("X2",), False)]  # fmt: skip
