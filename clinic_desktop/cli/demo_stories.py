"""Why the demo's people come, what is found and done: textbook visits, nobody's own."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Course:
    """One medicine of a story: its code, the dose and how long."""

    code: str
    amount: str
    frequency: str
    days: int


@dataclass(frozen=True)
class Story:
    """One kind of visit; `ages` in years."""

    preset: str
    complaint: str
    onset: str
    finding: tuple[str, str]
    code: str
    title: str
    plan: str
    courses: tuple[Course, ...] = ()
    tests: tuple[str, ...] = ()
    panels: tuple[str, ...] = ()
    ages: tuple[int, int] = (15, 92)
    pressure: tuple[int, int] = (118, 76)
    temperature: float = 36.7
    weeks: int = 0


STORIES = (
    Story(
        "new", "cough, runny nose", "3 days", ("respiratory", "clear chest, mild pharyngeal redness"), "J06.9",
        "Acute upper respiratory infection, unspecified", "fluids, rest; come back if breathing gets hard",
        (Course("paracetamol_500_tab", "2", "tds", 3),), temperature=37.6,
    ),
    Story(
        "follow_up", "blood pressure review", "monthly", ("cardiovascular", "regular, no murmur, no oedema"),
        "I10", "Essential (primary) hypertension", "continue; less salt, walk daily",
        (Course("amlodipine_5_tab", "1", "od", 30),), tests=("creatinine", "potassium"), ages=(38, 92),
        pressure=(136, 84), weeks=4,
    ),
    Story(
        "follow_up", "diabetes review", "quarterly", ("general", "feet without ulcers, pulses felt"), "E11.9",
        "Type 2 diabetes mellitus without complications", "diet gone through; feet shown how to check",
        (Course("metformin_500_tab", "1", "bd", 30),), tests=("glucose_fasting", "hba1c"), ages=(35, 88),
        pressure=(132, 82), weeks=12,
    ),
    Story(
        "new", "fever, headache, chills", "2 days", ("general", "febrile, no neck stiffness"), "B54",
        "Unspecified malaria", "tests today, treat by result; net at night", tests=("malaria_rdt", "hgb"),
        courses=(Course("paracetamol_500_tab", "2", "qds", 3),), temperature=38.9, ages=(15, 60),
    ),
    Story(
        "new", "burning on passing water", "4 days", ("abdomen", "mild suprapubic tenderness"), "N39.0",
        "Urinary tract infection, site not specified", "fluids; urine culture if no better in 3 days",
        (Course("nitrofurantoin_100_cap", "1", "bd", 5),), tests=("ua_leukocytes", "ua_nitrite"), ages=(18, 60),
    ),
    Story(
        "new", "low back pain after lifting", "1 week", ("musculoskeletal", "paraspinal spasm, legs free"),
        "M54.50", "Low back pain, unspecified", "stay active, heat; red flags explained",
        (Course("ibuprofen_400_tab", "1", "tds", 5),), ages=(20, 60),
    ),
    Story(
        "new", "burning in the chest after meals", "3 weeks", ("abdomen", "soft, epigastric tenderness"), "K21.9",
        "Gastro-esophageal reflux disease without esophagitis", "smaller meals, no late meals",
        (Course("omeprazole_20_cap", "1", "od", 14),), ages=(20, 75),
    ),
    Story(
        "child", "loose stools, vomiting", "2 days", ("abdomen", "soft, skin turgor normal, drinks well"), "A09",
        "Infectious gastroenteritis and colitis, unspecified", "ORS after each stool; danger signs explained",
        (Course("ors_sachet", "1", "tds", 2),), ages=(2, 12), temperature=37.4,
    ),
    Story(
        "follow_up", "tired, pale", "2 months", ("general", "conjunctivae pale"), "D50.9",
        "Iron deficiency anemia, unspecified", "iron-rich food; haemoglobin again in a month",
        (Course("ferrous_sulfate_200_tab", "1", "bd", 28),), panels=("cbc",), ages=(16, 50), weeks=4,
    ),
    Story(
        "follow_up", "asthma review, wheeze at night", "monthly", ("respiratory", "scattered wheeze, no distress"),
        "J45.909", "Unspecified asthma, uncomplicated", "inhaler technique shown; action plan given",
        (Course("salbutamol_100_inh", "2", "qds", 30),), ages=(12, 60), weeks=4,
    ),
    Story(
        "new", "itchy rash on both arms", "5 days", ("skin", "dry, scaly patches in the elbow folds"), "L20.9",
        "Atopic dermatitis, unspecified", "moisturiser twice a day", (Course("cetirizine_10_tab", "1", "od", 7),),
        ages=(12, 60),
    ),
    Story(
        "follow_up", "thyroid review", "half-yearly", ("general", "no goitre, no tremor"), "E03.9",
        "Hypothyroidism, unspecified", "same dose; before breakfast", (Course("levothyroxine_50_tab", "1", "od", 30),),
        tests=("tsh",), ages=(25, 80), weeks=26,
    ),
)  # fmt: skip

# What the analyser would have said: around the middle, with some that are not. (test, usual, spread, odd, odd value)
VALUES: dict[str, tuple[float, float, float]] = {
    "hgb": (13.2, 1.2, 9.4), "hct": (40, 3, 29), "rbc": (4.6, 0.4, 3.4), "wbc": (7.0, 1.8, 14.2),
    "plt": (255, 50, 480), "mcv": (88, 4, 71), "mch": (29.5, 1.5, 22), "mchc": (33.5, 0.8, 30),
    "rdw": (13.2, 0.7, 17.8), "neut_pct": (58, 6, 81), "lymph_pct": (31, 5, 12), "mono_pct": (6.5, 1.2, 11),
    "eos_pct": (2.4, 1, 9), "baso_pct": (0.6, 0.2, 1.6), "creatinine": (0.9, 0.15, 1.9), "potassium": (4.2, 0.3, 5.6),
    "glucose_fasting": (104, 14, 186), "hba1c": (6.4, 0.7, 9.1), "tsh": (2.3, 1.0, 8.7),
}  # fmt: skip
WORDS: dict[str, tuple[str, str]] = {
    "malaria_rdt": ("Negative", "P. falciparum positive"),
    "ua_leukocytes": ("++", "+++"),
    "ua_nitrite": ("Positive", "Negative"),
}
