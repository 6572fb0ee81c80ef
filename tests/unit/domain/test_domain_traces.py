"""What tells who somebody is is found however it is written."""

import pytest

from clinic_desktop.domain.traces import Traits, Written

ADA = Traits(
    names=("Nguyễn", "Thị Hoa", "王"), whole_names=("Li Na", "Peter Wanjiru"),
    numbers=("MRN-A7-000123-4", "+84 91 555 0102", "999-17-5017", "4711"),
    texts=("ada@example.org", "12 Kenyatta Avenue"), born_on="1988-03-02",
)  # fmt: skip


def written(*texts: str, proven: tuple[str, ...] = ()) -> Written:
    made = Written(frozenset(proven))
    made.add(texts)
    return made


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("daughter of NGUYEN", "name"), ("nguyễn", "name"), ("seen with Hoa today", "name"), ("Na Li", "name"),
        ("called Peter   Wanjiru back", "name"), ("MRN-A7-000123-4", "number"), ("mrn a7 000123 4", "number"),
        ("84915550102", "number"), ("call +84915550102 now", "number"), ("999175017", "number"), ("4711", "number"),
        ("lives at 12 kenyatta avenue, Nakuru", "address"), ("ADA@example.org", "address"),
        ("1988-03-02", "birth date"), ("1988-03-02T10:00:00Z", "birth date"),
    ],
)  # fmt: skip
def test_a_trace_is_found(text: str, what: str) -> None:
    assert written(text).found(ADA) == what


@pytest.mark.parametrize(
    "text", ["lithium", "Li", "471", "8302-2", "1988-03", "1988", "final", "Body weight", "47.11", "Kenyatta"]
)
def test_what_is_no_trace_is_not_taken_for_one(text: str) -> None:
    assert written(text).found(ADA) == ""


def test_somebody_may_be_called_like_a_word_of_the_reference_data() -> None:
    called = Traits(names=("Weight", "Rose"), whole_names=("Rose Weight",))
    assert written("Body weight", proven=("Body weight",)).found(called) == ""
    assert written("Body weight").found(called) == "name"
    assert written("Rose Weight", proven=("Rose Weight",)).found(called) == "name"


def test_a_name_of_another_script_is_found_within_a_word() -> None:
    assert written("患者王小明先生").found(Traits(names=("王小明",))) == "name"
