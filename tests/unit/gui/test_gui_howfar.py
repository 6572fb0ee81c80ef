"""The quiet mark of a record: what needs somebody first, and never "confirmed" where one system has not got it."""

import pytest

from clinic_desktop.exchange.sync_shown import GRAVE, Mark
from clinic_desktop.gui.widgets.howfar import WORDS, full_words, named_words, short_words
from sync.engine.status import WORDS as OF_THE_ENGINE


def marked(*words: str) -> dict[tuple[str, str], tuple[Mark, ...]]:
    ordered = sorted(words, key=GRAVE.index)
    return {("patient", "p"): tuple(Mark(f"System {n}", word, "", None) for n, word in enumerate(ordered))}


@pytest.mark.parametrize(
    ("words", "short"),
    [
        (("confirmed",), "confirmed"),
        (("confirmed", "confirmed"), "confirmed"),
        (("confirmed", "waiting", "confirmed"), "confirmed by 2 of 3"),
        (("confirmed", "refused"), "refused"),
        (("confirmed", "differs there"), "differs there"),
        (("cannot be told", "sent"), "sent to 1 of 2"),
        (("cannot be told", "sent", "sent"), "sent to 2 of 3"),
        (("cannot be told", "confirmed"), "confirmed by 1 of 2"),
        (("cannot be told", "waiting", "sent"), "waiting"),
        (("cannot be told", "refused", "sent"), "refused"),
        (("cannot be told", "sent, no answer"), "sent, no answer"),
        (("cannot be told", "saved here"), "cannot be told"),
        (("cannot be told", "cannot be told"), "cannot be told"),
        (("sent", "saved here"), "sent"),
        (("waiting", "saved here"), "waiting"),
    ],
)
def test_what_needs_somebody_is_said_first(words: tuple[str, ...], short: str) -> None:
    assert short_words(marked(*words), "patient", "p") == short


def test_where_one_record_stands_open_the_systems_are_named() -> None:
    said = named_words(marked("confirmed", "waiting", "confirmed", "refused"), "patient", "p")
    assert said == "refused (System 0) · waiting (System 1) · confirmed (System 2, System 3)"
    assert named_words(marked("confirmed", "confirmed"), "patient", "p") == "confirmed"
    assert named_words({}, "patient", "p") == ""


def test_a_record_no_system_has_to_do_with_says_nothing() -> None:
    assert short_words({}, "patient", "p") == full_words({}, "patient", "p") == ""


def test_each_system_stands_on_a_line_with_why_and_until_when() -> None:
    mark = Mark("Healify", "waiting", "its limit is full", "2026-03-10T09:00:00+00:00")
    words = full_words({("patient", "p"): (mark,)}, "patient", "p")
    assert words.startswith("Healify: waiting (until ")
    assert words.endswith("its limit is full")


def test_what_a_system_is_not_told_is_named_though_the_rest_is_confirmed() -> None:
    mark = Mark("HMS", "confirmed", "", None, "allergies, problems")
    words = full_words({("patient", "p"): (mark,)}, "patient", "p")
    assert words == "HMS: confirmed. Not told there: allergies, problems"


@pytest.mark.parametrize(
    ("word", "why", "said"),
    [
        ("sent, no answer", "no answer came; it is looked for there", "sent, no answer, it is looked for there"),
        ("sent, no answer", "no answer came", "sent, no answer"),
        ("waiting", "waits for its patient to be known there", "waits for its patient to be known there"),
        (
            "waiting", "waits for its practitioner to be known there",
            "waiting, until an administrator has said who that is there (Sync, Who is who)",
        ),
    ],
)  # fmt: skip
def test_what_a_state_says_is_not_said_twice_and_who_can_do_something_is_named(word: str, why: str, said: str) -> None:
    mark = Mark("Healify", word, why, None)
    assert full_words({("patient", "p"): (mark,)}, "patient", "p") == f"Healify: {said}"


def test_every_word_of_the_engine_has_its_words_and_its_place() -> None:
    assert set(OF_THE_ENGINE.values()) == set(GRAVE) == set(WORDS)
