"""FHIRPath: what the rules of R4 are written in."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_desktop.exchange.validation import definitions
from clinic_desktop.exchange.validation.fhirpath.asking import Around, Scope
from clinic_desktop.exchange.validation.fhirpath.reading import read
from clinic_desktop.exchange.validation.fhirpath.values import Item, atom, moment, truth
from clinic_desktop.exchange.validation.fhirpath.words import ExpressionError
from clinic_desktop.exchange.validation.json_text import as_written
from clinic_desktop.exchange.validation.json_tree import JsonTree
from clinic_desktop.exchange.validation.nodes import Node
from clinic_desktop.exchange.validation.problems import Findings

PATIENT = {
    "resourceType": "Patient",
    "id": "p",
    "active": True,
    "name": [{"family": "Okafor", "given": ["Ada", "Nneka"]}, {"family": "Lee"}],
    "birthDate": "1975-07",
    "deceasedDateTime": "2024-05-01T10:00:00+02:00",
    "multipleBirthInteger": 2,
    "contained": [{"resourceType": "Practitioner", "id": "gp"}],
}


def patient() -> Node:
    node = JsonTree(Findings()).record(as_written(PATIENT))
    assert node is not None
    return node


def ask(expression: str, node: Node | None = None) -> list[Item]:
    node = node or patient()
    around = Around(node, node, node, is_a=definitions.is_a)
    items = read(expression)(Scope(around, (node,)), (node,))
    return [value for value in map(atom, items) if value is not None]


TRUE = """
name.exists() | name.count() = 2 | name.family = ('Okafor' | 'Lee') | name.given.first() = 'Ada'
name[1].family = 'Lee'
Patient.active | active and name.exists() | active or {} | false implies {} | ({} implies true)
(true xor false) | 1 = 1.0
name.where(family = 'Lee').given.empty() | name.all(family.exists()) | name.select(given.count()).first() = 2
birthDate < '1976' | birthDate >= @1975-07 | deceased is dateTime | deceased > @2024-05-01T07:00:00Z
deceased <= @2024-05-01T08:00:00Z | (deceased as dateTime).exists() | multipleBirth is integer | multipleBirth + 1 = 3
multipleBirth * 1.5 = 3 | 7 div 2 = 3 | 7 mod 2 = 1 | 1 / 2 = 0.5 | -1 < 0 | 'a' & 'b' = 'ab' | 'a' + 'b' = 'ab'
'a' in ('a' | 'b') | ('a' | 'b') contains 'b' | 'abc'.substring(1) = 'bc' | 'abc'.substring(1, 1) = 'b'
'abc'.startsWith('ab') | 'abc'.endsWith('bc') | 'abc'.contains('b') | 'abc'.matches('[a-c]+') | 'abc'.length() = 3
'a.b'.replace('.', '-') = 'a-b' | 'a.b'.replaceMatches('\\\\..*', '') = 'a' | '12'.toInteger() = 12 | 1 != 2 | 'A' ~ 'a'
iif(name.exists(), true, false) | name.family.isDistinct() | name.family.combine(name.family).isDistinct().not()
name.family.combine(name.family).distinct().count() = 2 | name.family.intersect('Lee').count() = 1
name.tail().family = 'Lee' | name.last().family = 'Lee' | name.skip(1).count() = 1 | name.take(1).count() = 1
contained.id = 'gp' | contained.is(Practitioner)
contained.ofType(Practitioner).exists() | contained.ofType(Patient).empty()
%resource.id = 'p' | %ucum = 'http://unitsofmeasure.org' | descendants().given.count() = 2 | children().count() > 4
id.hasValue() | (active = true) | name.given.where($this = 'Ada').exists() | name.family.trace('x').count() = 2
name.family.select($index).last() = 1 | name.given.exists(startsWith('N')) | nothing.empty() | nothing.not().empty()
"""


@pytest.mark.parametrize(
    "expression", [part.strip() for part in TRUE.replace("\n", " |\n").split(" |\n") if part.strip()]
)
def test_lines_of_expressions_are_true(expression: str) -> None:
    for one in _split(expression):
        assert truth(ask(one)) is True, one


def _split(line: str) -> list[str]:
    """Cut at the bars that stand outside brackets."""
    parts, depth = [""], 0
    for character in line:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "|" and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts if part.strip()]


def test_nothing_compared_is_nothing() -> None:
    for expression in (
        "nothing = 1",
        "nothing > 1",
        "{} and true",
        "{} or false",
        "{} xor true",
        "birthDate = @1975-07-01",
    ):
        assert ask(expression) == [], expression
    assert truth(ask("nothing.startsWith('a')")) is False


def test_moments_of_different_precision_tell_only_what_they_know() -> None:
    def told(a: str, b: str) -> int | None:
        one, two = moment(a), moment(b)
        assert one is not None
        assert two is not None
        return one.against(two)

    assert told("2023-06-21", "2023-06-21T06:20:00Z") is None
    assert told("2023-06-20", "2023-06-21T06:20:00Z") == -1
    assert told("2023-06-21T10:00:00+02:00", "2023-06-21T08:00:00Z") == 0
    assert told("2023-06-21T10:00:00.000Z", "2023-06-21T10:00:00Z") == 0
    assert told("2023", "2023-01") is None


@pytest.mark.parametrize(
    "expression", ["", "name.", "name(", "1 +", "foo()", "'open", "a b", "(a", "$that", "#", "[1]", "a.1"]
)
def test_what_is_no_expression_is_said_to_be_none(expression: str) -> None:
    with pytest.raises(ExpressionError):
        read(expression)


def test_depth_is_bounded() -> None:
    with pytest.raises(ExpressionError):
        read("(" * 5000 + "1" + ")" * 5000)


def test_every_rule_of_the_definitions_can_be_read_and_asked() -> None:
    node = patient()
    rules = definitions.every_rule()
    assert len(rules) > 200
    for rule in rules:
        if rule.expression:
            ask(rule.expression, node)


@given(st.lists(st.integers(-9, 9), min_size=1), st.lists(st.integers(-9, 9), min_size=1))
def test_a_union_has_each_item_once_and_an_intersection_only_the_shared(a: list[int], b: list[int]) -> None:
    left, right = (f"({' | '.join(f'({one})' for one in part)})" for part in (a, b))
    assert set(ask(f"{left} | {right}")) == set(a) | set(b)
    assert len(ask(f"{left} | {right}")) == len(set(a) | set(b))
    assert set(ask(f"{left}.intersect{_in(right)}")) == set(a) & set(b)


def _in(part: str) -> str:
    return part if part.startswith("(") else f"({part})"


@given(st.decimals(-999, 999, places=3), st.decimals(-999, 999, places=3))
def test_numbers_compare_and_add_as_decimals(a: Decimal, b: Decimal) -> None:
    assert truth(ask(f"({a}) < ({b})")) is (a < b)
    assert ask(f"({a}) + ({b})") == [a + b]
