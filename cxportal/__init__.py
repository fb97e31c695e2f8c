"""The CX portal: settings, ground floor and roof of the house."""

from cxportal.celery import app as celery_app

__all__ = ["celery_app"]
