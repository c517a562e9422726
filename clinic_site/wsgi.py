"""The WSGI callable that Granian serves: Django, wrapped by what the apps registered.

A process that imports the module also starts the background jobs that the apps registered, and watches its port.
"""

import os
from multiprocessing import parent_process

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic_site.settings")
django = get_wsgi_application()

from clinic_site.delivery.internal_request import Application  # noqa: E402
from clinic_site.hooks import hooks  # noqa: E402 (the apps register during the setup of Django)
from clinic_site.server import shared_port  # noqa: E402
from clinic_site.server.processes import end_with_parent  # noqa: E402

application: Application = django
for wrap in hooks.wsgi_wrappers:
    application = wrap(application)
for start in hooks.background_jobs:
    start()
shared_port.watch()
if parent_process():  # a worker must end with its server: without it nothing sends the mail of new requests
    end_with_parent()
