"""Sentences in the two languages of the lab, and the names of the flags."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """One text in English and in Simplified Chinese."""

    en: str
    zh: str


FLAGS = {
    "floating_price": Words(
        "Floating price: nobody can say today what a point buys tomorrow.",
        "浮动价格：今天谁也说不出积分明天值多少。",
    ),
    "promise_on_principal": Words(
        "Promise on principal: it promises back what was spent, or more.",
        "承诺返本：承诺退回已消费的本金甚至更多。",
    ),
    "pay_for_recruiting": Words(
        "Pay for recruiting: people earn by bringing people in.", "拉人获酬：靠发展他人加入来获得报酬。"
    ),
    "levels": Words("Levels: pay runs up more than two levels of a tree.", "多层级：报酬沿推荐树上传超过两级。"),
    "joining_fee": Words("Joining fee: one must pay to take part.", "入门费：必须先付钱才能参加。"),
    "frozen_payouts": Words(
        "Frozen payouts: what is earned is held back or released slowly.",
        "冻结支付：已得收益被扣留或缓慢释放。",
    ),
}
"""What the live programme's validator refuses, by flag."""
