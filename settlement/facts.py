"""Errors as facts: each class says what kind of mistake it is, and each error carries its values."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import ClassVar, Protocol, TypeVar, dataclass_transform

from settlement.sentences import N_, Phrase, places

_TEXT = "{text}"
E = TypeVar("E", bound=Exception)


class ErrorKind(Protocol):
    """A kind of mistake: what a program decides on, and what it is called to people."""

    @property
    def code(self) -> str: ...
    @property
    def status(self) -> HTTPStatus: ...
    @property
    def title(self) -> str: ...
    @property
    def remedy(self) -> str: ...


@dataclass_transform(eq_default=False)
class NamedFact(Exception):
    """An error that is made from its values, and keeps them wherever it is copied or pickled to.

    A subclass with a `detail` of its own is made from its annotated attributes, in their order, as a dataclass is.
    One that says nothing else about its kind is of its parent's kind, or of the kind that it is `like`:

        class WindowNotFound(SettlementError):
            code = "window_not_found"
            status = HTTPStatus.NOT_FOUND
            title = N_("Window not found")
            remedy = N_("Check the window's id; it may not be closed yet.")
            detail = N_("no closed window of this alliance opens at {opens_at:moment}")
            opens_at: int
    """

    code: ClassVar[str] = "internal"
    """A stable name, to decide on in a program."""
    status: ClassVar[HTTPStatus] = HTTPStatus.INTERNAL_SERVER_ERROR
    """What kind of mistake it is, by the numbers that everybody knows."""
    title: ClassVar[str] = N_("Internal error")
    remedy: ClassVar[str] = N_("Send the request again under the same key. If it fails again, report the `request_id`.")
    """What whoever gets it does about it."""
    detail: ClassVar[str] = ""
    """What happened, with a place for each value: see `settlement.sentences`."""
    left_out: ClassVar[Collection[str]] = ()
    """Values that the sentence does not show, or not as they are."""
    concerns: ClassVar[str] = ""
    """The field of the request that is wrong: its name, or a place for it such as `{field}`."""
    field_says: ClassVar[str] = ""
    """What is said of that field where it is not the detail: a place for a value, such as `{id}`."""
    public: ClassVar[bool] = True
    """Whether a caller of the API can bring it about. Others are faults, or for whoever runs a command."""

    def __init_subclass__(cls, like: ErrorKind | type["NamedFact"] | None = None) -> None:
        super().__init_subclass__()
        if like is not None:
            cls.code, cls.status, cls.title, cls.remedy = like.code, like.status, like.title, like.remedy
        if "detail" in vars(cls):
            dataclass(eq=False, repr=False)(cls)

    @property
    def error_kind(self) -> ErrorKind:
        """What kind of mistake it is."""
        return self

    @property
    def sentence(self) -> Phrase:
        """What happened, as it can be said in any language."""
        return Phrase(self.detail, **self.values) if self.detail else Phrase(_TEXT, text=Exception.__str__(self))

    @property
    def values(self) -> Mapping[str, object]:
        """What stands in the places of its sentence: values, or properties that are made of them."""
        return {name: getattr(self, name) for name in places(self.detail)}

    def __str__(self) -> str:
        return str(self.sentence)

    def __reduce__(self) -> tuple[object, ...]:
        # An exception is otherwise made again from its text, which is not what these are made from.
        return _made_again, (type(self), self.args, vars(self))


def _made_again(cls: type[E], args: tuple[object, ...], values: Mapping[str, object]) -> E:
    error = cls.__new__(cls, *args)
    vars(error).update(values)
    return error
