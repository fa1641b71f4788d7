"""Errors of payments.

CoalitionError
└── PaymentNotConfirmable  a payment that others confirm
"""

from coalition.errors import CoalitionError, Forbidden
from coalition.locale.messages import N_


class PaymentNotConfirmable(CoalitionError, like=Forbidden):
    """A payment is confirmed by those whom it concerns."""

    detail = N_("The two shops confirm a direct payment. The alliance confirms any other.")
