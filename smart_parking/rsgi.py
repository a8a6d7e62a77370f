"""The RSGI application, which the web server loads (`deploy/run.py`, `web_command`)."""

from smart_parking.environment import read
from smart_parking.front.application import Front
from smart_parking.wsgi import application as django

_env = read()
application = Front(django, threads=_env.web_threads, body_seconds=_env.body_seconds)
