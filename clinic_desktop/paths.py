"""Where things are: the profile folder of one workstation, and the resources beside the program."""

import os
from pathlib import Path

import clinic_desktop


def resources() -> Path:
    """The folder of icons, fonts, translations and clinical reference data."""
    return Path(clinic_desktop.__file__).resolve().parent.parent / "resources"


def data_home() -> Path:
    """The folder that holds every profile of this person on this machine."""
    import platformdirs

    return Path(platformdirs.user_data_dir("clinic-desktop", appauthor=False))


def profile_folder(name: str = "clinic") -> Path:
    """The folder of a named profile; `CLINIC_DESKTOP_HOME` moves them all."""
    home = os.environ.get("CLINIC_DESKTOP_HOME")
    return (Path(home) if home else data_home()) / "profiles" / name


def cache() -> Path:
    """The folder for what can be made again, such as the ICD-10-CM search table; nothing of a patient lies there."""
    home = os.environ.get("CLINIC_DESKTOP_HOME")
    if home:
        return Path(home) / "cache"
    import platformdirs

    return Path(platformdirs.user_cache_dir("clinic-desktop", appauthor=False))
