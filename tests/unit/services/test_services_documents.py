"""Documents: kept, read by whom may, signed, followed by versions, withdrawn; and what is never half-written."""

import time
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from clinic_desktop.clock import SetClock, new_id
from clinic_desktop.domain import contents
from clinic_desktop.domain.documents import KINDS, Letter, may_keep, may_read
from clinic_desktop.domain.refusals import Refusal, Trouble
from clinic_desktop.services import document_reading as reading
from clinic_desktop.services import documents
from clinic_desktop.services.acts import Act, Desk
from clinic_desktop.services.document_rows import DocumentShown
from clinic_desktop.services.documents import NewDocument, note_document
from clinic_desktop.services.examining import Examined, examine, take_as_it_is
from clinic_desktop.services.roles import ROLES
from clinic_desktop.store import audit
from clinic_desktop.store.connection import WRITER_PRAGMAS, connect
from clinic_desktop.store.engine import Store
from clinic_desktop.store.subkeys import subkey
from clinic_desktop.store.tables.documents import attachment_parts, attachments
from clinic_desktop.store.tables.documents import documents as table
from clinic_desktop.store.tables.journal import access
from clinic_desktop.store.tables.patients import patients
from tests.conftest import KEY, DeskFor
from tests.unit.services.consent_case import sign
from tests.unit.services.test_services_chart import a_patient

WORDS = b"Ferritin was low, no cause was found. Please repeat in six weeks."
TEN_DAYS = Letter("Unfit for work.", "", date(2026, 3, 10), date(2026, 3, 19))


@pytest.fixture
def doctor(desk_for: DeskFor) -> Desk:
    return desk_for("doctor")


@pytest.fixture
def patient(store: Store) -> str:
    return a_patient(store)


def letter(kind: str = "letter", data: bytes = WORDS, **more: object) -> NewDocument:
    values: dict[str, object] = {"author_name": "Dr Outside", "author_organization": "Lakeside Hospital"} | more
    return NewDocument(kind, "From the hospital", "scanned", examine(data, "scan.txt"), **values)  # type: ignore[arg-type]


def one(desk: Desk, patient: str, document: str) -> DocumentShown:
    return next(each for each in reading.documents_of(desk, patient).documents if each.id == document)


def kept_parts(store: Store) -> int:
    with store.read() as connection:
        return int(connection.execute(select(func.count()).select_from(attachment_parts)).scalar_one())


def sound(store: Store) -> list[audit.Finding]:
    with store.read() as connection:
        return list(audit.verify(connection, subkey(KEY, "journal content"), (), "A7"))


def test_a_document_from_outside_is_kept_with_all_that_is_known_of_it(
    doctor: Desk, patient: str, clock: SetClock
) -> None:
    made = documents.keep_document(
        doctor,
        patient,
        letter(
            language="en", description="A copy", written_at=clock.now() - timedelta(days=9), visit_on=date(2026, 3, 1)
        ),
    )
    found = one(doctor, patient, made)
    assert (found.title, found.code, found.status, found.source) == (
        "From the hospital",
        "51852-2",
        "current",
        "scanned",
    )
    assert (found.author, found.author_organization, found.language) == ("Dr Outside", "Lakeside Hospital", "en")
    assert (found.media_type, found.size, found.file_name) == ("text/plain", len(WORDS), "scan.txt")
    assert (found.received_by, found.version, found.visit_on) == ("Doctor One", 1, date(2026, 3, 1))
    opened = reading.open_document(doctor, patient, made)
    assert opened.content == WORDS
    assert opened.document == found


def test_the_same_content_is_kept_once_however_many_patients_have_it(doctor: Desk, store: Store, patient: str) -> None:
    leaflet = contents.MEGABYTE * b"leaflet "
    other = a_patient(store)
    for owner in (patient, other):
        documents.keep_document(doctor, owner, letter(data=leaflet[: 5 * 65_536 + 1]))
    assert kept_parts(store) == 6
    with pytest.raises(Refusal, match="very same file") as refused:
        documents.keep_document(doctor, patient, letter(data=leaflet[: 5 * 65_536 + 1]))
    assert refused.value.field == "file"
    assert sound(store) == []


@pytest.mark.parametrize("kind", [kind.key for kind in KINDS])
def test_a_kind_is_read_and_added_by_its_own_roles_alone(
    kind: str, desk_for: DeskFor, store: Store, patient: str
) -> None:
    with store.write(act=new_id(), session=None) as unit:
        act = Act(unit, desk_for("doctor").session, "A7")
        made = note_document(act, patient, letter(kind))
    for role in ROLES:
        desk = desk_for(role)
        listed = [each.id for each in reading.documents_of(desk, patient).documents]
        assert (made in listed) is may_read(role, kind)
        if may_read(role, kind):
            assert reading.open_document(desk, patient, made).content == WORDS
        else:
            with pytest.raises(Refusal, match="may not read"):
                reading.open_document(desk, patient, made)
            assert reading.documents_of(desk, patient).not_shown == 1
        other = a_patient(store)
        sign(desk_for("nurse"), other, "photography")
        if may_keep(role, kind) and not any(each.key == kind and each.written_here for each in KINDS):
            documents.keep_document(desk, other, letter(kind))
        else:
            with pytest.raises(Refusal, match="that you may add"):
                documents.keep_document(desk, other, letter(kind))


def test_who_may_read_what() -> None:
    readers = {kind.key: "".join(role[0] for role in sorted(ROLES) if may_read(role, kind.key)) for kind in KINDS}
    # administrator, cashier, doctor, front desk, laboratory, nurse, pharmacist: by their first letters.
    care = dict.fromkeys(
        (
            "referral_letter", "sick_note", "certificate", "note", "letter", "discharge_summary",
            "consultation_report", "imaging_report", "pathology_report", "operation_report", "ecg",
            "immunization_record", "photo", "patient_summary", "other_clinical",
        ),
        "dn",
    )  # fmt: skip
    desk = dict.fromkeys(("identity_card", "consent_form", "other_administrative"), "adfn")
    money = dict.fromkeys(("insurance_card", "insurance_form", "insurer_letter"), "acdfn")
    assert readers == care | desk | money | {"laboratory_report": "dln", "outside_prescription": "dnp"}
    assert [role for role in ROLES if may_read(role, "letter", "R")] == ["doctor"]
    assert not any(may_read(role, "a kind of another day") for role in ("front_desk", "cashier", "administrator"))


def test_the_front_desk_adds_a_clinical_letter_and_cannot_open_it_again(
    desk_for: DeskFor, doctor: Desk, patient: str
) -> None:
    front = desk_for("front_desk")
    made = documents.keep_document(front, patient, letter())
    assert reading.documents_of(front, patient).documents == ()
    with pytest.raises(Refusal, match="may not read"):
        reading.open_document(front, patient, made)
    with pytest.raises(Refusal, match="may not read"):
        reading.disclose_document(front, patient, made, "for the patient")
    with pytest.raises(Refusal, match="may not do this"):
        documents.sign_document(front, made, expect=1)
    assert reading.open_document(doctor, patient, made).content == WORDS


def test_what_is_restricted_is_a_doctors(desk_for: DeskFor, doctor: Desk, patient: str) -> None:
    made = documents.keep_document(doctor, patient, letter(confidentiality="R"))
    nurse = desk_for("nurse")
    assert reading.documents_of(nurse, patient).documents == ()
    with pytest.raises(Refusal, match="may not read"):
        reading.open_document(nurse, patient, made)
    assert reading.search_in_chart(nurse, patient, "ferritin") == ()
    assert reading.find_documents(nurse, "ferritin") == ()


def test_opening_is_in_the_access_log_before_and_says_which(doctor: Desk, store: Store, patient: str) -> None:
    made = documents.keep_document(doctor, patient, letter())
    reading.open_document(doctor, patient, made)
    reading.disclose_document(doctor, patient, made, " for the insurer ")
    reading.print_document(doctor, patient, made)
    with pytest.raises(Refusal) as refused:
        reading.disclose_document(doctor, patient, made, "  ")
    assert refused.value.field == "reason"
    with store.read() as connection:
        rows = connection.execute(select(access.c.kind, access.c.patient, access.c.subject, access.c.detail)).all()
    assert [tuple(row) for row in rows] == [
        ("document", patient, made, None),
        ("document.disclosed", patient, made, "for the insurer"),
        ("document.printed", patient, made, None),
    ]


def test_a_document_is_opened_only_under_its_own_patient(doctor: Desk, store: Store, patient: str) -> None:
    made = documents.keep_document(doctor, patient, letter())
    with pytest.raises(Refusal, match="another patient's"):
        reading.open_document(doctor, a_patient(store), made)


def test_a_merged_registrations_documents_are_read_in_the_chart_that_stands(
    doctor: Desk, store: Store, patient: str
) -> None:
    double = a_patient(store)
    made = documents.keep_document(doctor, double, letter())
    with store.write(act=new_id(), session=None) as unit:
        unit.change(patients, double, {"merged_into": patient}, kind="patient.merged")
    assert [each.id for each in reading.documents_of(doctor, patient).documents] == [made]
    assert reading.open_document(doctor, patient, made).content == WORDS
    assert reading.search_in_chart(doctor, patient, "ferritin") == (made,)


def test_a_letter_is_a_draft_until_its_author_signs_it_and_never_changes_after(
    desk_for: DeskFor, doctor: Desk, patient: str
) -> None:
    made = documents.write_document(doctor, patient, "referral_letter", "To cardiology", Letter("Palpitations."))
    with pytest.raises(Refusal) as refused:
        documents.sign_document(doctor, made, expect=1)
    assert refused.value.field == "addressed_to"
    with pytest.raises(Refusal, match="only its author"):
        documents.change_document(desk_for("nurse"), made, "x", Letter("y"), expect=1)
    revision = documents.change_document(doctor, made, "To cardiology", Letter("Palpitations.", "Dr Otieno"), expect=1)
    with pytest.raises(Refusal, match="Somebody changed this"):
        documents.change_document(doctor, made, "To cardiology", Letter("Lost?"), expect=1)
    revision = documents.sign_document(doctor, made, expect=revision)
    found = one(doctor, patient, made)
    assert (found.status, found.signed_by, found.body) == ("current", "Doctor One", "Palpitations.")
    with pytest.raises(Refusal, match="cannot be changed"):
        documents.change_document(doctor, made, "x", Letter("y"), expect=revision)
    with pytest.raises(Refusal, match="signed already"):
        documents.sign_document(doctor, made, expect=revision)


def test_a_new_version_stands_in_the_place_of_the_one_before_once_it_is_signed(doctor: Desk, patient: str) -> None:
    first = documents.write_document(doctor, patient, "sick_note", "Sick note", TEN_DAYS)
    signed = documents.sign_document(doctor, first, expect=1)
    second = documents.new_version(doctor, first, expect=signed)
    with pytest.raises(Refusal, match="begun already"):
        documents.new_version(doctor, first, expect=signed)
    assert one(doctor, patient, first).status == "current"
    longer = Letter("Unfit for work.", "", date(2026, 3, 10), date(2026, 3, 26))
    documents.change_document(doctor, second, "Sick note", longer, expect=1)
    documents.sign_document(doctor, second, expect=2)
    assert one(doctor, patient, first).status == "superseded"
    found = one(doctor, patient, second)
    assert (found.status, found.version, found.supersedes, found.until_on) == ("current", 2, first, date(2026, 3, 26))


def test_a_begun_version_that_was_an_error_makes_room_for_another(doctor: Desk, patient: str) -> None:
    first = documents.write_document(doctor, patient, "note", "Call", Letter("Called back."))
    signed = documents.sign_document(doctor, first, expect=1)
    second = documents.new_version(doctor, first, expect=signed)
    documents.document_entered_in_error(doctor, second, "not needed", expect=1)
    assert documents.new_version(doctor, first, expect=signed)


def test_a_better_copy_replaces_a_scan_and_the_first_stays(doctor: Desk, patient: str) -> None:
    made = documents.keep_document(doctor, patient, letter())
    better = documents.replace_document(
        doctor, made, examine(b"A better copy", "b.txt"), "page 2 was missing", expect=1
    )
    assert one(doctor, patient, made).status == "superseded"
    assert (one(doctor, patient, better).version, one(doctor, patient, better).supersedes) == (2, made)
    assert reading.open_document(doctor, patient, made).content == WORDS
    with pytest.raises(Refusal):
        documents.replace_document(doctor, made, examine(b"A third", "c.txt"), "again", expect=2)


def test_what_was_an_error_stays_with_its_reason_and_is_found_by_no_search(
    doctor: Desk, patient: str, store: Store
) -> None:
    made = documents.keep_document(doctor, patient, letter())
    with pytest.raises(Refusal) as refused:
        documents.document_entered_in_error(doctor, made, " ", expect=1)
    assert refused.value.field == "reason"
    documents.document_entered_in_error(doctor, made, "another patient's letter", expect=1)
    found = one(doctor, patient, made)
    assert (found.status, found.error_reason) == ("entered_in_error", "another patient's letter")
    assert reading.search_in_chart(doctor, patient, "ferritin") == ()
    assert documents.keep_document(doctor, patient, letter())
    assert sound(store) == []


def test_a_content_that_was_changed_cut_or_swapped_is_never_shown(doctor: Desk, patient: str, store: Store) -> None:
    first = documents.keep_document(doctor, patient, letter(data=b"a" * 70_000))
    second = documents.keep_document(doctor, patient, letter(data=b"b" * 70_000))
    raw = connect(store.path, KEY, WRITER_PRAGMAS, guard=False)
    for name in ("no_update_attachment_parts", "no_delete_attachment_parts"):
        raw.execute(f"DROP TRIGGER {name}")
    ids = {row[1]: row[0] for row in raw.execute("SELECT attachment_id, id FROM documents")}
    for damage in (
        "UPDATE attachment_parts SET content = zeroblob(9) WHERE attachment_id = ? AND number = 1",
        "UPDATE attachment_parts SET attachment_id = ?2 WHERE attachment_id = ?1 AND number = 5",
        "DELETE FROM attachment_parts WHERE attachment_id = ?1",
    ):
        raw.execute("SAVEPOINT whole")
        raw.execute(damage, (ids[first], ids[second])[: 2 if "?2" in damage else 1])
        if "number = 5" in damage:
            raw.execute("UPDATE attachment_parts SET number = number + 2 WHERE attachment_id = ?", (ids[first],))
        raw.execute("RELEASE whole")
        with pytest.raises(Trouble, match="damaged"):
            reading.open_document(doctor, patient, first)
        assert any(each.where == f"attachments {ids[first]}" for each in sound(store))
    raw.close()
    assert reading.open_document(doctor, patient, second).content == b"b" * 70_000


def test_contents_can_be_neither_changed_nor_erased(doctor: Desk, patient: str, store: Store) -> None:
    documents.keep_document(doctor, patient, letter())
    for statement in (
        "UPDATE attachment_parts SET number = 7",
        "DELETE FROM attachment_parts",
        "DELETE FROM attachments",
    ):
        with (
            pytest.raises(Exception, match=r"only added to|nothing is erased|not authorized|prohibited"),
            store.write(act=new_id(), session=None) as unit,
        ):
            unit.conn.exec_driver_sql(statement)
    assert kept_parts(store) == 1


def test_nothing_is_left_of_a_document_that_was_refused(doctor: Desk, patient: str, store: Store) -> None:
    for wrong in (
        letter(written_at=doctor.now + timedelta(days=1)),
        letter(encounter_id="no such visit"),
        letter(description="x" * 2001),
        NewDocument("letter", "  ", "scanned", examine(WORDS, "a.txt")),
        NewDocument("letter", "t" * 201, "scanned", examine(WORDS, "a.txt")),
        NewDocument("sick_note", "Sick note", "scanned", examine(WORDS, "a.txt")),
        NewDocument("letter", "Wave", "imported", take_as_it_is(b"\0\1\2", "wave.dat")),
    ):
        with pytest.raises(Refusal):
            documents.keep_document(doctor, patient, wrong)
    with store.read() as connection:
        assert connection.execute(select(func.count()).select_from(table)).scalar_one() == 0
        assert connection.execute(select(func.count()).select_from(attachments)).scalar_one() == 0
    assert kept_parts(store) == 0


def test_what_another_system_holds_is_kept_inside_an_act_as_it_is(doctor: Desk, patient: str, store: Store) -> None:
    wave = take_as_it_is(bytes(range(256)) * 999, "wave.dat")
    with store.write(act=new_id(), session=None) as unit:
        act = Act(unit, doctor.session, "A7")
        new = NewDocument("ecg", "ECG", "imported", wave, declared_type="application/dicom", outside_id="urn:x:1")
        made = note_document(act, patient, new)
    opened = reading.open_document(doctor, patient, made)
    assert opened.content == wave.content
    assert (opened.document.media_type, opened.document.declared_type) == (contents.BINARY, "application/dicom")
    assert isinstance(wave, Examined)


@pytest.mark.parametrize(
    ("kind", "wrong", "field"),
    [
        ("sick_note", Letter("", "", None, date(2026, 3, 12)), "from_on"),
        ("sick_note", Letter("", "", date(2026, 3, 12), None), "until_on"),
        ("sick_note", Letter("", "", date(2026, 3, 12), date(2026, 3, 11)), "until_on"),
        ("sick_note", Letter("", "", date(2026, 3, 12), date(2028, 3, 11)), "until_on"),
        ("certificate", Letter("  "), "body"),
        ("note", Letter("x" * 20_001), "body"),
        ("referral_letter", Letter("x", "y" * 201), "addressed_to"),
    ],
)
def test_what_a_letter_must_say_is_asked_for_by_its_field(
    doctor: Desk, patient: str, kind: str, wrong: Letter, field: str
) -> None:
    def write_and_sign() -> None:
        made = documents.write_document(doctor, patient, kind, "Title", wrong)
        documents.sign_document(doctor, made, expect=1)

    with pytest.raises(Refusal) as refused:
        write_and_sign()
    assert refused.value.field == field


def test_a_nurse_writes_notes_and_no_sick_notes(desk_for: DeskFor, patient: str) -> None:
    nurse = desk_for("nurse")
    assert documents.write_document(nurse, patient, "note", "Call", Letter("Called."))
    with pytest.raises(Refusal) as refused:
        documents.write_document(nurse, patient, "sick_note", "Sick note", TEN_DAYS)
    assert refused.value.field == "kind"


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles", "UTC"])
def test_the_day_that_somebody_gives_is_the_day_that_is_shown(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert documents.noon(date(2026, 1, 5)).astimezone().date() == date(2026, 1, 5)
    finally:
        monkeypatch.undo()
        time.tzset()
