"""Which tasks the pages of a gate offer: the set of duties of its car park. Every page and call stays open to all."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from parking.core.site_settings import GATE_DUTIES, Duties
from parking.edge.callers import actor_of
from parking.web.gate.here import kept_gate

_ORDER = tuple(Duties)


@dataclass(frozen=True)
class Task:
    """A page that is offered from a set of duties on; `sections` are what it, and pages below it, call themselves."""

    page: str
    label: Promise
    icon: str
    sections: tuple[str, ...] = ()
    least: Duties = Duties.ONE

    @property
    def address(self) -> str:
        return reverse(self.page)


_SCAN = Task("gate", _("Scan"), "scan", ("gate",))
_TICKET = Task("gate_ticket", _("Ticket"), "ticket", ("ticket",))
_LOST = Task("gate_lost", _("Lost ticket"), "ticket-off", ("lost",))
_DESK = Task("gate_desk", _("Pay before walking to the car"), "walk")
_DEBTS = Task("gate_debts", _("Old debts of a plate"), "currency-rupee")
_REFUNDS = Task("gate_refunds", _("Refunds to hand out"), "receipt-refund")
_PHONE = Task("gate_phone", _("Find by phone"), "phone")
_EMERGENCY = Task("gate_emergency", _("Emergency"), "ambulance")

# At the thumb there is place for four.
_ONE_LINKS = (
    _SCAN,
    _TICKET,
    _LOST,
    Task("gate_money", _("Money"), "cash", ("money", "inside")),
)
_LINKS = (
    _SCAN,
    _TICKET,
    Task("gate_inside", _("Inside"), "car", ("inside", "lost", "money")),
    Task("gate_slots", _("Slots"), "layout-grid", ("slots",)),
)
_WAYS = (
    _PHONE,
    _DESK,
    _LOST,
    Task("gate_problems", _("Problems"), "alert-triangle", least=Duties.FLOOR),
    _EMERGENCY,
    _DEBTS,
    Task("gate_pass", _("Sell a pass"), "id", least=Duties.FULL),
    _REFUNDS,
)
_MONEY = (_DESK, _REFUNDS, _DEBTS)
_ELSE = (_PHONE, _EMERGENCY)


@dataclass(frozen=True)
class Offered:
    """What the pages of a gate offer under a set of duties."""

    duties: Duties

    def includes(self, least: Duties) -> bool:
        return _ORDER.index(self.duties) >= _ORDER.index(least)

    @property
    def floor(self) -> bool:
        """Return whether slots, moves, problems and the cars inside are looked after from the gate."""
        return self.includes(Duties.FLOOR)

    @property
    def full(self) -> bool:
        return self.includes(Duties.FULL)

    @property
    def links(self) -> tuple[Task, ...]:
        """Return the navigation."""
        return _LINKS if self.floor else _ONE_LINKS

    @property
    def ways(self) -> list[Task]:
        """Return what is offered beside the list of the cars inside."""
        return [task for task in _WAYS if self.includes(task.least)]

    @property
    def money(self) -> tuple[Task, ...]:
        return _MONEY

    @property
    def others(self) -> tuple[Task, ...]:
        return _ELSE


def offered_at(request: HttpRequest) -> Offered:
    """Return what is offered at the gate that the browser keeps, else at the person's only car park."""
    gate, sites = kept_gate(request), actor_of(request).sites
    only = next(iter(sites)) if sites is not None and len(sites) == 1 else None
    return Offered(Duties(GATE_DUTIES.at(gate.site_id if gate else only)))
