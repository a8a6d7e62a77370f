"""The RSGI application, which the web server loads (`deploy/run.py`, `web_command`)."""

import sys

from smart_parking.environment import read
from smart_parking.front.application import Front
from smart_parking.wsgi import application as django

_env = read()
application = Front(django, threads=_env.web_threads, body_seconds=_env.body_seconds)

# Python's own 5 ms let a thread that draws a report keep a scan at the gate waiting again and again. Beside reports and
# live pages at 5,000,000 sessions, p99 of an entry was 730 to 860 ms with these, and 170 with half a millisecond.
sys.setswitchinterval(0.0005)
