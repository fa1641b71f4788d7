"""The models that the lab knows: whatever the files of the folder `schemes` offer as their MODEL."""

import importlib
import pkgutil

from coalition.lab import schemes
from coalition.lab.scheme import Scheme


def find_models() -> dict[str, type[Scheme]]:
    """All models by name. A scheme is a file of its own in `schemes`: it is found there, and listed nowhere."""
    names = sorted(module.name for module in pkgutil.iter_modules(schemes.__path__))
    modules = [importlib.import_module(f"{schemes.__name__}.{name}") for name in names]
    models: list[type[Scheme]] = [module.MODEL for module in modules if hasattr(module, "MODEL")]
    return {model.name: model for model in models}
