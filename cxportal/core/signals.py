"""What the ground floor and the listening floor tell upper floors."""

from django.dispatch import Signal

# Sent by the listening floor inside the tally transaction:
# program_id: int, touched: dict[int, set[date]] — metric id → days whose tallies moved.
tallies_changed = Signal()

# Sent by the listening floor when a response is complete: actor, response.
response_completed = Signal()

# Sent by the listening floor inside the transaction in which the worker read comments:
# program_id: int, comment_ids: list[int].
comments_read = Signal()
