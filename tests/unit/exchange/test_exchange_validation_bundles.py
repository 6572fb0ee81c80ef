"""Bundles: addresses, leaders, references and searches; and records given side by side."""

from typing import Any

from clinic_desktop.exchange.validation.checking import check_resource

Json = dict[str, Any]
AT = "http://clinic.test/fhir"


def found(record: Json) -> list[tuple[str, str]]:
    return [(one.path, one.what) for one in check_resource(record) if one.severity == "error"]


def says(record: Json, words: str) -> bool:
    return any(words in what for _at, what in found(record))


def patient(own: str | None = "p1") -> Json:
    return {"resourceType": "Patient", "name": [{"family": "Okafor"}], **({"id": own} if own else {})}


def entry(record: Json, url: str | None = None, **more: Any) -> Json:
    return {**({"fullUrl": url} if url else {}), "resource": record, **more}


def bundle(kind: str, *entries: Json, **more: Any) -> Json:
    return {"resourceType": "Bundle", "type": kind, **({"entry": list(entries)} if entries else {}), **more}


def document(*references: str, **composition: Any) -> Json:
    lead = {
        "resourceType": "Composition", "id": "c1", "status": "final", "type": {"text": "note"}, "date": "2026-01-01",
        "author": [{"reference": "Patient/p1"}], "title": "t",
        **({"section": [{"entry": [{"reference": one} for one in references]}]} if references else {}), **composition,
    }  # fmt: skip
    return bundle(
        "document", entry(lead, f"{AT}/Composition/c1"), entry(patient(), f"{AT}/Patient/p1"),
        timestamp="2026-01-01T00:00:00Z", identifier={"system": "urn:x:y", "value": "1"},
    )  # fmt: skip


def test_a_problem_in_an_entry_names_the_entry_and_its_kind() -> None:
    broken = patient() | {"gender": "F"}
    ((at, _what),) = found(bundle("collection", entry(broken, f"{AT}/Patient/p1")))
    assert at == "Bundle.entry[0].resource.ofType(Patient).gender"


def test_addresses_are_absolute_present_and_those_of_the_records() -> None:
    assert found(bundle("collection", entry(patient(), f"{AT}/Patient/p1"))) == []
    assert says(bundle("collection", entry(patient(), "Patient/p1")), "absolute")
    assert says(bundle("collection", entry(patient())), "no fullUrl")
    assert says(bundle("collection", entry(patient(None), f"{AT}/Patient/p1")), "no id")
    assert says(bundle("searchset", entry(patient("p2"), f"{AT}/Patient/p1")), "must end with")
    ask = {"method": "POST", "url": "Patient"}
    assert found(bundle("transaction", entry(patient(None), request=ask))) == []


def test_the_rules_of_bundles_hold() -> None:
    url = f"{AT}/Patient/p1"
    assert says(bundle("collection", entry(patient(), url), total=1), "bdl-1")
    assert says(bundle("collection", entry(patient(), url, search={"mode": "match"})), "bdl-2")
    assert says(bundle("transaction", entry(patient(), url)), "bdl-3")
    assert says(bundle("batch-response", entry(patient(), url)), "bdl-4")
    assert says(bundle("collection", {"fullUrl": url}), "bdl-5")
    assert says(bundle("collection", entry(patient(), url), entry(patient(), url)), "bdl-7")
    assert says(bundle("collection", entry(patient(), f"{url}/_history/1")), "bdl-8")
    plain = document()
    assert found(plain) == []
    for name, key in (("identifier", "bdl-9"), ("timestamp", "bdl-10")):
        assert says({one: value for one, value in plain.items() if one != name}, key)
    assert says(plain | {"entry": plain["entry"][1:]}, "bdl-11")
    assert says(bundle("message", entry(patient(), url)), "bdl-12")


def test_a_document_holds_all_that_its_composition_names_and_nothing_else() -> None:
    assert found(document("Patient/p1", f"{AT}/Patient/p1")) == []
    assert says(document("Patient/p2"), "not in the bundle")
    assert says(document(custodian={"reference": "Organization/o1"}), "not in the bundle")
    loose = document()
    loose["entry"].append(entry(patient("p9"), f"{AT}/Patient/p9"))
    assert says(loose, "Nothing leads")
    elsewhere = document()
    elsewhere["entry"][1]["fullUrl"] = "urn:uuid:c757873d-ec9a-4326-a141-556f43239520"
    assert says(elsewhere, "not in the bundle")
    assert says(bundle("document"), "at least one entry")
    bare = document()
    bare["entry"][0] = {"fullUrl": f"{AT}/Composition/c1"}
    assert says(bare, "first entry must hold a record")


def test_a_reference_that_leads_to_two_entries_is_named() -> None:
    twice = document("Patient/p1")
    versions = [patient() | {"meta": {"versionId": one}} for one in "12"]
    twice["entry"][1:] = [entry(one, f"{AT}/Patient/p1") for one in versions]
    assert says(twice, "more than one entry")
    exact = document("Patient/p1/_history/1", "Patient/p1/_history/2", author=[{"reference": "Patient/p1/_history/1"}])
    exact["entry"][1:] = [entry(one, f"{AT}/Patient/p1") for one in versions]
    assert found(exact) == []


def test_a_reference_within_a_bundle_leads_to_a_kind_that_may_stand_there() -> None:
    device = {"resourceType": "Device", "id": "d1"}
    owned = patient() | {"managingOrganization": {"reference": "urn:uuid:c757873d-ec9a-4326-a141-556f43239520"}}
    held = entry(device, "urn:uuid:c757873d-ec9a-4326-a141-556f43239520")
    ((at, what),) = found(bundle("collection", entry(owned, f"{AT}/Patient/p1"), held))
    assert at == "Bundle.entry[0].resource.ofType(Patient).managingOrganization"
    assert "Device" in what


def test_what_a_search_finds_has_an_id_and_is_what_was_asked_for() -> None:
    def searched(record: Json, mode: str, asked: str = "Patient?name=x") -> Json:
        link = [{"relation": "self", "url": f"{AT}/{asked}"}]
        return bundle("searchset", entry(record, f"{AT}/x", search={"mode": mode}), link=link)

    assert found(searched(patient(), "match")) == []
    assert says(searched(patient(None), "match"), "must have an id")
    empty = searched(patient(), "match")
    del empty["entry"][0]["resource"]
    assert says(empty, "must hold a record")
    assert says(searched(patient(), "outcome"), "OperationOutcome")
    assert says(searched(patient(), "match", "Observation?x=y"), "not what the search asked for")
    assert found(searched(patient(), "match", "?_type=Patient,Device")) == []


def test_pages_are_for_searches_and_each_link_stands_once() -> None:
    link = [{"relation": "next", "url": AT}]
    assert says(bundle("collection", entry(patient(), f"{AT}/Patient/p1"), link=link), "no place")
    assert says(bundle("searchset", link=link * 2), "twice")


def test_records_given_side_by_side_lead_to_one_another() -> None:
    def given(reference: str) -> Json:
        coverage = {
            "resourceType": "Coverage", "id": "c", "status": "active", "beneficiary": {"reference": reference},
            "payor": [{"display": "x"}],
        }  # fmt: skip
        parts = [{"name": "a", "resource": patient("1")}, {"name": "b", "resource": coverage}]
        return {"resourceType": "Parameters", "parameter": parts}

    assert found(given("Patient/1")) == []
    assert says(given("Patient/2"), "not among the records")
    assert found(given("http://elsewhere.test/Patient/2")) == []
