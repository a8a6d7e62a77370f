"""What `make check` refuses: templates of SMS that do not fit their own text."""

from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning  # noqa: A004 - its name there


def check_templates(**_: Any) -> list[CheckMessage]:
    """Return an error for each problem of a registered template."""
    # By name, because models are not loaded yet when this module is.
    dlt = import_module("parking.notifications.channels.dlt")
    problems = [problem for template in dlt.TEMPLATES for problem in dlt.problems_with(template)]
    problems += [f"{name}: two templates have this name" for name in dlt.named_twice()]
    return [Error(problem, id="notifications.E001") for problem in problems] + [
        Warning(f"SMS_TEMPLATE_IDS: there is no template {name}", id="notifications.W001")
        for name in sorted(set(settings.SMS_TEMPLATE_IDS) - {template.name for template in dlt.TEMPLATES})
    ]
