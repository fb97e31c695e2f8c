"""The forms in which addresses are compared."""


def address_normalised(channel: str, address: str) -> str:
    """Small letters and no space around; phones as digits with their plus."""
    text = address.strip().lower()
    if channel in ("sms", "phone"):
        return "".join(c for c in text if c.isdigit() or c == "+")
    return text
