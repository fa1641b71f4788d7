"""All models by name."""

from coalition.lab.appreciation import Appreciation
from coalition.lab.chain import Chain
from coalition.lab.coalition import Coalition
from coalition.lab.packages import Packages
from coalition.lab.scheme import Scheme
from coalition.lab.share_purchase import SharePurchase

MODELS: dict[str, type[Scheme]] = {
    model.name: model for model in (Appreciation, SharePurchase, Chain, Packages, Coalition)
}
