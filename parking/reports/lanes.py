"""What the worker does for the reports: adding finished days up, and comparing them with their rows."""

from parking.checkout.sweeps import Sweep, add_lane
from parking.reports import rolling

add_lane(
    "roll-ups",
    Sweep("roll_forward", 300, rolling.roll_forward, full=rolling.DAYS_A_RUN),
    Sweep("compare_rollups", 86_400, rolling.compare_with_rows),
)
