"""The server that `tests.bench.api` measures: the API, and beside its routes a no-op and a naive redemption.

The no-op is an endpoint of the same app: it checks the same key and reads the same body, and answers. The naive
redemption is what one writes first: a session, SELECT … FOR UPDATE on the member's lots, a transaction a request.
"""

import sys
from contextlib import closing

import uvicorn
from fastapi import FastAPI
from sqlalchemy import BigInteger, Column, Integer, MetaData, Text, create_engine, select
from sqlalchemy.orm import Session, declarative_base

from coalition.alliance import Alliances
from coalition.api.app import create_app
from coalition.api.routes.purchase_schemas import PurchaseCreate
from coalition.api.routes.purchases import Key, Purchase, Sellers
from coalition.app import open_database, tune_process
from coalition.ids import window_id
from coalition.locale.formats import moment
from settlement.ledger import Database

CONNECTIONS = 64
"""How many ask at once."""
NAIVE_WAIT_SECONDS = 60
Base = declarative_base(metadata=MetaData())


class NaiveLot(Base):
    """Points of a member at a shop."""

    __tablename__ = "naive_lots"
    id = Column(BigInteger, primary_key=True)
    member = Column(Text, nullable=False, index=True)
    issuer = Column(Text, nullable=False)
    expires_on = Column(Integer, nullable=False)
    points = Column(BigInteger, nullable=False)


class NaiveMove(Base):
    """What happened."""

    __tablename__ = "naive_moves"
    id = Column(BigInteger, primary_key=True)
    key = Column(Text, nullable=False, unique=True)
    shop = Column(Text, nullable=False)
    lot = Column(BigInteger)
    points = Column(BigInteger, nullable=False)


class NaiveShop(Base):
    """What a shop has issued and taken."""

    __tablename__ = "naive_shops"
    ref = Column(Text, primary_key=True)
    issued = Column(BigInteger, nullable=False)
    redeemed = Column(BigInteger, nullable=False)


def add_yardsticks(app: FastAPI, database: Database) -> None:
    """Two endpoints to measure against."""

    @app.post("/bench/noop")
    async def noop(body: PurchaseCreate, caller: Sellers, key: Key) -> Purchase:
        return _answer(body, 0, 0)

    # All wait for the row of one shop, each on a connection. The product's engine keeps fewer, and turns away
    # whoever waits long for one.
    engine = create_engine(database.engine.url, pool_size=CONNECTIONS, pool_timeout=NAIVE_WAIT_SECONDS)

    @app.post("/bench/naive")
    def naive(body: PurchaseCreate, caller: Sellers, key: Key) -> Purchase:
        with Session(engine) as session, session.begin():
            shop = session.get_one(NaiveShop, body.shop, with_for_update=True)
            lots = session.scalars(
                select(NaiveLot).where(NaiveLot.member == body.member).order_by(NaiveLot.expires_on).with_for_update()
            )
            need = int(body.points)
            for number, lot in enumerate(lots):
                part = min(need, lot.points)
                if part:
                    lot.points -= part
                    need -= part
                    session.add(NaiveMove(key=f"{key}:{number}", shop=body.shop, lot=lot.id, points=part))
            spent = int(body.points) - need
            earned = (body.amount_minor - spent) * 5 // 100
            shop.redeemed += spent
            shop.issued += earned
            last = session.scalars(select(NaiveLot).where(NaiveLot.member == body.member).limit(1)).one()
            last.points += earned
            session.add(NaiveMove(key=key, shop=body.shop, lot=last.id, points=earned))
        return _answer(body, spent, earned)


def _answer(body: PurchaseCreate, spent: int, earned: int) -> Purchase:
    return Purchase(
        id="pur_0000000000000",
        shop=body.shop,
        member=body.member,
        amount_minor=body.amount_minor,
        currency="EUR",
        points_spent=spent,
        cash_due_minor=body.amount_minor - spent,
        points_earned=earned,
        points_expired=0,
        not_earned=None,
        bonuses=[],
        stamps=[],
        external_ref=None,
        occurred_at=moment(0),
        window=window_id(0),
        late=False,
    )


def main(url: str, port: int) -> None:
    """Serve until told to stop."""
    tune_process()
    with closing(open_database(url)) as database:
        app = create_app(Alliances(database), rate_scale=0)
        add_yardsticks(app, database)
        uvicorn.run(app, port=port, log_level="warning", access_log=False, loop="uvloop", http="httptools")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
