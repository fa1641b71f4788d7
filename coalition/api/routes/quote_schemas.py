"""A quote as the API shows it: whose points would be spent, what is earned, and what stands in the way."""

from collections.abc import Sequence

from pydantic import BaseModel, Field

from coalition.alliance import Alliance
from coalition.api.routes.purchase_schemas import NotEarned, not_earned
from coalition.earning.bonus import NO_BONUS, NoBonus
from coalition.earning.bonus_outcome import BonusOutcome
from coalition.locale.error_text import reason_text
from coalition.locale.formats import Lang, fraction_text
from coalition.purchases.lines import EarnedLine
from coalition.purchases.quote_purchase import PurchaseQuote
from settlement import date_text


class QuotedLot(BaseModel):
    """Points out of one lot."""

    issuer: str = Field(description="The shop where they were earned.")
    expires_on: str = Field(description="The last day on which they can be spent.", examples=["2027-05-31"])
    points: int = Field(description="How many.")
    worth_minor: str = Field(
        description="What they pay for, in minor units, exactly: a whole number or a fraction such as 100/3."
    )


class EarningFunder(BaseModel):
    """Who pays for a part of a bonus."""

    shop: str = Field(description="The shop, or `operator`.")
    points: int = Field(description="The points that it pays for.")


class PurchaseLine(BaseModel):
    """A line of a purchase, and what it earns."""

    ref: str = Field(description="The till's name for it.")
    amount_minor: int = Field(description="What it costs in all, in minor units.")
    earns: bool = Field(description="Whether it earns.")
    spends: bool = Field(description="Whether points may pay for it.")
    points_earned: int = Field(description="Its share of the points earned.")


class CardForecast(BaseModel):
    """A card of the member, as a sale would leave it."""

    added: int = Field(description="Stamps that it would put there.")
    stamps: int = Field(description="Stamps that would be on the card.")
    needed: int = Field(description="How many fill it.")


class EarningLine(BaseModel):
    """What a bonus rule would give for a purchase, or why it gives nothing."""

    id: str = Field(description="The rule and its version.", examples=["double-tuesday@1"])
    amount: int = Field(description="Points that it would give.")
    description: str = Field(
        description="What it gives, in the language of Accept-Language.", examples=["2 times the points"]
    )
    funders: list[EarningFunder] = Field(description="Who would pay for them.")
    reason: NoBonus | None = Field(description="Why it gives nothing; null where it does.")
    card: CardForecast | None = Field(description="Its card, for a stamp card that would get stamps; null else.")
    reason_detail: str | None = Field(description="The same as a sentence, in the language of Accept-Language.")


class EarningForecast(BaseModel):
    """What a purchase would earn beside the base rate, rule by rule."""

    breakdown: list[EarningLine] = Field(
        description="Each bonus rule that counts when the sale happens, also those that give nothing for it."
    )


class QuotedLimit(BaseModel):
    """A limit of what points may pay for."""

    id: str = Field(description="The limit and its version.", examples=["half-in-points@1"])
    description: str = Field(
        description="What it asks, in the language of Accept-Language.",
        examples=["Points pay for at most 50 % of a sale"],
    )


class Quote(BaseModel):
    """What a purchase would do, and why."""

    amount_minor: int = Field(description="What is to be paid, in minor units.")
    currency: str = Field(description="ISO 4217 code of the alliance's currency.")
    points_before: int = Field(description="What the member could spend now.")
    points_spent: int = Field(description="Points that would pay for a part.")
    cash_due_minor: int = Field(description="What would be left to pay in money, in minor units.")
    points_earned: int = Field(description="Points that would be issued.")
    not_earned: NotEarned | None = Field(
        description="Why it would earn nothing: `shop_not_earning`, `limit_reached`. Null where nothing "
        "stands in the way."
    )
    points_after: int = Field(description="What the member could spend afterwards.")
    spending: list[QuotedLot] = Field(description="Whose points would be spent, in that order.")
    spend_limits: list[QuotedLimit] = Field(
        description="The limits that hold for such a sale: they, and lines that points may not pay for, are why fewer "
        "may be spent than the member has."
    )
    earning_minor: int = Field(description="The part of the amount that can earn, in minor units.")
    earn_points_per_unit: str = Field(description="Points for a whole unit of money, exact.", examples=["5"])
    expires_on: str | None = Field(description="The last day of the new points; null if none are issued.")
    lines: list[PurchaseLine] = Field(description="Each line with its share.")
    earning_forecast: EarningForecast = Field(description="What of it bonus rules would give, and which would not.")


def render_quote(alliance: Alliance, quote: PurchaseQuote, amount_minor: int, lang: Lang) -> Quote:
    """A quote of a purchase of so much, in minor units."""
    return Quote(
        amount_minor=amount_minor,
        currency=alliance.book.settings.currency,
        points_before=quote.points_before,
        points_spent=quote.points_spent,
        cash_due_minor=quote.cash_due_minor,
        points_earned=quote.points_earned,
        not_earned=not_earned(quote.not_earned, lang, alliance),
        points_after=quote.points_after,
        spending=[
            QuotedLot(
                issuer=lot.issuer,
                expires_on=date_text(lot.expires_on),
                points=lot.points,
                worth_minor=fraction_text(lot.worth_minor),
            )
            for lot in quote.spending
        ],
        spend_limits=[
            QuotedLimit(
                id=limit.name,
                description=reason_text(limit.terms.effect.sentence(), lang, alliance.book.settings),
            )
            for limit in quote.limits
        ],
        earning_minor=quote.earning_minor,
        earn_points_per_unit=fraction_text(quote.earn_points_per_unit),
        expires_on=None if quote.expires_on is None else date_text(quote.expires_on),
        lines=purchase_lines(quote.lines),
        earning_forecast=earning_forecast(alliance, quote.bonuses, lang),
    )


def earning_forecast(alliance: Alliance, outcomes: Sequence[BonusOutcome], lang: Lang) -> EarningForecast:
    """What bonus rules would give, rule by rule."""
    settings = alliance.book.settings
    return EarningForecast(
        breakdown=[
            EarningLine(
                id=outcome.version.name,
                amount=outcome.points,
                description=reason_text(outcome.version.terms.effect.sentence(), lang, settings),
                funders=[EarningFunder(shop=pot.shop, points=points) for pot, points in outcome.parts],
                reason=outcome.reason,
                card=None
                if outcome.mark is None
                else CardForecast(added=outcome.mark.added, stamps=outcome.mark.stamps, needed=outcome.mark.needed),
                reason_detail=None if outcome.reason is None else reason_text(NO_BONUS[outcome.reason], lang, settings),
            )
            for outcome in outcomes
        ]
    )


def purchase_lines(lines: Sequence[EarnedLine]) -> list[PurchaseLine]:
    """Lines with what each of them earned."""
    return [
        PurchaseLine(
            ref=earned.line.ref,
            amount_minor=earned.line.amount_minor,
            earns=earned.line.earns,
            spends=earned.line.spends,
            points_earned=earned.points,
        )
        for earned in lines
    ]
