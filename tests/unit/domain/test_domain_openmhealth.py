"""Open mHealth is read by its published schemas: every right point, no wrong one, and nothing is guessed."""

import json
import os
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic_desktop.domain import openmhealth, vitals
from clinic_desktop.domain.openmhealth import Measured, read_form, read_point, require_plausible
from clinic_desktop.domain.refusals import Refusal

CORPUS = Path(os.environ.get("CLINIC_CORPUS", "/nowhere")) / "vitals_openmhealth"
SIGNS = {
    "blood-glucose", "blood-pressure", "body-height", "body-mass-index", "body-temperature", "body-weight",
    "heart-rate", "oxygen-saturation", "respiratory-rate", "rr-interval",
}  # fmt: skip


def headed(schema: str, version: str, body: object) -> dict[str, object]:
    return {"header": {"schema_id": {"namespace": "omh", "name": schema, "version": version}}, "body": body}


def taken(point: object) -> bool:
    return field_refused(lambda: read_point(point)) is None


def field_refused(read: Callable[[], Measured]) -> str | None:
    """The field that is refused, which is always named; None where everything is taken."""
    try:
        require_plausible(read())
    except Refusal as refused:
        return refused.field or "no field is named"
    return None


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus is not here (CLINIC_CORPUS)")
def test_every_point_of_the_corpus_is_taken_or_refused_as_its_schema_says() -> None:
    wrong, seen = [], 0
    for path in sorted(CORPUS.rglob("*.json")):
        schema, version, _expect = path.relative_to(CORPUS).parts[:3]
        body = json.loads(path.read_text())
        if schema not in SIGNS:
            assert not taken(body), path
            continue
        seen += 1
        if taken(headed(schema, version, body)) != ("shouldPass" in str(path)):
            wrong.append(str(path))
    assert wrong == []
    assert seen >= 40


@pytest.mark.parametrize(
    ("body", "entries"),
    [
        ({"body_temperature": {"value": 98.6, "unit": "F"}}, {"temperature": "37"}),
        ({"body_temperature": {"value": 310.15, "unit": "K"}}, {"temperature": "37"}),
        ({"body_weight": {"value": 150, "unit": "lb"}}, {"weight": "68.0389"}),
        ({"body_weight": {"value": 3500, "unit": "g"}}, {"weight": "3.5"}),
        ({"body_height": {"value": 5.5, "unit": "ft"}}, {"height": "167.64"}),
        ({"blood_glucose": {"value": 5.5, "unit": "mmol/L"}}, {"glucose_meter": "99.0858"}),
        (
            {
                "systolic_blood_pressure": {"value": 120, "unit": "mmHg"},
                "diastolic_blood_pressure": {"value": 80, "unit": "mmHg"},
            },
            {"pressure": "120/80"},
        ),
    ],
)
def test_units_are_those_of_the_form(body: dict[str, object], entries: dict[str, str]) -> None:
    assert dict(read_point(body).entries) == entries


@pytest.mark.parametrize(
    ("more", "doubt"),
    [
        ({}, None),
        ({"descriptive_statistic": "average"}, openmhealth.STATISTIC),
        ({"specimen_source": "interstitial fluid"}, openmhealth.OTHER_SPECIMEN),
        ({"specimen_source": "capillary blood"}, None),
        (
            {
                "effective_time_frame": {
                    "time_interval": {
                        "start_date_time": "2013-02-05T07:25:00Z",
                        "end_date_time": "2013-06-05T07:25:00Z",
                    }
                }
            },
            openmhealth.PERIOD,
        ),
    ],
)
def test_what_is_no_single_measurement_waits_for_a_person(more: dict[str, object], doubt: str | None) -> None:
    assert read_point({"blood_glucose": {"value": 99, "unit": "mg/dL"}, **more}).doubt == doubt


def test_the_index_and_the_interval_between_beats_wait_for_a_person() -> None:
    assert read_point({"body_mass_index": {"value": 20, "unit": "kg/m2"}}) == Measured((), doubt=openmhealth.WORKED_OUT)
    assert read_point({"rr_interval": {"value": 800, "unit": "ms"}}).doubt == openmhealth.NO_SIGN


@given(st.decimals("30", "300", places=1), st.sampled_from(["kg", "lb", "g", "oz"]))
def test_a_weight_is_the_same_as_if_it_had_been_typed(number: Decimal, unit: str) -> None:
    factor = {"kg": "1", "lb": "0.45359237", "g": "0.001", "oz": "0.028349523125"}[unit]
    (entry,) = read_point({"body_weight": {"value": float(number), "unit": unit}}).entries
    assert abs(Decimal(entry[1]) - number * Decimal(factor)) < Decimal("0.0001")


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from([
            "value", "unit", "header", "body", "effective_time_frame", "time_interval", "date_time", "body_weight",
            "heart_rate", "systolic_blood_pressure", "schema_id", "version", "name", "duration", "start_date_time",
            "descriptive_statistic", "user_notes",
        ]) | st.text(max_size=4),
        inner, max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=300)
@given(JSON)
def test_whatever_comes_is_read_or_refused_with_its_field(point: object) -> None:
    assert field_refused(lambda: read_point(point)) != "no field is named"


@settings(max_examples=200)
@given(
    st.dictionaries(st.sampled_from([*vitals.BY_KEY, "pressure", "posture", "x"]), st.text(max_size=12), max_size=4),
    st.none() | st.text(max_size=30),
)
def test_whatever_stands_in_a_form_is_read_or_refused_with_its_field(values: dict[str, str], at: str | None) -> None:
    assert field_refused(lambda: read_form(values, at, None)) != "no field is named"
