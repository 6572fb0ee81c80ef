"""What is known of each kind of analyser, as data: its codes for our tests, its units, its controls, whose ranges."""

import functools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from clinic_desktop import paths
from clinic_desktop.domain.devices import LOINC
from clinic_desktop.services.devices import ReceivedMessage, ReceivedResult


@dataclass(frozen=True)
class Test:
    """What a code of an analyser means: the test of our catalogue, its LOINC code, the unit where none is told."""

    loinc: str = ""
    test: str | None = None
    unit: str | None = None


@dataclass(frozen=True)
class Profile:
    """One kind of analyser; `ours` says that its own flags and ranges are not kept, ours are asked alone."""

    name: str
    sender: re.Pattern[str]
    tests: Mapping[str, Test]
    units: Mapping[str, str]
    controls: re.Pattern[str] | None
    words: Mapping[str, str]
    ours: bool


@functools.cache
def profiles() -> tuple[Profile, ...]:
    """Every profile that is kept, the first that fits a sender is taken."""
    folder = paths.resources() / "analysers"
    return tuple(_read(json.loads(path.read_text(encoding="utf-8"))) for path in sorted(folder.glob("*.json")))


def _read(told: dict[str, object]) -> Profile:
    tests = told.get("tests", {})
    controls = told.get("controls")
    assert isinstance(tests, dict)
    return Profile(
        str(told["name"]),
        re.compile(str(told["sender"]), re.IGNORECASE),
        {str(code): Test(**meaning) for code, meaning in tests.items()},
        _words(told.get("units")),
        re.compile(str(controls), re.IGNORECASE) if controls else None,
        _words(told.get("words")),
        told.get("ranges") == "ours",
    )


def _words(told: object) -> dict[str, str]:
    return {str(name): str(value) for name, value in told.items()} if isinstance(told, dict) else {}


def profiled(message: ReceivedMessage) -> ReceivedMessage:
    """A message with the codes and units of its analyser in ours, where its profile knows them; nothing is guessed."""
    profile = next((one for one in profiles() if one.sender.search(message.device)), None)
    if profile is None or message.subject != "result":
        return message
    return replace(message, results=tuple(_known(one, profile) for one in message.results))


def _known(one: ReceivedResult, profile: Profile) -> ReceivedResult:
    unit = profile.units.get(one.unit or "", one.unit)
    control = one.control or bool(profile.controls and any(profile.controls.search(number) for number in one.numbers))
    one = replace(one, unit=unit, control=control)
    if profile.ours:
        one = replace(one, flag="", range_text="")
    meaning = profile.tests.get(one.code)
    if meaning is None or one.code_system:
        return one
    value = profile.words.get((one.value or "").casefold(), one.value) if one.value_kind != "quantity" else one.value
    return replace(
        one, code=meaning.loinc or one.code, code_system=LOINC if meaning.loinc else "", test_code=meaning.test,
        unit=unit or meaning.unit, value=value,
    )  # fmt: skip


def in_their_codes(device: str, tests: tuple[str, ...]) -> tuple[str, ...]:
    """Tests of our catalogue as an analyser calls them, without what it cannot do; as they are where none is known."""
    profile = next((one for one in profiles() if one.sender.search(device)), None)
    if profile is None or not profile.tests:
        return tests
    theirs = {meaning.test: code for code, meaning in reversed(list(profile.tests.items())) if meaning.test}
    return tuple(theirs[test] for test in tests if test in theirs)
