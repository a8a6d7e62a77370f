"""How the revenue report is shown."""

from datetime import date
from typing import Literal, Self

from parking.edge.shapes import Shape
from parking.payments.models import PaymentMethod
from parking.reports.revenue import Growth, RevenueReport

GroupBy = Literal["day", "week", "month"]


class TakingsOut(Shape):
    revenue: float
    refunds: float
    net: float

    example = {"revenue": 150.0, "refunds": 50.0, "net": 100.0}


class DayOut(TakingsOut):
    date: date
    sessions: int

    example = {"date": "2026-11-22", **TakingsOut.example, "sessions": 3}


class ZoneTakingsOut(TakingsOut):
    zone_id: int | None
    zone_name: str | None

    example = {"zone_id": 1, "zone_name": "Zone A", **TakingsOut.example}


class MethodTakingsOut(TakingsOut):
    method: PaymentMethod

    example = {"method": "CASH", "revenue": 50.0, "refunds": 0.0, "net": 50.0}


class GrowthOut(Shape):
    previous_start: date
    previous_end: date
    previous_total: float
    change: float
    percent: float | None

    example = {
        "previous_start": "2026-11-21",
        "previous_end": "2026-11-21",
        "previous_total": 80.0,
        "change": 20.0,
        "percent": 25.0,
    }

    @classmethod
    def of(cls, growth: Growth) -> Self:
        """Return the growth over the time before, as long."""
        return cls.read(growth, previous_start=growth.previous.first, previous_end=growth.previous.last)


class RevenueOut(Shape):
    start_date: date
    end_date: date
    group_by: GroupBy
    daily: list[DayOut]
    zones: list[ZoneTakingsOut]
    methods: list[MethodTakingsOut]
    growth: GrowthOut
    total: float

    example = {
        "start_date": "2026-11-22",
        "end_date": "2026-11-22",
        "group_by": "day",
        "daily": [DayOut.example],
        "zones": [ZoneTakingsOut.example],
        "methods": [
            MethodTakingsOut.example,
            {"method": "ONLINE", "revenue": 100.0, "refunds": 50.0, "net": 50.0},
            {"method": "UPI", "revenue": 0.0, "refunds": 0.0, "net": 0.0},
            {"method": "CARD", "revenue": 0.0, "refunds": 0.0, "net": 0.0},
        ],
        "growth": GrowthOut.example,
        "total": 100.0,
    }

    @classmethod
    def of(cls, report: RevenueReport, group_by: GroupBy) -> Self:
        """Return a report, by days, weeks or months."""
        return cls.read(
            report,
            start_date=report.period.first,
            end_date=report.period.last,
            group_by=group_by,
            daily=[DayOut.read(takings, date=day, sessions=number) for day, takings, number in report.daily],
            zones=[ZoneTakingsOut.read(takings, zone_id=pk, zone_name=name) for pk, name, takings in report.zones],
            methods=[MethodTakingsOut.read(takings, method=method) for method, takings in report.methods],
            growth=GrowthOut.of(report.growth),
        )
