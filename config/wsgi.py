import os

from django.core.wsgi import get_wsgi_application

from config.tracing import start_tracing

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
start_tracing("tieout-web")
application = get_wsgi_application()
