"""Qualtrics: surveys exported as .qsf."""
