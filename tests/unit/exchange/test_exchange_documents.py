"""Documents in and out: their bytes exactly, their versions, and what is refused with its file and field named."""

import base64
import hashlib
import json
from datetime import date
from pathlib import Path

import pytest

from clinic_desktop.domain.documents import Letter
from clinic_desktop.exchange import documents as mapping
from clinic_desktop.exchange import gathering
from clinic_desktop.exchange.incoming import import_fhir
from clinic_desktop.exchange.outgoing import bundle_of
from clinic_desktop.exchange.validation.checking import check_resource
from clinic_desktop.services import document_reading, documents
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.documents import NewDocument
from clinic_desktop.services.examining import examine
from clinic_desktop.services.patients import find_patients
from clinic_desktop.store.engine import Store
from sync.records.exact import dumps, loads
from tests.conftest import DeskFor
from tests.fhir import PATIENT, Json, Take, bundle, head, person, taker
from tests.papers import bursting_pdf

LETTER = b"Ferritin was low.\r\n\xff\x00\x01 and bytes of no text"
WORDS = b"Ferritin was low, no cause was found."
OLD, NEW, BYTES = (f"c{n}111111-1111-4111-8111-111111111111" for n in (1, 2, 3))


def document(of: str = NEW, content: bytes = WORDS, **more: object) -> Json:
    return {
        "resourceType": "DocumentReference", "id": of, "status": "current",
        "type": {"coding": [{"system": "http://loinc.org", "code": "18842-5"}], "text": "Discharge summary"},
        "subject": {"reference": f"urn:uuid:{PATIENT}"}, "date": "2024-05-06T07:08:09.5+02:00",
        "author": [{"display": "Dr Outside"}], "custodian": {"display": "Lakeside Hospital"},
        "content": [{"attachment": {
            "contentType": "text/plain", "data": base64.b64encode(content).decode(), "title": "../../etc/passwd.txt",
            "hash": base64.b64encode(hashlib.sha1(content, usedforsecurity=False).digest()).decode(),
        }, "format": {"system": "urn:oid:1.3.6.1.4.1.19376.1.2.3", "code": "urn:x"}}],
    } | more  # fmt: skip


def patient_of(desk: Desk) -> str:
    (found,) = find_patients(desk, "olafsdottir")
    return found.patient_id


def out(desk: Desk) -> dict[str, Json]:
    return {entry["resource"]["id"]: entry["resource"] for entry in bundle_of(desk, patient_of(desk))["entry"]}


def same(one: object, other: object) -> bool:
    return json.dumps(loads(dumps(one)), sort_keys=True, default=str) == json.dumps(
        loads(dumps(other)), sort_keys=True, default=str
    )


def refused(store: Store, take: Take, *resources: Json, name: str = "scan.json") -> tuple[str, str]:
    before = head(store)
    (problem,) = take(bundle([person(), *resources]), name=name).problems
    assert head(store) == before, "nothing is half-written"
    assert problem.file.endswith(name)
    return problem.where, problem.what


def test_a_document_is_read_here_and_goes_out_to_the_byte(take: Take, desk: Desk, desk_for: DeskFor) -> None:
    second = {"attachment": {"contentType": "application/octet-stream", "data": base64.b64encode(LETTER).decode()}}
    came = document(content=WORDS)
    came["content"].append(second)
    assert take(bundle([person(), came])).problems == []
    doctor = desk_for("doctor")
    (shown,) = document_reading.documents_of(doctor, patient_of(doctor)).documents
    assert (shown.kind, shown.author, shown.file_name) == ("discharge_summary", "Dr Outside", "passwd.txt")
    assert document_reading.open_document(doctor, shown.patient_id, shown.id).content == WORDS
    (found,) = document_reading.search_in_chart(doctor, shown.patient_id, "ferritin")
    assert found == shown.id
    assert same(out(desk)[NEW], came)


def test_bytes_that_are_a_record_of_their_own_go_out_as_one(take: Take, desk: Desk, desk_for: DeskFor) -> None:
    content = {"attachment": {"contentType": "application/pdf", "url": f"urn:uuid:{BYTES}", "title": "Letter"}}
    binary = {
        "resourceType": "Binary", "id": BYTES, "contentType": "text/plain",
        "data": base64.b64encode(WORDS).decode(), "language": "en",
    }  # fmt: skip
    came = document(content=WORDS) | {"content": [content]}
    # What is pointed to stands after what points to it.
    assert take(bundle([person(), came, binary])).problems == []
    doctor = desk_for("doctor")
    (shown,) = document_reading.documents_of(doctor, patient_of(doctor)).documents
    assert document_reading.open_document(doctor, shown.patient_id, shown.id).content == WORDS
    assert same(out(desk)[NEW], came)
    assert same(out(desk)[BYTES], binary)


def test_a_version_follows_the_one_before(take: Take, desk: Desk, desk_for: DeskFor) -> None:
    old = document(OLD, b"The first words.", status="superseded")
    follows = [{"code": "replaces", "target": {"reference": f"urn:uuid:{OLD}"}}]
    take(bundle([person(), old, document(NEW, relatesTo=follows)]))
    doctor = desk_for("doctor")
    by_status = {one.status: one for one in document_reading.documents_of(doctor, patient_of(doctor)).documents}
    assert by_status["current"].supersedes == by_status["superseded"].id
    assert out(desk)[NEW]["relatesTo"] == follows


def test_a_document_of_this_clinic_goes_out_sound_and_comes_back_as_itself(
    desk: Desk, desk_for: DeskFor, store: Store, elsewhere: Desk, tmp_path: Path, take: Take
) -> None:
    take(bundle([person()]))
    doctor, patient = desk_for("doctor"), patient_of(desk)
    new = NewDocument("letter", "From the hospital", "scanned", examine(WORDS, "scan.txt"), author_name="Dr Outside")
    kept = documents.keep_document(doctor.once(), patient, new)
    note = documents.write_document(doctor.once(), patient, "sick_note", "Sick note", Letter(
        "Unfit for work.", "", date(2026, 3, 10), date(2026, 3, 12)))  # fmt: skip
    assert note not in out(desk), "a draft says nothing yet"
    documents.sign_document(doctor.once(), note, expect=1)
    found = out(desk)
    told = found[kept]["content"][0]["attachment"]
    assert base64.b64decode(told["data"]) == WORDS
    assert (told["size"], told["hash"]) == (
        len(WORDS), base64.b64encode(hashlib.sha1(WORDS, usedforsecurity=False).digest()).decode()
    )  # fmt: skip
    assert found[note]["docStatus"] == "final"
    assert b"Unfit for work." in base64.b64decode(found[note]["content"][0]["attachment"]["data"])
    assert [one for each in found.values() for one in check_resource(each) if one.severity == "error"] == []
    whole = bundle_of(desk, patient)
    before = head(store)
    assert all(each.same == each.read for each in take(dumps(whole)).kept.values())
    assert head(store) == before
    taker(elsewhere, tmp_path)(dumps(whole))
    assert same(out(elsewhere), found)


def test_what_is_no_base64_is_refused_with_its_field(take: Take, store: Store) -> None:
    broken = document()
    broken["content"][0]["attachment"]["data"] = "%%% not base64 %%%"
    where, what = refused(store, take, broken)
    assert where == f"DocumentReference/{NEW}.content[0].attachment.data"
    assert "base64" in what


def test_a_content_that_is_not_the_one_its_hash_says_is_refused(take: Take, store: Store) -> None:
    broken = document()
    broken["content"][0]["attachment"]["data"] = base64.b64encode(WORDS[:-3]).decode()
    where, what = refused(store, take, broken)
    assert where.endswith("content[0].attachment.hash")
    assert "damaged" in what


def test_a_pdf_that_bursts_is_refused_with_its_field(take: Take, store: Store) -> None:
    where, what = refused(store, take, document(content=bursting_pdf()))
    assert where.endswith("content[0].attachment.data")
    assert "more memory or time" in what


def test_a_content_of_no_kind_that_is_shown_is_kept_and_handed_on(take: Take, desk: Desk, desk_for: DeskFor) -> None:
    came = document(content=b"PK\x03\x04 an archive")
    assert take(bundle([person(), came])).problems == []
    doctor = desk_for("doctor")
    (shown,) = document_reading.documents_of(doctor, patient_of(doctor)).documents
    assert shown.media_type == "application/octet-stream"
    assert same(out(desk)[NEW], came)


def test_an_attachment_of_two_hundred_megabytes_is_refused_before_it_fills_the_memory(
    desk: Desk, store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "huge.json"
    begun = dumps(document(content=b"x")).partition('"data":"')[0]
    with path.open("w", encoding="utf-8") as file:
        file.write('{"resourceType":"Bundle","type":"collection","entry":[{"resource":' + begun + '"data":"')
        for _part in range(200):
            file.write("A" * (1 << 20))
        file.write('"}}]}}]}')
    before = head(store)
    (problem,) = import_fhir(desk, [path], lambda _words: None).problems
    assert head(store) == before
    assert (problem.file, problem.where) == (str(path), "line 1, data")
    assert "larger than any record" in problem.what


@pytest.mark.parametrize("cut", [0.3, 0.7, 0.999])
def test_a_bundle_that_stops_halfway_leaves_nothing(take: Take, store: Store, cut: float) -> None:
    whole = bundle([person(), document()])
    before = head(store)
    (problem,) = take(whole[: int(len(whole) * cut)]).problems
    assert head(store) == before
    assert problem.what == "it stops halfway"


def test_a_document_of_another_release_is_refused_by_name(take: Take, store: Store) -> None:
    _where, what = refused(store, take, document(indexed="2024-05-06T07:08:09Z"))
    assert "STU3" in what


def test_marks_are_never_taken_for_contents() -> None:
    tricky = base64.b64decode(mapping.mark_of("ab" * 32))
    lifted, contents = mapping.lift(document(content=tricky))
    assert contents == (tricky,)
    back = mapping.fill(lifted, lambda sha256: tricky if sha256 == hashlib.sha256(tricky).hexdigest() else b"")
    assert back == document(content=tricky)


def test_documents_that_together_fill_the_memory_are_refused_by_name(
    take: Take, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "LARGEST_TOGETHER", 2 * len(WORDS) - 1)
    where, what = refused(store, take, document(OLD), document(NEW))
    assert where == f"DocumentReference/{NEW}"
    assert "in parts" in what
