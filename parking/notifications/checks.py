"""What `make check` refuses: templates of SMS that do not fit their own text."""

from importlib import import_module
from typing import Any

from django.core.checks import CheckMessage, Error


def check_templates(**_: Any) -> list[CheckMessage]:
    """Return an error for each problem of a registered template."""
    # By name, because models are not loaded yet when this module is.
    dlt = import_module("parking.notifications.channels.dlt")
    return [
        Error(problem, id="notifications.E001") for template in dlt.TEMPLATES for problem in dlt.problems_with(template)
    ]
