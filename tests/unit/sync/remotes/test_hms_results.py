"""Results of HMS Enterprise-Grade: what is corrected, withdrawn or flagged there is heard here, each time."""

from typing import Any

import pytest

from sync.port import Kind, Seen, Story
from sync.records.observation import Observation
from sync.remotes.hms_enterprise.mapping.telling import body_of
from sync.remotes.hms_enterprise.remote import HmsRemote
from sync.telling.work import extra
from tests.unit.sync.loopback import Watch
from tests.unit.sync.remote_laws import Recorder
from tests.unit.sync.stories import Linked

HMS = HmsRemote(Recorder(), Watch(), {})


def seen(*components: dict[str, Any], **more: Any) -> Seen:
    tests = [{"test_code": "CMP", "components": list(components), **more.pop("test", {})}]
    return Seen(Kind.LAB_RESULT, "o", body_of(Kind.LAB_RESULT, {"order_id": "o", "results": tests, **more}))


def results_at(*each: tuple[dict[str, Any], dict[str, str]]) -> Seen:
    tests = [{"test_code": "CMP", "components": [one], **at} for one, at in each]
    return Seen(Kind.LAB_RESULT, "o", body_of(Kind.LAB_RESULT, {"order_id": "o", "results": tests}))


def potassium(result: Any, **more: Any) -> dict[str, Any]:
    return {"component": "Potassium", "result": result, "unit": "mmol/L", "status": "final", **more}


def heard(*looks: Seen) -> list[Observation]:
    """What stands in the chart after looking again and again."""
    story: Story | None = None
    for look in looks:
        for again in (False, True):  # looking once more brings nothing
            records = HMS.adopt(look, story, Linked())
            assert story is None or records[: 1 + len(story.rest)] == (story.first, *story.rest)
            assert not again or story is None or records == (story.first, *story.rest)
            if records:
                story = Story(Kind.LAB_RESULT, "o", 1, None, records[0], records[1:])
    assert story is not None
    return [one for one in (story.first, *story.rest) if isinstance(one, Observation)]


def stands(*looks: Seen) -> list[tuple[str, str | None, str | None]]:
    found: list[tuple[str, str | None, str | None]] = []
    for one in heard(*looks):
        flag = one.interpretation[0] if one.interpretation else None
        value = str(one.value_quantity.value) if one.value_quantity else one.value_string
        found.append((one.status, value, (flag.text or flag.coding[0].code) if flag else None))
    return found


def test_a_correction_that_is_taken_back_stands_last() -> None:
    looks = [seen(potassium(value)) for value in ("3.1", "6.1", "3.1")]
    assert stands(*looks) == [("final", "3.1", None), ("final", "6.1", None), ("final", "3.1", None)]


def test_a_component_that_is_listed_more_than_once_is_heard_in_that_order_and_no_more() -> None:
    one, two, three = potassium("3.1"), potassium("6.1"), potassium("5.0")
    assert [value for _s, value, _f in stands(seen(one, one))] == ["3.1", "3.1"], "two bottles may say the same"
    assert [value for _s, value, _f in stands(seen(one, one), seen(one, two))] == ["3.1", "3.1", "6.1"]
    assert [value for _s, value, _f in stands(seen(one, two), seen(one, two, three))] == ["3.1", "6.1", "5.0"]
    assert [value for _s, value, _f in stands(seen(one, two), seen(two))] == ["3.1", "6.1"]


def test_the_same_value_at_another_time_is_another_result() -> None:
    early, late = ({"resulted_at": f"2026-03-10T{hour}:00:00Z"} for hour in ("08", "12"))
    both = results_at((potassium("7.1"), early), (potassium("7.1"), late))
    assert stands(both) == [("final", "7.1", None)] * 2
    assert stands(seen(potassium("7.1"), test=early), both) == [("final", "7.1", None)] * 2
    assert [one.effective_date_time for one in heard(both)] == [each["resulted_at"] for each in (early, late)]


def test_only_the_laboratory_says_that_a_result_is_a_correction() -> None:
    times = [{"resulted_at": f"2026-03-10T{hour}:00:00Z"} for hour in ("10", "12")]
    look = results_at((potassium("4.0"), times[0]), (potassium("4.1"), times[1]))
    assert [status for status, _v, _f in stands(look)] == ["final", "final"]
    assert [status for status, _v, _f in stands(seen(potassium("4.1", status="corrected")))] == ["corrected"]


def test_the_same_value_that_is_flagged_since_is_heard() -> None:
    looks = seen(potassium("6.1")), seen(potassium("6.1", flag="critical"))
    assert stands(*looks) == [("final", "6.1", None), ("final", "6.1", "AA")]


@pytest.mark.parametrize("word", ["cancelled", "Canceled", "WITHDRAWN", "retracted"])
@pytest.mark.parametrize("value", ["3.1", None, ""])
def test_a_value_that_is_withdrawn_is_heard_to_be_and_so_is_its_return(word: str, value: Any) -> None:
    gone = seen(potassium(value, status=word))
    told = ("cancelled", value or None, None)
    assert stands(seen(potassium("3.1")), gone) == [("final", "3.1", None), told]
    assert stands(seen(potassium("3.1")), gone, seen(potassium("3.1")))[2:] == [("final", "3.1", None)]
    assert not HMS.unread(gone, Linked())


def test_an_error_that_was_entered_is_one_here() -> None:
    assert stands(seen(potassium("3.1", status="entered-in-error")))[0][0] == "entered-in-error"


@pytest.mark.parametrize("more", [{"test": {"status": "cancelled"}}, {"status": "Cancelled"}])
def test_with_a_test_or_an_order_that_is_withdrawn_each_of_its_results_is(more: dict[str, Any]) -> None:
    assert stands(seen(potassium("3.1")), seen(potassium("3.1"), **more))[1:] == [("cancelled", "3.1", None)]


def test_a_test_that_has_no_result_yet_is_none() -> None:
    for look in (seen(potassium(None, status="in progress")), seen(potassium("", status="ordered"))):
        assert HMS.adopt(look, None, Linked()) == ()
        assert not HMS.unread(look, Linked())
    # Whose the order is stands there before there is any result: that alone is no record of anything.
    for results in ([], [{"test_code": "CMP", "status": "ordered"}]):
        body = body_of(Kind.LAB_RESULT, {"order_id": "o", "patient_id": "p", "results": results, "status": "ordered"})
        assert HMS.adopt(Seen(Kind.LAB_RESULT, "o", body), None, Linked()) == ()


@pytest.mark.parametrize(
    ("flag", "code"),
    [
        ("CRITICAL HIGH", "HH"), ("critical_low", "LL"), ("Critical", "AA"), ("panic-high", "HH"), ("hh", "HH"),
        ("High", "H"), ("L", "L"), ("ABNORMAL", "A"), ("normal", "N"),
    ],
)  # fmt: skip
def test_a_flag_is_read_however_it_is_spelled(flag: str, code: str) -> None:
    look = seen(potassium("6.1", flag=flag))
    assert stands(look) == [("final", "6.1", code)]
    assert not HMS.unread(look, Linked())


@pytest.mark.parametrize("flag", ["H*", "++", "see comment", {"code": "HH"}, 3])
def test_a_flag_that_nobody_knows_is_not_read_and_its_words_are_kept(flag: Any) -> None:
    look = seen(potassium("6.1", flag=flag))
    assert HMS.unread(look, Linked()) == {"results"}
    assert stands(look) == [("final", "6.1", flag if isinstance(flag, str) else None)]


def test_a_value_whose_status_nobody_knows_is_not_read() -> None:
    assert HMS.unread(seen(potassium("3.1", status="nullified")), Linked()) == {"results"}
    for word in (None, "", "FINAL", "Preliminary", "completed", "corrected"):
        assert not HMS.unread(seen(potassium("3.1", status=word)), Linked())


UNREADABLE: list[dict[str, Any]] = [
    {"result": None, "flag": "critical high"},
    {"result": " ", "status": None, "flag": "critical high"},
    {"result": None},  # it is final
    {"result": None, "status": None, "result_value": "9.1"},
    {"comment": "HAEMOLYSED, disregard"},
    {"result": {"value": 9.1}},
    {"value": "2.2"},
    {"component": "Lac\0tate"},
    {"unit": "\0"},
    {"resulted_at": "yesterday at noon"},
    {"resulted_at": "2026-02-31T08:00:00Z"},
]


@pytest.mark.parametrize("more", UNREADABLE)
def test_of_a_component_that_says_more_than_is_read_it_is_known_and_its_neighbours_are_taken_in(
    more: dict[str, Any],
) -> None:
    look = seen({"component": "Lactate", "result": "9.1", "status": "final", **more}, potassium("3.1"))
    assert HMS.unread(look, Linked()) == {"results"}
    assert stands(look)[-1] == ("final", "3.1", None)


@pytest.mark.parametrize(
    "results",
    [
        [{"test_code": "L", "components": {"Lactate": "9.1 critical"}}], [{"test_code": "L", "components": 5}],
        ["Potassium 7.1 CRITICAL"], {"potassium": "7.1"}, "Potassium 7.1", [{"test_code": "L", "status": "completed"}],
        [{"test_code": "L", "comment": "HAEMOLYSED", "components": [potassium("3.1")]}],
    ],
)  # fmt: skip
def test_results_in_a_form_that_nobody_knows_are_not_read_and_those_beside_them_are(results: Any) -> None:
    look = Seen(Kind.LAB_RESULT, "o", body_of(Kind.LAB_RESULT, {"order_id": "o", "results": results}))
    assert HMS.unread(look, Linked()) == {"results"}
    if isinstance(results, list):
        known = [{"test_code": "CMP", "components": [potassium("4.0")]}]
        look = Seen(Kind.LAB_RESULT, "o", body_of(Kind.LAB_RESULT, {"order_id": "o", "results": results + known}))
        assert HMS.unread(look, Linked()) == {"results"}
        assert stands(look)[-1] == ("final", "4.0", None)


def test_what_is_said_beside_the_results_is_not_passed_over() -> None:
    look = seen(potassium("3.1"), comment="ALL HAEMOLYSED", updated_at="2026-03-10T08:00:00Z")
    assert HMS.unread(look, Linked()) == {"beside"}
    assert look.body["beside"] == {"comment": "ALL HAEMOLYSED"}
    assert HMS.unread(seen(potassium("3.1"), notes="x\0y"), Linked()) == {"notes"}


def compared(look: Seen) -> Any:
    return HMS.canonical(Kind.LAB_RESULT, look.body)


def test_what_moves_with_every_answer_is_no_news_but_a_new_name_and_a_new_value_are() -> None:
    def look(at: str, value: str = "3.1", **more: Any) -> Any:
        part = potassium(value, retrieved_at=at, **more)
        tests = [{"test_code": "CMP", "pdf": at, "components": [part]}, {**part, "test_name": "Potassium"}]
        body = body_of(Kind.LAB_RESULT, {"order_id": "o", "results": tests, "pdf": {"signed": at}, "more": []})
        one = Seen(Kind.LAB_RESULT, "o", body)
        assert HMS.unread(one, Linked()) == {"results", "beside"}
        return compared(one)

    assert look("1") == look("2")
    assert look("1") != look("1", comment="HAEMOLYSED")
    assert look("1", comment="ok") != look("1", comment="HAEMOLYSED, disregard"), "a remark is not only named"
    assert look("1") != look("1", value="3.2")
    first, other = (seen(potassium("3.1"), **{name: "x"}) for name in ("comment", "remark"))
    assert compared(first) != compared(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"numeric_result": 4.1}, {"numeric_result": 7.9}), ({"qualifier": "ok"}, {"qualifier": "haemolysed"}),
        ({"addendum": "ok"}, {"addendum": "another patient's blood"}), ({"patient_id": "1"}, {"patient_id": "2"}),
        ({"conclusion": "no growth"}, {"conclusion": {"text": "MRSA", "read_at": "x"}}),
        ({"finding": {"value": 4.1, "url": "a"}}, {"finding": {"value": 7.9, "url": "a"}}),
        ({"seen": "2026-03-10T09:00"}, {"seen": "2026-03-10T09:00 MRSA"}),
        ({"status_flat": "ok"}, {"status_flat": "no"}),
        ({"antibody_response": "non-reactive"}, {"antibody_response": "REACTIVE"}), ({"trace": "0"}, {"trace": "1"}),
    ],
)  # fmt: skip
def test_a_value_under_a_name_that_nobody_knows_is_news_when_it_says_something_else(one: Any, other: Any) -> None:
    assert compared(seen(potassium("4.1", **one))) != compared(seen(potassium("4.1", **other)))
    if "patient_id" not in one:
        assert compared(seen(**one)) != compared(seen(**other))
    assert compared(seen(test=one)) != compared(seen(test=other))


@pytest.mark.parametrize(
    "name",
    ["retrieved_at", "retrievedAt", "_self_link", "href", "report_url", "request_id", "X-Request-Id", "trace_id"],
)
def test_the_stamps_and_links_of_an_answer_are_no_news_under_any_name(name: str) -> None:
    for more in ({name: "a"}, {"x": "2026-03-10T09:00:00.12Z"}, {"x": {name: "a", "y": 1}}, {"x": "https://a.b/c?d=e"}):
        moved = {k: {**v, name: "b"} if isinstance(v, dict) else v.replace("a", "b").replace("9", "8")
                 for k, v in more.items()}  # fmt: skip
        assert more != moved
        assert compared(seen(potassium("4.1", **more))) == compared(seen(potassium("4.1", **moved)))
        assert compared(seen(**more)) == compared(seen(**moved))


def test_a_number_that_nothing_measures_stands_in_its_words_and_keeps_no_other_out() -> None:
    for value in ("9" * 70, "1e999"):
        look = seen(potassium(value, unit=None), potassium("140", component="Sodium"))
        assert stands(look) == [("final", value, None), ("final", "140", None)]


def test_a_component_has_a_time_of_its_own() -> None:
    look = seen(potassium("3.1", resulted_at="2026-03-10T09:00:00Z"), test={"resulted_at": "2026-03-10T08:00:00Z"})
    assert [one.effective_date_time for one in heard(look)] == ["2026-03-10T09:00:00Z"]
    assert not HMS.unread(look, Linked())


def test_a_result_in_words_keeps_its_unit() -> None:
    assert stands(seen(potassium("<0.01"))) == [("final", "<0.01 mmol/L", None)]


def test_what_the_laboratory_remarks_stands_among_the_results_even_where_there_is_none() -> None:
    words = "WRONG PATIENT'S BLOOD: disregard all results"
    assert stands(seen(potassium("3.1"), notes=words)) == [("final", "3.1", None), ("final", words, None)]
    assert stands(seen(potassium("3.1"), notes=words), seen(potassium("3.1"), notes="")) == [
        ("final", "3.1", None), ("final", words, None),
    ]  # fmt: skip
    assert stands(seen(notes="Sample lost: draw again")) == [("final", "Sample lost: draw again", None)]
    assert HMS.unread(seen(potassium("3.1"), notes={"en": words}), Linked()) == {"notes"}


def test_results_say_of_which_order_they_are_where_it_was_placed_here() -> None:
    links = Linked(lambda _kind, _local: "o")
    assert links.there(Kind.LAB_ORDER, "ours") == "o"
    found = HMS.adopt(seen(potassium("3.1"), potassium("3.1", component="Sodium"), notes="fine"), None, links)
    said = [extra(one, "basedOn") for one in found]
    assert said == [[{"reference": "ServiceRequest/ours"}]] * 3
    assert [extra(one, "basedOn") for one in HMS.adopt(seen(potassium("3.1")), None, Linked())] == [None]


def test_an_empty_result_beside_a_value_is_the_value() -> None:
    for empty in ("", "  ", None):
        one = {"component": "Lactate", "result": empty, "value": "9.1", "unit": "mmol/L", "status": "preliminary"}
        assert "9.1" in repr([each.model_dump(exclude_none=True) for each in heard(seen(one))])
