"""What a monitor says: data points of Open mHealth, written here without anything of the side that reads them."""

from collections.abc import Mapping


def points(at: str, identity: str, values: Mapping[str, float]) -> list[dict[str, object]]:
    """The data points of one measurement: blood pressure, heart rate, oxygen saturation, temperature."""
    when = {"effective_time_frame": {"date_time": at}}
    bodies: dict[str, dict[str, object]] = {
        "blood-pressure": {
            "systolic_blood_pressure": {"value": values["systolic"], "unit": "mmHg"},
            "diastolic_blood_pressure": {"value": values["diastolic"], "unit": "mmHg"},
        },
        "heart-rate": {"heart_rate": {"value": values["pulse"], "unit": "beats/min"}},
        "oxygen-saturation": {"oxygen_saturation": {"value": values["oxygen"], "unit": "%"}},
        "body-temperature": {"body_temperature": {"value": values["temperature"], "unit": "C"}},
    }
    return [
        {
            "header": {
                "id": f"{identity}-{n}",
                "creation_date_time": at,
                "schema_id": {"namespace": "omh", "name": name, "version": "2.0"},
            },
            "body": {**body, **when},
        }
        for n, (name, body) in enumerate(bodies.items())
    ]
