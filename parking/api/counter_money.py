"""How money at the counter is sent: cash, UPI by its reference, a card by its slip."""

from pydantic import Field

from parking.checkout.collecting import Card
from parking.edge.parsing import In, Rupees, Text20, Text30


class CounterMoneyIn(In):
    """What proves money that is no cash: an attendant types it, and it is a claim until a statement agrees."""

    upi_reference: Text30 | None = Field(
        None, description="With payment_method UPI: the 12 digits that the driver's UPI app shows"
    )
    card_last4: Text20 | None = Field(None, description="With payment_method CARD: the last four digits of the card")
    card_approval: Text20 | None = Field(
        None, description="With CARD: the approval on the slip, once a day and terminal"
    )
    terminal: Text20 | None = Field(None, description="With CARD: the number (TID) of the terminal, as on the slip")

    def card(self) -> Card:
        """Return what was sent of the slip of a card."""
        return Card.typed(self.card_last4, self.card_approval, self.terminal)


class TenderedIn(CounterMoneyIn):
    """The same with the cash that was handed over."""

    amount_tendered: Rupees | None = None
