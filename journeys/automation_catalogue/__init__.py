"""The starter catalogue: customer events of retail, finance and telecom with what to do then.

Each is switched off when taken over, may be edited, and waits for what the program's own systems
send as customer events, or for what the portal sees by itself.
"""

from journeys.automation_catalogue.entries import Entry
from journeys.automation_catalogue.everywhere import EVERYWHERE
from journeys.automation_catalogue.finance import FINANCE
from journeys.automation_catalogue.retail import RETAIL
from journeys.automation_catalogue.telecom import TELECOM

CATALOGUE: dict[str, Entry] = {
    entry.code: entry for entry in (*EVERYWHERE, *RETAIL, *FINANCE, *TELECOM)
}

__all__ = ["CATALOGUE", "Entry"]
