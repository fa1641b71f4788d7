"""What each flag of a scheme means."""

from coalition.locale.messages import N_

FLAGS = {
    "floating_price": N_("Floating price: nobody can say today what a point buys tomorrow."),
    "promise_on_principal": N_("Promise on principal: it promises back what was spent, or more."),
    "pay_for_recruiting": N_("Pay for recruiting: people earn by bringing people in."),
    "levels": N_("Levels: pay runs up more than two levels of a tree."),
    "joining_fee": N_("Joining fee: members must pay to take part."),
    "frozen_payouts": N_("Frozen payouts: what is earned is held back or released slowly."),
}
"""The rules that the live programme's validator refuses, by flag, in the order in which they are shown."""
