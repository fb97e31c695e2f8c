#!/usr/bin/env python3
"""Django's command line for the portal."""

import os
import sys


def main() -> None:
    """Run one management command; the embedded servers are found or started by the settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cxportal.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
