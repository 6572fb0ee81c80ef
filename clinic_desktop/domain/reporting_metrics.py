"""Every metric that the documented systems show, and where it stands here, or why it is not measured.

AROCORD-HIMS, section 10, and HMS Enterprise, "Analytics": their own names on the left.
"""

from dataclasses import dataclass

AROCORD, HMS = "AROCORD-HIMS", "HMS Enterprise"


@dataclass(frozen=True)
class Metric:
    """A metric of another system: the report and columns it is read from, or why there is none, and its formula."""

    system: str
    name: str
    report: str
    columns: tuple[str, ...]
    formula: str

    @property
    def is_measured(self) -> bool:
        """Whether a report says it."""
        return bool(self.report)

    @property
    def words(self) -> str:
        """Its name as people read it: “Registrations: growth rate” of ``registrations.growth_rate``."""
        said = self.name.replace(".", ": ").replace("_", " ").replace("-", " ").replace("hba1c", "HbA1c")
        return said[:1].upper() + said[1:]


def _here(system: str, name: str, report: str, columns: str, formula: str) -> Metric:
    return Metric(system, name, report, tuple(columns.split()), formula)


def _not(system: str, name: str, why: str) -> Metric:
    return Metric(system, name, "", (), f"Not measured here: {why}")


METRICS = (
    _here(AROCORD, "total_patients", "patient-demographics", "people",
          "People registered by the last day and alive on it; any one dimension sums to it."),
    _here(AROCORD, "active_appointments_today", "appointment-utilization", "booked cancelled missed",
          "Over one day: booked - cancelled - missed."),
    _here(AROCORD, "average_wait_time", "queue-analytics", "wait_mean",
          "From check-in to the call (or the visit's beginning), the mean in minutes."),
    _here(AROCORD, "consultation_completion_rate", "doctor-performance", "completion",
          "Visits signed / visits begun in the period that are not void."),
    _not(AROCORD, "prescription_accuracy", "the document does not say what an accurate prescription is; safety alerts "
         "and their overrides are in the report prescribing, and what pharmacists rejected in their queue."),
    _not(AROCORD, "patient_satisfaction", "patients are not asked; a number nobody gave would be invented."),
    _here(AROCORD, "patient_volume", "doctor-performance", "period people",
          "Grouped by day: people with a visit that is not void, each once a day and practitioner; its total once."),
    _here(AROCORD, "appointment-utilization", "appointment-utilization", "used missed_rate",
          "Kept minutes / offered minutes; missed / (booked - cancelled)."),
    _here(AROCORD, "doctor-performance", "doctor-performance", "visits signed visit_mean", "As the report says."),
    _here(AROCORD, "revenue-analysis", "revenue-analysis", "added back net", "As the report says."),
    _here(AROCORD, "patient-demographics", "patient-demographics", "people share", "As the report says."),
    _here(AROCORD, "queue-analytics", "queue-analytics", "wait_mean service_mean", "As the report says."),
    _here(HMS, "registrations.total", "patient-demographics", "new", "Registered in the period, merged ones once."),
    _here(HMS, "registrations.new", "patient-demographics", "new", "The same: every registration is new once."),
    _here(HMS, "registrations.growth_rate", "patient-demographics", "new",
          "The report of this period and of the one before it: (this - before) / before."),
    _here(HMS, "visits.total", "doctor-performance", "visits", "Visits begun in the period that are not void."),
    _here(HMS, "visits.unique_patients", "doctor-performance", "people", "The total: people in these visits, once."),
    _here(HMS, "visits.average_duration", "doctor-performance", "visit_mean", "From beginning to signature, its mean."),
    _here(HMS, "revenue.total", "revenue-analysis", "net", "The net of all payers."),
    _here(HMS, "revenue.insurance", "revenue-analysis", "net", "The net of the payers that are insurers."),
    _here(HMS, "revenue.patient", "revenue-analysis", "net", "The net of the payer “patients”."),
    _here(HMS, "revenue.growth_rate", "revenue-analysis", "net",
          "The report of this period and of the one before it: (this - before) / before."),
    _here(HMS, "demographics.age_groups", "patient-demographics", "people",
          "By age in completed years; its 51-65 and 65+ share the age 65, here that age is in the first."),
    _here(HMS, "demographics.gender", "patient-demographics", "people", "By the sex registered."),
    _here(HMS, "demographics.insurance_types", "patient-demographics", "people", "By the primary cover."),
    _here(HMS, "blood_pressure_control", "clinical-quality", "eligible met rate target", "The first line."),
    _here(HMS, "diabetes_hba1c_control", "clinical-quality", "eligible met rate target", "The second line."),
    _not(HMS, "cancer_screening", "mammography, cytology and colonoscopy are kept as documents and letters, in no form "
         "that can be counted."),
    _here(HMS, "medication_reconciliation", "clinical-quality", "eligible met rate target", "The fourth line."),
)  # fmt: skip
