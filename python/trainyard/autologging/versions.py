"""The versions of frameworks that stock MLflow 3.18 names as known to work with autologging."""

import re

# By flavor: the distribution, the oldest and the newest version.
_RANGES = {
    "sklearn": ("scikit-learn", "1.6.0", "1.9.1"),
    "xgboost": ("xgboost", "2.1.3", "3.4.1"),
    "lightgbm": ("lightgbm", "4.6.0", "4.7.0"),
    "keras": ("keras", "3.7.0", "3.15.1"),
    "tensorflow": ("tensorflow", "2.18.1", "2.21.0"),
    "pytorch": ("pytorch-lightning", "2.4.0", "2.6.6"),
}

# Other distributions of the same module.
_ALIASES = {
    "xgboost": ("xgboost-cpu",),
    "tensorflow": ("tensorflow-cpu", "tensorflow-intel"),
    "pytorch-lightning": ("lightning",),
}


def is_supported(flavor):
    """Tell whether the installed version of a flavor's framework is in the range; unknown versions are."""
    if flavor not in _RANGES:
        return True
    distribution, oldest, newest = _RANGES[flavor]
    installed = _installed(distribution)
    return installed is None or _numbers(oldest) <= _numbers(installed) <= _numbers(newest)


def _installed(distribution):
    from importlib.metadata import PackageNotFoundError, version

    for name in (distribution, *_ALIASES.get(distribution, ())):
        try:
            return version(name)
        except PackageNotFoundError:
            continue
    return None


def _numbers(version):
    """Return the release numbers of a version, three at least, so that 1.9 and 1.9.0 are the same."""
    numbers = [int(number) for number in re.match(r"\d+(?:\.\d+)*", version)[0].split(".")]
    return numbers + [0] * (3 - len(numbers))
