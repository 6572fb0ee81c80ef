"""The reports about care: the diseases that were noted, who is immunized, and the measures of quality."""

from clinic_desktop.domain.reporting import Column, Kind, Report
from clinic_desktop.domain.reporting_work import ADMINISTRATOR, PERIOD, percent

# ICD-10 (WHO, 2019 version), its chapters by the first three characters; the blocks are as wide as ICD-10-CM has them.
ICD10_CHAPTERS = (
    ("A00", "B99", "I", "Certain infectious and parasitic diseases"),
    ("C00", "D49", "II", "Neoplasms"),
    ("D50", "D89", "III", "Diseases of the blood and certain disorders of the immune mechanism"),
    ("E00", "E90", "IV", "Endocrine, nutritional and metabolic diseases"),
    ("F00", "F99", "V", "Mental and behavioural disorders"),
    ("G00", "G99", "VI", "Diseases of the nervous system"),
    ("H00", "H59", "VII", "Diseases of the eye and adnexa"),
    ("H60", "H95", "VIII", "Diseases of the ear and mastoid process"),
    ("I00", "I99", "IX", "Diseases of the circulatory system"),
    ("J00", "J99", "X", "Diseases of the respiratory system"),
    ("K00", "K95", "XI", "Diseases of the digestive system"),
    ("L00", "L99", "XII", "Diseases of the skin and subcutaneous tissue"),
    ("M00", "M99", "XIII", "Diseases of the musculoskeletal system and connective tissue"),
    ("N00", "N99", "XIV", "Diseases of the genitourinary system"),
    ("O00", "O9A", "XV", "Pregnancy, childbirth and the puerperium"),
    ("P00", "P96", "XVI", "Certain conditions originating in the perinatal period"),
    ("Q00", "Q99", "XVII", "Congenital malformations, deformations and chromosomal abnormalities"),
    ("R00", "R99", "XVIII", "Symptoms, signs and abnormal findings, not elsewhere classified"),
    ("S00", "T98", "XIX", "Injury, poisoning and certain other consequences of external causes"),
    ("V00", "Y99", "XX", "External causes of morbidity and mortality"),
    ("Z00", "Z99", "XXI", "Factors influencing health status and contact with health services"),
    ("U00", "U99", "XXII", "Codes for special purposes"),
)
# The vaccines whose coverage is told apart, by the antigens of the reference pack: any of them makes a dose count.
COVERAGE = (
    ("BCG", 1, ("bcg",)),
    ("HepB3", 3, ("hepb",)),
    ("DTP1", 1, ("dtp",)),
    ("DTP3", 3, ("dtp",)),
    ("Hib3", 3, ("hib",)),
    ("Pol3", 3, ("polio", "ipv")),
    ("PCV3", 3, ("pcv",)),
    ("Rota2", 2, ("rota",)),
    ("MCV1", 1, ("measles", "mmr")),
    ("RCV1", 1, ("rubella", "mmr")),
    ("YFV", 1, ("yf",)),
)

DISEASES = Report(
    "disease-register",
    "Disease register",
    "Which diseases were noted in the period, in how many people, by ICD-10 chapter and code?",
    (
        PERIOD,
        Column("chapter", "Chapter", wide=2),
        Column("code", "Code", formula="Nothing where the line is the chapter's own."),
        Column("title", "Title", wide=5,
               formula="That of ICD-10-CM where it was coded by that, else the one most often recorded in the period."),
        Column("people", "Patients", Kind.COUNT,
               "People of whom it was noted in the period, neither refuted nor in error; merged registrations once."),
        Column("female", "Women", Kind.COUNT, "Of these, women."),
        Column("male", "Men", Kind.COUNT, "Of these, men."),
        Column("young", "Under 15", Kind.COUNT, "Of these, who were not yet 15 on the day it was noted."),
        Column("confirmed", "Confirmed", Kind.COUNT, "Of these, people in whom it is confirmed."),
        Column("key", "", shown=False),
    ),
    ADMINISTRATOR,
    filters=("sex",),
    notes=("Who has two diseases of a chapter counts once in the chapter and once in each code.",),
    source="ICD-10, World Health Organization, version 2019, chapters.",
)  # fmt: skip

IMMUNIZATION = Report(
    "immunization-coverage",
    "Immunization coverage",
    "How many of the children of one year have had the doses they should have had by then?",
    (
        Column("indicator", "Indicator", wide=2),
        Column("doses", "Doses", Kind.COUNT, "How many doses make a child count."),
        Column("eligible", "Children", Kind.COUNT,
               "Alive on the last day, 12 to 23 months old then, the day of birth known; merged registrations once."),
        Column("covered", "Covered", Kind.COUNT,
               "Of these, with so many doses on different days up to the last day, here or elsewhere."),
        percent("rate", "Coverage %", "covered", "eligible", "Covered / children."),
        Column("given", "Given", Kind.COUNT, "Doses of the vaccine given in the period to anybody, also elsewhere."),
    ),
    ADMINISTRATOR,
    filters=("sex",),
    grouped=False,
    chart="rate",
    source="WHO Vaccination Coverage Cluster Surveys manual (2018): children of 12-23 months, crude coverage.",
    notes=("Doses are counted as they were given, not as a schedule would count them (crude coverage).",),
)  # fmt: skip

QUALITY = Report(
    "clinical-quality",
    "Clinical quality",
    "In how many of those it concerns are blood pressure and blood sugar controlled, and medicines gone through?",
    (
        Column("measure", "Measure", wide=4),
        Column("eligible", "Eligible", Kind.COUNT, "Whom the measure is about, as it says."),
        Column("met", "Met", Kind.COUNT, "Of these, in whom it is met."),
        percent("rate", "Rate %", "met", "eligible", "Met / eligible."),
        Column("target", "Target %", Kind.TENTHS, "The target in the example of the HMS Enterprise analytics document.",
               "%"),
        Column("how", "How it is measured", wide=8),
        Column("measure_key", "", shown=False),
    ),
    ADMINISTRATOR,
    filters=("sex",),
    grouped=False,
    chart="rate",
    notes=("Nobody is left out for pregnancy, kidney failure, frailty or hospice care, as the published measures do.",),
)  # fmt: skip

# The measures: what each is called, its target in tenths of a per cent, and the formula in words with its source.
MEASURES = {
    "blood_pressure": (
        "Blood pressure control", 900,
        "18-85 years on the last day with active essential hypertension (I10) noted by then; met: on the last day of "
        "the period with a pressure, the lowest systolic below 140 and the lowest diastolic below 90 mmHg. No pressure "
        "in the period is not met. After CMS165 (NQF 0018).",
    ),
    "hba1c": (
        "HbA1c control", 850,
        "18-75 years on the last day with active diabetes (E08-E14) noted by then; met: the last HbA1c "
        "(LOINC 4548-4) released in the period is 9.0 % or less. None in the period is not met. After CMS122 "
        "(NQF 0059).",
    ),
    "screening": (
        "Cancer screening", 800,
        "Not measured here: mammography, cervical cytology and colonoscopy are kept as documents and letters, in no "
        "form that can be counted.",
    ),
    "reconciliation": (
        "Medication reconciliation", 950,
        "Visits signed, begun in the period; met: the step History says that the medicines were gone through "
        "with the patient. After CMS68 (NQF 0419).",
    ),
}  # fmt: skip

CARE = (DISEASES, IMMUNIZATION, QUALITY)
