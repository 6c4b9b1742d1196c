"""The languages that the desk speaks, each by its own name."""

LANGUAGE_NAMES = {"en": "English", "de": "Deutsch", "fr": "Français", "it": "Italiano"}


def mail_language(*wishes: str) -> str:
    """The first wish that we can write, like `de` for `de-CH`; English without one."""
    tags = (wish.replace("_", "-").partition("-")[0].lower() for wish in wishes)
    return next((tag for tag in tags if tag in LANGUAGE_NAMES), "en")
