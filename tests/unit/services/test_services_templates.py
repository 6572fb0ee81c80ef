"""Templates of letters: places filled in once, versions kept, and the one that made a letter known for good."""

from dataclasses import replace
from datetime import date

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_desktop.domain import templates as rules
from clinic_desktop.domain.consultation import Diagnosis
from clinic_desktop.domain.documents import Letter
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.domain.templates import PLACES, Template, fill, places, require_template
from clinic_desktop.reports import document_papers
from clinic_desktop.services import chart, charting, consultation, document_reading, documents, patients, templates
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.charting import NewAllergy, NewProblem, OutsideMedicine
from clinic_desktop.services.patients import NewPatient
from clinic_desktop.store.engine import Store
from tests.conftest import DeskFor

REFERRAL = Template(
    "Cardiology", "referral_letter", "About {patient.name}", "Dear colleague,\n{patient.name} takes {medicines}."
)
ADA = NewPatient("O{author}", "Ada", "female", date(1985, 7, 4), "day")


@pytest.fixture
def patient(desk_for: DeskFor) -> str:
    return patients.register_patient(desk_for("front_desk"), ADA).patient_id


def only(desk: Desk) -> templates.TemplateShown:
    (one,) = templates.templates(desk)
    return one


@given(st.text(alphabet=st.sampled_from("{}abc.patient name\n\u202e٥")))
def test_a_text_without_known_places_is_left_as_it_is(text: str) -> None:
    assert fill(text, {}) == text


@given(st.dictionaries(st.sampled_from(sorted(PLACES)), st.text(), min_size=1))
def test_what_is_put_in_is_never_a_place_again(values: dict[str, str]) -> None:
    text = " | ".join(f"{{{name}}}" for name in values)
    assert fill(text, values) == " | ".join(values.values())


@pytest.mark.parametrize(
    "wrong",
    ["{patient.password}", "{patient.name.__class__}", "{0}", "{}", "{patient.name!r}", "{patient.name:>999999999}",
     "{self}", "{medicines[0]}", "{Patient.Name}"],
)  # fmt: skip
def test_a_place_that_there_is_not_is_refused_by_its_name(desk_for: DeskFor, wrong: str) -> None:
    admin = desk_for("administrator")
    for new, field in (
        (replace(REFERRAL, body=f"a {wrong} b"), "body"),
        (replace(REFERRAL, title=f"x {wrong}"), "title"),
    ):
        with pytest.raises(Refusal) as refused:
            templates.add_template(admin, new)
        assert refused.value.field == field
        assert wrong in str(refused.value)
    assert templates.templates(admin) == ()


@pytest.mark.parametrize("place", sorted(rules.TELLING))
def test_a_sick_note_names_no_illness(place: str) -> None:
    with pytest.raises(Refusal, match="no illness"):
        require_template(Template("Note", "sick_note", "Sick note", f"Because of {{{place}}}"))


@pytest.mark.parametrize(
    ("new", "field"),
    [(replace(REFERRAL, name=" "), "name"), (replace(REFERRAL, name="x" * 81), "name"),
     (replace(REFERRAL, kind="letter"), "kind"), (replace(REFERRAL, kind="../x"), "kind"),
     (replace(REFERRAL, body=" \n"), "body"), (replace(REFERRAL, body="x" * 20_001), "body"),
     (replace(REFERRAL, body="a\0b"), "body"), (replace(REFERRAL, title=""), "title")],
)  # fmt: skip
def test_what_is_no_template_is_refused_beside_its_field(desk_for: DeskFor, new: Template, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        templates.add_template(desk_for("administrator"), new)
    assert refused.value.field == field


def test_a_letter_begins_with_what_stands_in_the_chart_and_keeps_which_version_made_it(
    desk_for: DeskFor, store: Store, patient: str
) -> None:
    admin, doctor = desk_for("administrator"), desk_for("doctor")
    body = "\n".join(f"{name}: {{{name}}}" for name in PLACES)
    made = templates.add_template(admin, replace(REFERRAL, body=body))
    charting.add_allergy(doctor, patient, NewAllergy("penicillin", reaction="rash"))
    charting.add_outside_medicine(doctor, patient, OutsideMedicine("salbutamol"))
    visit = consultation.open_consultation(doctor, patient, "new").encounter_id
    charting.add_problem(doctor, patient, NewProblem("Eczema"))
    written = [Diagnosis("J45.909", "Asthma", "confirmed"), Diagnosis(None, "Reflux", "suspected")]
    written.append(Diagnosis("I10", "Hypertension", "refuted"))
    consultation.save_step(doctor, visit, "diagnosis", {each.key: each.value for each in written})
    with pytest.raises(Refusal):
        templates.filled_template(doctor, patient, made)  # nobody has opened this chart
    chart.open_chart(doctor, patient)
    filled = templates.filled_template(doctor, patient, made)
    said = dict(line.split(": ", 1) for line in filled.body.splitlines())
    assert filled.title == "About O{AUTHOR}, Ada"
    assert said["patient.family"] == "O{author}", "what a patient is called is no place"
    assert (said["patient.born"], said["patient.age"], said["patient.sex"]) == ("04-Jul-1985", "40 y", "Female")
    assert (said["visit.date"], said["visit.diagnoses"]) == ("10-Mar-2026", "J45.909 Asthma; Reflux (suspected)")
    assert (said["problems"], said["allergies"]) == ("Eczema", "penicillin (rash)")
    assert said["medicines"] == "salbutamol"
    assert said["author"] == doctor.session.display_name
    assert not places(filled.body.replace("O{author}", "").replace("O{AUTHOR}", ""))
    letter = Letter(filled.body + "\nMine.", "Dr Peter")
    document = documents.write_document(doctor, patient, filled.kind, filled.title, letter, template_id=made)
    documents.sign_document(doctor, document, expect=1)
    templates.change_template(admin, made, replace(REFERRAL, body="Another text"), expect=1)
    (shown,) = document_reading.documents_of(doctor, patient).documents
    assert shown.template == "Cardiology, version 1"
    pdf = pypdfium2.PdfDocument(document_papers.letter(doctor, patient, document))
    text = " ".join(pdf[0].get_textpage().get_text_range().split())
    assert "Begun with the template Cardiology, version 1" in text
    again = documents.new_version(doctor, document, expect=shown.revision)
    found = document_reading.documents_again(doctor, patient).documents
    assert next(one.template for one in found if one.id == again) == "Cardiology, version 1"


def test_every_version_is_kept_and_an_older_one_is_changed_by_nobody(desk_for: DeskFor) -> None:
    admin = desk_for("administrator")
    first = templates.add_template(admin, REFERRAL)
    second = templates.change_template(admin, first, replace(REFERRAL, body="Two {today}"), expect=1)
    with pytest.raises(Refusal, match="meanwhile"):
        templates.change_template(admin, first, replace(REFERRAL, body="Three"), expect=1)
    kept = templates.template_versions(admin, only(admin).template)
    assert [(one.version, one.text.body, one.status) for one in kept] == [
        (2, "Two {today}", "current"), (1, REFERRAL.body, "superseded"),
    ]  # fmt: skip
    with pytest.raises(Refusal, match="why"):
        templates.retire_template(admin, second, " ", expect=1)
    templates.retire_template(admin, second, "not used", expect=1)
    assert templates.templates(admin) == ()
    assert len(templates.template_versions(admin, kept[0].template)) == 2


def test_two_administrators_who_change_one_template_do_not_overwrite_each_other(desk_for: DeskFor) -> None:
    one, other = desk_for("administrator"), desk_for("administrator")
    made = templates.add_template(one, REFERRAL)
    templates.change_template(one, made, replace(REFERRAL, body="One"), expect=1)
    with pytest.raises(Refusal):
        templates.change_template(other, made, replace(REFERRAL, body="Other"), expect=1)
    assert only(one).text.body == "One"


def test_a_template_of_another_kind_or_none_at_all_makes_no_letter(desk_for: DeskFor, patient: str) -> None:
    admin, doctor = desk_for("administrator"), desk_for("doctor")
    made = templates.add_template(admin, REFERRAL)
    for kind, template in (("sick_note", made), ("note", "../../etc")):
        with pytest.raises(Refusal) as refused:
            documents.write_document(doctor, patient, kind, "x", Letter("x"), template_id=template)
        assert refused.value.field == "template"


def test_two_templates_of_a_kind_are_not_called_the_same(desk_for: DeskFor) -> None:
    admin = desk_for("administrator")
    templates.add_template(admin, REFERRAL)
    with pytest.raises(Refusal, match="called so"):
        templates.add_template(admin, replace(REFERRAL, name=" Cardiology "))
    templates.add_template(admin, replace(REFERRAL, kind="note"))


@pytest.mark.parametrize("role", ["doctor", "nurse", "cashier", "front_desk"])
def test_only_an_administrator_writes_templates(desk_for: DeskFor, role: str) -> None:
    with pytest.raises(Refusal, match="may not"):
        templates.add_template(desk_for(role), REFERRAL)


def test_the_example_shows_every_place_filled_in(desk_for: DeskFor) -> None:
    body = "\n".join(f"{{{name}}}" for name in PLACES)
    pdf = pypdfium2.PdfDocument(
        document_papers.template_example(desk_for("administrator"), replace(REFERRAL, body=body))
    )
    text = " ".join(pdf[0].get_textpage().get_text_range().split())
    for example in PLACES.values():
        assert example in text, example
    assert "{" not in text
