"""All models by name."""

from coalition.lab.scheme import Scheme
from coalition.lab.schemes.appreciation import Appreciation
from coalition.lab.schemes.chain import Chain
from coalition.lab.schemes.coalition import Coalition
from coalition.lab.schemes.packages import Packages
from coalition.lab.schemes.share_purchase import SharePurchase

MODELS: dict[str, type[Scheme]] = {
    model.name: model for model in (Appreciation, SharePurchase, Chain, Packages, Coalition)
}
