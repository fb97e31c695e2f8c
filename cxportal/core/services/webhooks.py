"""Events out to the client's own addresses."""


def webhooks_deliver_due() -> int:
    """Send due deliveries; returns how many were tried."""
    return 0
