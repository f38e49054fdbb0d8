"""Personal data in issues: enough to recognise a value in 1C, not enough to use it."""


def mask_email(address: str) -> str:
    """Give `i***@example.org` of `ivan@example.org`; of a text without a sign its first letter."""
    local, sign, domain = address.rpartition("@")
    return f"{local[:1]}***{sign}{domain}" if sign else f"{address[:1]}***"


def mask_number(number: str) -> str:
    """Give the first and the last two characters of a tax or telephone number."""
    return f"{number[:2]}***{number[-2:]}" if len(number) > 4 else "***"
