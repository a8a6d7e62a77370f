"""Months and days of the week that Django's own catalogue of Hindi misspells; ours stands before it.

Nobody imports this. It keeps the words among those that `deploy.messages` finds in the sources.
"""

from django.utils.translation import gettext_noop as _

MONTHS = (
    *(_("February"), _("September"), _("October"), _("November"), _("December")),
    *(_("mar"), _("apr"), _("oct"), _("dec")),
)
WEEKDAYS = (_("Monday"), _("Thursday"))
