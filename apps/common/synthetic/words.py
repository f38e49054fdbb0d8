"""How the word lists of the shop are written down."""


def listed(text: str) -> list[str]:
    """The words of a list written in one string with bars between them."""
    return text.split("|")
