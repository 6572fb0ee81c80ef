"""The reports about medicines, stock and the laboratory."""

from clinic_desktop.domain.reporting import Column, Kind, Report
from clinic_desktop.domain.reporting_work import ADMINISTRATOR, PERIOD, counted, minutes, percent

PHARMACISTS = ADMINISTRATOR | {"pharmacist"}

CONSUMPTION = Report(
    "drug-consumption",
    "Drug consumption",
    "Which medicines were handed out, how much of each, and to how many people?",
    (
        PERIOD,
        Column("medicine", "Medicine", wide=4),
        Column("form", "Form", wide=2),
        Column("strength", "Strength", wide=2),
        Column("unit", "Unit"),
        Column("people", "Patients", Kind.COUNT, "People it was handed out to; merged registrations once."),
        counted("hand_outs", "Hand-outs", "Hand-outs in the period that were not taken back."),
        Column("quantity", "Quantity", Kind.COUNT, "Base units of these hand-outs; units differ, so there is no sum."),
        counted("taken_back", "Taken back", "Hand-outs in the period that were cancelled."),
        counted("substituted", "Substituted", "Hand-outs of another product than was prescribed, with a reason."),
        Column("product", "", shown=False),
    ),
    PHARMACISTS,
    chart="quantity",
    filters=("sex",),
)

PRESCRIBING = Report(
    "prescribing",
    "Prescribing",
    "Which safety rules were raised and overridden, and how much is prescribed by generic name?",
    (
        PERIOD,
        Column("by", "By", wide=2),
        Column("part", "Part", wide=4),
        Column("tier", "Tier"),
        Column("number", "Number", Kind.COUNT, "Alerts of the rule, or lines prescribed, of prescriptions signed "
               "in the period and not cancelled."),
        Column("of_these", "Of these", Kind.COUNT, "Alerts overridden with a reason, or lines by generic name."),
        percent("rate", "Rate %", "of_these", "number", "Overridden / raised, or by generic name / lines."),
    ),
    ADMINISTRATOR,
    notes=("A line is by generic name where its name is the name of the medicine in the reference pack, "
           "or the generic name that was written down; a brand is not.",),
    filters=("practitioner",),
)  # fmt: skip

LABORATORY = Report(
    "laboratory-turnaround",
    "Laboratory turnaround",
    "How long from the order to the specimen, the result and, where it is critical, the call?",
    (
        PERIOD,
        Column("section", "Section", wide=2),
        Column("test", "Test", wide=3),
        counted("released", "Released", "Tests whose first result was released in the period."),
        counted("collect_seconds", "", "Order to specimen.", shown=False),
        minutes("collect_mean", "To specimen min", "collect_seconds", "released",
                "From the order to the taking of the specimen, its mean."),
        counted("bench_seconds", "", "Specimen to release.", shown=False),
        minutes("bench_mean", "At bench min", "bench_seconds", "released",
                "From the specimen to the first release, its mean."),
        counted("whole_seconds", "", "Order to release.", shown=False),
        minutes("whole_mean", "Whole min", "whole_seconds", "released", "From the order to the release, its mean."),
        Column("whole_ninth", "90 % whole min", Kind.TENTHS, "Nine in ten took no longer (nearest rank).", "min"),
        counted("critical", "Critical", "Of these, first results with a critical flag (LL, HH)."),
        counted("called", "Called", "Of these, those somebody was told of."),
        counted("call_seconds", "", "Release to call.", shown=False),
        minutes("call_mean", "To call min", "call_seconds", "called",
                "From the release of a critical result to the first call, its mean."),
        counted("corrected", "Corrected", "Of the tests released, those whose result was corrected since."),
    ),
    ADMINISTRATOR | {"laboratory"},
    chart="whole_mean",
    filters=("section", "sex"),
)  # fmt: skip

STOCK = Report(
    "stock-and-expiry",
    "Stock and expiry",
    "What lies on the shelves at the end of the last day, until when is it good, and how much was used?",
    (
        Column("product", "Product", wide=4),
        Column("form", "Form", wide=2),
        Column("strength", "Strength", wide=2),
        Column("lot", "Lot", wide=2),
        Column("expires_on", "Expires", Kind.DAY),
        Column("days", "Days left", Kind.COUNT, "From the last day to the day of expiry; the day itself still counts."),
        Column("state", "State", formula="recalled, expired, 30 days, 90 days, good: the first that is so.", wide=2),
        Column("on_hand", "On hand", Kind.COUNT, "The sum of the lot's movements up to the end of the last day."),
        Column("used", "Used", Kind.COUNT, "Handed out of the lot in the period, less what was taken back."),
        Column("unit", "Unit"),
        Column(
            "whole", "Product on hand", Kind.COUNT, "All lots of the product that are neither expired nor recalled."
        ),
        Column("reorder", "Reorder at", Kind.COUNT, "The level at which the product is ordered again."),
        Column("lot_id", "", shown=False),
    ),
    PHARMACISTS,
    grouped=False,
)

STORES = (CONSUMPTION, PRESCRIBING, LABORATORY, STOCK)
