"""The CX portal: settings, ground floor and roof of the house."""

from cxportal.celery import app as celery_app

__version__ = "0.2.0"
__all__ = ["__version__", "celery_app"]
