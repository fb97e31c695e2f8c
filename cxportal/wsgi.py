"""WSGI entrance for the web server."""

import gc
import os

from django.core.wsgi import get_wsgi_application

#: Objects made before garbage is looked for. By default 700: a request with five hundred rows
#: would search all that is loaded many times over, and find nothing.
GARBAGE_AFTER = 20_000

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cxportal.settings")

application = get_wsgi_application()

# What is loaded by now stays for good and is never looked through again.
gc.collect()
gc.freeze()
gc.set_threshold(GARBAGE_AFTER, 20, 20)
