"""Healthcare Records does what its document says: masks, roles, consents, and deletions with a reason."""

from typing import Any

import pytest

from tests.sandboxed import HCR, Desk

PATIENT = "7c1f0d0e-5b1a-4b6e-9f0a-2d6a4d0c1a01"
SHOT = "7c1f0d0e-5b1a-4b6e-9f0a-2d6a4d0c1a02"
JOHN = f"{HCR}/patients/{PATIENT}"
ANA = {
    "identifier": [{"use": "official", "system": "urn:clinic", "value": "A-7"}],
    "name": [{"use": "official", "family": "Ruiz", "given": ["Ana", "Maria"]}],
    "gender": "female",
    "birth_date": "1990-01-02",
    "telecom": [{"system": "phone", "value": "+1-555", "use": "mobile"}],
}


def signed_in(role: str = "", **knobs: Any) -> Desk:
    return Desk("healthcare_records", limits=False, **knobs).sign_in(role)


def test_what_is_confidential_comes_back_masked_and_what_is_not_does_not() -> None:
    at = signed_in()
    made = at.ask("POST", f"{HCR}/patients", ANA).json()
    assert made["birth_date"] == "[ENCRYPTED]"
    assert made["name"] == [{"use": "official", "family": "[ENCRYPTED]", "given": ["[ENCRYPTED]", "[ENCRYPTED]"]}]
    assert made["telecom"][0] == {"system": "phone", "value": "[ENCRYPTED]", "use": "mobile"}
    assert (made["gender"], made["active"]) == ("female", True)
    assert b"Ruiz" not in at.ask("GET", f"{HCR}/patients").body
    shot = at.ask("GET", f"{HCR}/immunizations/{SHOT}").json()
    assert (shot["provider_name"], shot["lot_number"]) == ("[ENCRYPTED]", "ABC123")
    clear = signed_in(masked=False).ask("GET", JOHN).json()
    assert clear["birth_date"] == "1985-06-15"


def test_a_mask_that_is_written_back_destroys_what_it_hid() -> None:
    at = signed_in()
    masked = at.ask("GET", JOHN).json()
    at.ask("PUT", JOHN, {"name": masked["name"], "birth_date": masked["birth_date"]})
    assert at.system.tables["patients"].rows[PATIENT]["birth_date"] == "[ENCRYPTED]"


@pytest.mark.parametrize(
    ("kind", "query", "exact", "total"),
    [
        ("identifier", "A-7", "true", 1), ("identifier", "A-", "true", 0), ("identifier", "a-", "false", 1),
        ("name", "ruiz", "false", 1), ("name", "ana maria ruiz", "true", 1), ("phone", "%2B1-555", "true", 1),
        ("email", "ruiz", "false", 0),
    ],
)  # fmt: skip
def test_the_search_looks_behind_the_masks(kind: str, query: str, exact: str, total: int) -> None:
    at = signed_in()
    at.ask("POST", f"{HCR}/patients", ANA)
    path = f"{HCR}/patients/search?query={query}&search_type={kind}&exact_match={exact}"
    assert at.ask("GET", path).json()["total"] == total


def test_an_identifier_belongs_to_one_patient() -> None:
    at = signed_in()
    assert [at.ask("POST", f"{HCR}/patients", ANA).status for _ in range(2)] == [201, 409]


def test_each_role_may_do_its_own() -> None:
    assert signed_in("researcher").ask("GET", f"{HCR}/patients").json()["error"]["code"] == "AUTHORIZATION_DENIED"
    assert signed_in().ask("DELETE", JOHN).status == 403
    own = signed_in("patient")
    assert own.ask("GET", JOHN).status == 200
    other = own.people.add("patients", {**ANA, "active": True, "created_at": "x", "updated_at": "x"})
    refused = own.ask("GET", f"{HCR}/patients/{other}")
    assert (refused.status, refused.json()["error"]["code"]) == (403, "PHI_ACCESS_DENIED")
    assert Desk("healthcare_records").ask("GET", f"{HCR}/health").status == 200


def test_a_chart_without_a_consent_in_force_is_refused_and_not_missing() -> None:
    at = signed_in()
    at.now += 10 * 366 * 86400
    refused = at.ask("GET", JOHN)
    assert (refused.status, refused.json()["error"]["code"]) == (403, "CONSENT_REQUIRED")
    assert at.ask("GET", f"{HCR}/immunizations/{SHOT}").status == 403
    assert at.ask("GET", f"{JOHN}/consent-status").json()["has_active_consent"] is False
    given = {"patient_id": PATIENT, "consent_type": "treatment", "status": "active", "granted_date": "2025-01-15"}
    assert at.ask("POST", f"{HCR}/consents", given).status == 201
    assert at.ask("GET", JOHN).status == 200
    strict = signed_in(consent_needed=True)
    ident = strict.ask("POST", f"{HCR}/patients", ANA).json()["id"]
    assert strict.ask("GET", f"{HCR}/patients/{ident}").status == 403


@pytest.mark.parametrize(
    ("place", "query", "body", "status"),
    [
        ("none", "", None, 200), ("query", "", None, 422), ("query", "?justification=twice", None, 200),
        ("body", "?justification=twice", None, 422), ("body", "", {"justification": "twice"}, 200),
    ],
)  # fmt: skip
def test_a_deletion_carries_its_reason_where_the_knob_says(place: str, query: str, body: Any, status: int) -> None:
    at = signed_in("admin", justification=place)
    assert at.ask("DELETE", f"{JOHN}{query}", body).status == status
    assert at.ask("GET", JOHN).status == (404 if status == 200 else 200)
    assert at.ask("GET", f"{HCR}/patients?active_only=false").json()["total"] == 1
    assert at.ask("GET", f"{HCR}/patients").json()["total"] == (status != 200)


def test_immunizations_are_found_by_person_and_code() -> None:
    at = signed_in("admin")
    given = {"patient_id": PATIENT, "vaccine_code": "141", "administration_date": "2024-10-01", "provider_name": "N."}
    made = at.ask("POST", f"{HCR}/immunizations", given).json()
    assert made["vaccine_name"] == "Influenza, seasonal, injectable"
    path = f"{HCR}/immunizations?patient_id={PATIENT}"
    assert at.ask("GET", f"{path}&vaccine_code=141").json()["total"] == 1
    at.ask("PUT", f"{HCR}/immunizations/{made['id']}", {"lot_number": "B2"})
    assert at.ask("GET", f"{path}&limit=1&skip=1").json()["immunizations"][0]["lot_number"] == "B2"
    at.ask("DELETE", f"{HCR}/immunizations/{made['id']}")
    assert at.ask("GET", path).json()["total"] == 1


def test_a_document_is_clear_only_when_it_is_read() -> None:
    at = signed_in()
    given = {
        "patient_id": PATIENT, "document_type": "note", "title": "T", "content": "secret",
        "metadata": {"client_ref": "r1"},
    }  # fmt: skip
    made = at.ask("POST", f"{HCR}/documents", given).json()
    row = at.ask("GET", f"{HCR}/documents").json()["documents"][-1]
    assert (row["content"], row["metadata"]) == ("[ENCRYPTED]", {"client_ref": "r1"})
    assert at.ask("GET", f"{HCR}/documents/{made['id']}").json()["content"] == "secret"


@pytest.mark.parametrize(
    ("kind", "resource", "valid", "errors"),
    [
        ("Patient", {"resourceType": "Patient", "identifier": [{}]}, True, 0),
        ("Patient", {"resourceType": "Observation"}, False, 1),
        ("Observation", {"resourceType": "Observation", "status": "final"}, False, 1),
        ("Immunization", {"resourceType": "Immunization"}, False, 4),
    ],
)
def test_a_resource_is_checked_for_what_its_type_requires(
    kind: str, resource: dict[str, Any], valid: bool, errors: int
) -> None:
    told = signed_in().ask("POST", f"{HCR}/fhir/validate", {"resource_type": kind, "resource_data": resource}).json()
    assert (told["is_valid"], len(told["validation_errors"])) == (valid, errors)
    assert told["compliance_score"] <= 100 - 20 * errors


def test_a_type_that_there_is_not_is_refused() -> None:
    given = {"resource_type": "Unicorn", "resource_data": {"resourceType": "Unicorn"}}
    error = signed_in().ask("POST", f"{HCR}/fhir/validate", given).json()["error"]
    assert error["code"] == "FHIR_VALIDATION_FAILED"


def test_nobody_is_anonymised_who_has_not_agreed_to_research() -> None:
    at = signed_in("admin")
    given = {
        "patient_ids": [PATIENT], "anonymization_level": "full", "preserve_fields": ["gender", "age_group"],
        "research_purpose": "study", "irb_approval_number": "IRB-1",
    }  # fmt: skip
    assert at.ask("POST", f"{HCR}/anonymize", given).json()["error"]["code"] == "CONSENT_REQUIRED"
    consent = {"patient_id": PATIENT, "consent_type": "research", "status": "active", "granted_date": "2025-01-01"}
    at.ask("POST", f"{HCR}/consents", consent)
    at.sign_in("researcher")
    [record] = at.ask("POST", f"{HCR}/anonymize", given).json()["records"]
    assert {name: record[name] for name in ("gender", "age_group")} == {"gender": "male", "age_group": "40-49"}
    assert PATIENT not in str(record)


def test_every_answer_has_the_headers_of_the_security_section() -> None:
    headers = signed_in().ask("GET", f"{HCR}/patients").headers
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    error = signed_in().ask("GET", f"{HCR}/patients/none").json()["error"]
    assert (error["code"], error["message"]) == ("RESOURCE_NOT_FOUND", "Patient record not found")
    assert error["details"] == {"resource_type": "Patient", "resource_id": "none", "timestamp": "2025-01-15T14:30:00Z"}
