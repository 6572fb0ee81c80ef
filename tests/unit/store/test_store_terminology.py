"""The ICD-10-CM search table."""

import csv
import gzip
import statistics
import threading
import time
from pathlib import Path

import pytest

from clinic_desktop.domain.refusals import Trouble
from clinic_desktop.paths import resources
from clinic_desktop.store.terminology import build, diagnosis, search_icd


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("icd") / "icd.db")


def test_no_code_stands_twice_and_all_are_in_the_table(table: Path) -> None:
    with gzip.open(resources() / "reference" / "icd10cm.csv.gz", "rt", encoding="utf-8", newline="") as file:
        codes = [row["code"] for row in csv.DictReader(file)]
    assert len(codes) == len(set(codes)) > 90_000
    for code in (codes[0], codes[-1], codes[len(codes) // 2], "B20"):
        found = diagnosis(code, path=table)
        assert found is not None
        assert found.code == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("e11.9", "E11.9"), ("E119", "E11.9"), ("I10", "I10"), ("type 2 diab", "E11"), ("DIABETES type 2", "E11"),
        ("asthma", "J45"), ("essential hypertension", "I10"), ("malaria falciparum", "B50"),
    ],
)  # fmt: skip
def test_found_by_code_or_by_the_beginnings_of_words(table: Path, text: str, code: str) -> None:
    assert search_icd(text, path=table)[0].code == code


def test_a_category_is_not_billable_and_its_leaf_is(table: Path) -> None:
    category, leaf = diagnosis("E11", path=table), diagnosis("E11.9", path=table)
    assert category is not None
    assert leaf is not None
    assert (category.billable, leaf.billable) == (False, True)


@pytest.mark.parametrize("text", ["", " ", '"', "' OR 1=1 --", "NEAR(", "a AND", "العربية", "*", "x" * 5000, "²", "क्ष"])
def test_any_text_can_be_searched(table: Path, text: str) -> None:
    assert isinstance(search_icd(text, path=table), tuple)


def test_the_limit_holds(table: Path) -> None:
    assert len(search_icd("fracture", 7, path=table)) == 7
    assert search_icd("fracture", 0, path=table) == ()


def test_a_search_takes_less_than_two_milliseconds(table: Path) -> None:
    times = []
    for text in ("di", "diab", "type 2 diab", "hypert", "e11", "asthma", "headache", "malaria fal", "a", "o80") * 5:
        start = time.perf_counter()
        search_icd(text, path=table)
        times.append(time.perf_counter() - start)
    assert statistics.median(times) < 0.002


def test_two_may_build_at_once_and_nothing_is_left_beside(tmp_path: Path) -> None:
    path = tmp_path / "icd.db"
    errors: list[BaseException] = []

    def make() -> None:
        try:
            build(path)
        except BaseException as error:  # noqa: BLE001 - a thread's error must reach the test
            errors.append(error)

    both = [threading.Thread(target=make) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert not errors
    assert [each.name for each in tmp_path.iterdir()] == ["icd.db"]
    assert search_icd("asthma", path=path)


def test_a_place_that_cannot_be_written_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Trouble, match="table of diagnoses"):
        build(tmp_path / "file" / "icd.db")
