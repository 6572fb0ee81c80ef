"""Record linkage: what counts as one person, held against the FEBRL files where they are at hand."""

import csv
import os
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date
from itertools import combinations
from pathlib import Path

import pytest

from clinic_desktop.domain.identity import LIKELY, SMALLEST, Frequencies, Person, blocks, compare, learn

CORPUS = Path(os.environ.get("CLINIC_CORPUS", "/nowhere")) / "record_linkage"


def person(family: str = "Okafor", given: str = "Chiamaka", **more: object) -> Person:
    values: dict[str, object] = {"sex": "female", "born_on": date(1985, 7, 4), "born_precision": "day"} | more
    return Person(family, given, **values)  # type: ignore[arg-type]


def test_one_person_typed_twice_is_likely_and_says_why() -> None:
    like = compare(person(phones=("+2348031234567",)), person("Okafro", phones=("08031234567",)))
    assert like.score >= LIKELY
    assert {e.field: e.finding for e in like.evidence} == {
        "name": "family close, given same", "birth": "same", "sex": "same", "phone": "same",
    }  # fmt: skip


@pytest.mark.parametrize(
    "other",
    [
        person("Chiamaka", "Okafor"),
        person(born_on=date(1985, 4, 7)),
        person(born_on=date(1985, 7, 5)),
        person("Okaphor"),
        person(given="Chiamaka Ngozi"),
        person("Eze", other_names=(("Okafor", "Chiamaka"),)),
    ],
    ids=["swapped names", "day and month swapped", "one digit", "sounds alike", "second given name", "maiden name"],
)
def test_the_ways_a_registration_goes_wrong_are_still_likely(other: Person) -> None:
    assert compare(person(), other).score >= LIKELY


@pytest.mark.parametrize(
    "other",
    [
        person(given="Adaeze", born_on=date(1988, 1, 9), phones=("08031234567",), address="12 Market Road"),
        person(given="Adaeze", phones=("08031234567",), address="12 Market Road"),
        person(born_on=date(1955, 2, 17), phones=("08031234567",), address="12 Market Road"),
        person("Balogun", "Tunde", sex="male", phones=("08031234567",), address="12 Market Road"),
        person(born_on=None, born_precision="unknown"),
        person(born_on=date(1991, 1, 30), phones=("07099999999",)),
    ],
    ids=["sister", "twin", "mother of the same name", "husband", "a name alone", "namesake"],
)
def test_a_household_and_namesakes_are_not_one_person(other: Person) -> None:
    assert compare(person(phones=("08031234567",), address="12 Market Road"), other).score < LIKELY


def test_an_agreeing_identity_number_outweighs_a_new_family_name() -> None:
    assert compare(person(national_id="12345678901"), person("Eze", national_id="123-456-789 01")).score >= LIKELY


def test_an_estimated_birth_says_no_more_than_its_year() -> None:
    sure = compare(person(), person(born_on=date(1985, 1, 1), born_precision="estimated"))
    assert {e.field: e.finding for e in sure.evidence}["birth"] == "year agrees"


def test_comparing_is_the_same_both_ways() -> None:
    a, b = person(given="Chi"), person("Okafour", born_on=date(1986, 7, 4))
    assert compare(a, b).score == compare(b, a).score


def test_a_person_says_nothing_of_itself_in_a_log() -> None:
    assert repr(person()) == "Person()"


def test_one_wrong_field_never_hides_a_duplicate_from_being_compared() -> None:
    base = set(blocks(person(phones=("08031234567",))))
    assert base & set(blocks(person("Wrong", phones=("08031234567",))))
    assert base & set(blocks(person(born_on=date(1991, 1, 1))))
    assert base & set(blocks(person("Chiamaka", "Okafor", phones=())))


def febrl(number: int) -> dict[str, Person]:
    people: dict[str, Person] = {}
    with (CORPUS / f"febrl_dataset{number}.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, skipinitialspace=True):
            born = row["date_of_birth"]
            try:
                born_on = date(int(born[:4]), int(born[4:6]), int(born[6:]))
            except ValueError:
                born_on = None
            people[row["rec_id"]] = Person(
                row["surname"], row["given_name"],
                born_on=born_on,
                born_precision="unknown" if born_on is None else "day",
                national_id=row["soc_sec_id"],
                address=" ".join((row["street_number"], row["address_1"], row["address_2"])),
                city=row["suburb"],
                postal_code=row["postcode"],
            )  # fmt: skip
    return people


def among(people: Sequence[Person]) -> Frequencies:
    """How common values are in a file, counted as the store counts them."""
    names = Counter(word for one in people for word in {*one.family, *one.given})
    births = Counter(one.born_on for one in people)
    places = Counter(key for one in people for key in one.places)

    def share(count: int) -> float:
        return max(count - 2, 0) / max(len(people), SMALLEST)

    return Frequencies(
        len(people), *learn(people, len(people)),
        lambda word: share(names[word]), lambda day: share(births[day]), lambda key: share(places[key]),
    )  # fmt: skip


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus is not at hand")
@pytest.mark.parametrize(("number", "f1"), [(1, 0.99), (2, 0.98)])
def test_febrl_duplicates_are_found_and_nothing_else(number: int, f1: float) -> None:
    people = febrl(number)
    groups: dict[str, list[str]] = defaultdict(list)
    same: dict[str, list[str]] = defaultdict(list)
    for key, one in people.items():
        same[key.split("-")[1]].append(key)
        for block in set(blocks(one)):
            groups[block].append(key)
    candidates = {pair for group in groups.values() if len(group) <= 120 for pair in combinations(sorted(group), 2)}
    truth = {pair for group in same.values() for pair in combinations(sorted(group), 2)}
    known = among(list(people.values()))
    found = {(a, b) for a, b in candidates if compare(people[a], people[b], known).score >= LIKELY}
    assert len(candidates) < len(people) * 20
    precision, recall = len(found & truth) / len(found), len(found & truth) / len(truth)
    assert precision >= 0.999
    assert 2 * precision * recall / (precision + recall) >= f1
