"""The WSGI callable that Granian serves. A process that imports it also looks after the content files, and after
its port."""

import os
from multiprocessing import parent_process

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic_site.settings")
django = get_wsgi_application()

from articles.editing import lookout  # noqa: E402 (the models need Django set up)
from clinic_site import shared_port  # noqa: E402
from clinic_site.front_door import open_front_door  # noqa: E402
from clinic_site.processes import end_with_parent  # noqa: E402

application = open_front_door(django)
lookout.start()
shared_port.watch()
if parent_process():  # a server's worker, which must not take requests once nobody mails them
    end_with_parent()
