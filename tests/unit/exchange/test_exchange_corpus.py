"""The shared FHIR material: what is kept of it, that it comes back, and what is refused."""

import csv
import gzip
import os
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from clinic_desktop.exchange.incoming import Imported, import_fhir
from clinic_desktop.exchange.outgoing import bundle_of, bundle_of_parties
from clinic_desktop.exchange.subjects import SUBJECTS
from clinic_desktop.services import departures, reference
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.flags import flags
from clinic_desktop.services.prescribing import check_current
from clinic_desktop.store.engine import Store
from sync.records.exact import Json, digest, loads
from tests.fhir import head

SAMPLE = 25

# What does not come back, and why.
NOBODYS = "it is about nobody of the clinic: a group, a thing, a patient inside the record, or no subject at all"
NOT_KEPT = {
    "Observation/herd1": NOBODYS,
    "Observation/vp-oyster": NOBODYS,
    "Procedure/education": NOBODYS,
    "Procedure/ob": NOBODYS,
    "DiagnosticReport/gingival-mass": NOBODYS,
    "ServiceRequest/appendectomy-narrative": NOBODYS,
    "ServiceRequest/education": NOBODYS,
    "ServiceRequest/ob": NOBODYS,
    **dict.fromkeys((f"Task/fm-example{number}" for number in (1, 3, 4, 5, 6)), NOBODYS),
    "Binary/example": "no document refers to it, and bytes go out with the document they are of",
}


def corpus(*parts: str) -> Path:
    folder = os.environ.get("CLINIC_CORPUS")
    path = Path(folder or "nowhere", *parts)
    if not path.exists():
        pytest.skip(f"CLINIC_CORPUS names no folder with {'/'.join(parts)}")
    return path


def taken(desk: Desk, *paths: Path) -> Imported:
    return import_fhir(desk, list(paths), lambda _words: None)


def of_file(path: Path) -> Json:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as file:
        document: Json = loads(file.read())
    return document


def given_back(desk: Desk) -> dict[str, list[str]]:
    """The digests of all that goes out, by kind and id: ids of two sources may be alike."""
    found: dict[str, list[str]] = {}
    bundles = [bundle_of(desk, patient) for patient in departures.patients_to_export(desk)]
    for bundle in (*bundles, bundle_of_parties(desk)):
        for entry in bundle["entry"]:
            resource = entry["resource"]
            found.setdefault(f"{resource['resourceType']}/{resource['id']}", []).append(digest(plain(resource)))
    return found


def plain(document: object) -> object:
    """A resource with references by the id alone: whether they go by address or by kind is the bundle's matter."""
    if isinstance(document, dict):
        return {name: _last(value) if name == "reference" else plain(value) for name, value in document.items()}
    return [plain(each) for each in document] if isinstance(document, list) else document


def _last(reference: object) -> object:
    return reference.removeprefix("urn:uuid:").rpartition("/")[2] if isinstance(reference, str) else reference


def sample(number: int) -> Iterator[Path]:
    files = sorted(corpus("fhir_synthea_r4").glob("*.json.gz"))
    yield from (path for path in files if "Information" in path.name)
    yield from [path for path in files if "Information" not in path.name][:: max(1, len(files) // number)]


def counted(paths: list[Path]) -> Counter[str]:
    seen: set[tuple[str, str]] = set()
    for path in paths:
        for entry in of_file(path)["entry"]:
            seen.add((entry["resource"]["resourceType"], entry["resource"]["id"]))
    return Counter(kind for kind, _id in seen)


def test_bundles_are_kept_to_the_last_id_and_the_same_again_changes_nothing(desk: Desk, store: Store) -> None:
    paths = list(sample(SAMPLE))
    there = counted(paths)
    done = taken(desk, *paths)
    assert {kind: each.new for kind, each in done.kept.items()} == {k: n for k, n in there.items() if k in SUBJECTS}
    assert done.not_kept == {kind: n for kind, n in there.items() if kind not in SUBJECTS}
    assert done.problems == []
    before = head(store)
    assert all(each.same == each.read for each in taken(desk, *paths).kept.values())
    assert head(store) == before


def test_bundles_come_back_as_they_came(desk: Desk) -> None:
    paths = [path for path in sample(8) if "Information" not in path.name]
    taken(desk, *paths)
    back = given_back(desk)
    for path in paths:
        for entry in of_file(path)["entry"]:
            resource = entry["resource"]
            if resource["resourceType"] in SUBJECTS and SUBJECTS[resource["resourceType"]].table != "outside_parties":
                assert digest(plain(resource)) in back[f"{resource['resourceType']}/{resource['id']}"]


def test_the_official_examples_survive_import_and_export(desk: Desk) -> None:
    folder = corpus("fhir_r4_examples")
    taken(desk, folder)
    back = given_back(desk)
    lost = []
    for path in sorted(folder.glob("*.json*")):
        resource = of_file(path)
        if resource["resourceType"] in SUBJECTS:
            name = f"{resource['resourceType']}/{resource['id']}"
            if digest(plain(resource)) not in back.get(name, ()):
                lost.append(name)
    assert sorted(set(lost) - set(NOT_KEPT)) == []


def test_other_releases_are_refused_by_name(desk: Desk, store: Store) -> None:
    files = sorted(corpus("fhir_wrong_version").glob("*.json.gz"))
    before = head(store)
    done = taken(desk, *files)
    assert head(store) == before
    assert [Path(one.file).name for one in done.problems] == [path.name for path in files]
    assert all(("STU3" if "STU-3" in one.file else "DSTU2") in one.what for one in done.problems)


def test_bulk_files_come_in_in_any_order(desk: Desk, store: Store, tmp_path: Path) -> None:
    folder = corpus("fhir_bulk_ndjson", "10-patients")
    for path in folder.glob("*.gz"):
        # Named so that what others point to comes last.
        shutil.copy(path, tmp_path / f"{'z' if 'Patient' in path.name else 'a'}{path.name}")
    done = taken(desk, tmp_path)
    assert [one for one in done.problems if "neither" not in one.what] == []
    assert (done.kept["Patient"].new, done.kept["MedicationRequest"].new) == (13, 1745)
    before = head(store)
    taken(desk, tmp_path)
    assert head(store) == before


def with_shared_ranges(desk: Desk, folder: Path) -> None:
    """Bring the shared ranges in, as their columns are called here."""
    rows = corpus("lab_ranges", "loinc_normal_and_danger_ranges.csv").read_text(encoding="utf-8").splitlines()
    path = folder / "ranges.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(("test", "unit", "low", "high", "critical_low", "critical_high", "source"))
        for row in csv.DictReader(rows):
            unit = row["UCUM_EX"] or row["units_normRange"]
            limits = [row[name] for name in ("norm_low", "norm_high", "danger_low", "danger_high")]
            # One row is no LOINC code, and one says that twice the critical amount is still normal.
            if row["LOINC_MERGED"] not in {"No LOINC code", "5689-5"}:
                out.writerow((row["LOINC_MERGED"], unit, *limits, "LHNCBC flowsheet"))
    found = reference.read_rows("ranges", path)
    assert found.problems == ()
    reference.import_reference(desk, found, "shared", "1")


def people(store: Store) -> dict[str, str]:
    with store.read() as connection:
        rows = connection.exec_driver_sql("SELECT value, record_id FROM identifiers WHERE kind = 'Patient'")
        return {row[0]: row[1] for row in rows}


def agree(desk: Desk, store: Store, tmp_path: Path) -> int:
    """Compare flags with those that the shared material expects; how many patients were compared."""
    with_shared_ranges(desk, tmp_path)
    known, compared = people(store), 0
    lines = corpus("lab_ranges", "expected_flags_on_synthea.csv").read_text(encoding="utf-8").splitlines()
    for row in csv.DictReader(lines):
        if row["patient_id"] in known:
            found = Counter(one.flag for one in flags(desk, known[row["patient_id"]]))
            assert {each: found[each] for each in ("N", "L", "H", "LL", "HH")} == {
                each: int(row[each]) for each in ("N", "L", "H", "LL", "HH")
            }, row["bundle"]
            compared += 1
    return compared


def test_flags_are_those_expected_by_the_shared_ranges(desk: Desk, store: Store, tmp_path: Path) -> None:
    taken(desk, *sample(SAMPLE))
    assert agree(desk, store, tmp_path) >= SAMPLE


def test_known_interactions_are_found_among_what_is_taken(desk: Desk, store: Store) -> None:
    lines = corpus("drug_interactions", "expected_onc_hp_hits_on_synthea.csv").read_text(encoding="utf-8").splitlines()
    expected = [row for row in csv.DictReader(lines) if row["which_medication_requests"] == "active"]
    taken(desk, *(corpus("fhir_synthea_r4", row["bundle"]) for row in expected))
    known = people(store)
    for row in expected:
        stops = [
            {alert.drug, alert.with_}
            for alert in check_current(desk, known[row["patient_id"]]).alerts
            if alert.kind == "interaction" and alert.tier == "stop"
        ]
        both = (row["drug_a"], row["drug_b"])
        assert any(all(any(drug in name.lower() for name in pair) for drug in both) for pair in stops), row


@pytest.mark.long
def test_all_bundles_and_all_flags(desk: Desk, store: Store, tmp_path: Path) -> None:
    folder = corpus("fhir_synthea_r4")
    done = taken(desk, folder)
    expected: Counter[str] = Counter()
    for row in csv.DictReader((folder / "index.csv").read_text(encoding="utf-8").splitlines()):
        for name, value in row.items():
            if name.startswith("n_"):
                expected[name.removeprefix("n_")] += int(value or 0)
    for kind, each in done.kept.items():
        # Practitioners and organisations stand in several bundles; every other id in one.
        assert each.new == (102 if SUBJECTS[kind].table == "outside_parties" else expected[kind])
    before = head(store)
    taken(desk, folder)
    assert head(store) == before
    assert agree(desk, store, tmp_path) == 306
