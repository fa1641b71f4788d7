"""A notice of an alliance to its members. Pure."""

from dataclasses import dataclass

from coalition.locale.formats import moment, rfc3339


@dataclass(frozen=True, slots=True)
class Bilingual:
    """A text in both languages."""

    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class MemberNotice:
    """A notice. Members see it from `from_at` until before `until_at`; None means until it is withdrawn.

    Times are microseconds since 1970 UTC. `published_at` is when the feed said so, None where that is still to come.
    """

    id: str
    title: Bilingual
    text: Bilingual
    from_at: int
    until_at: int | None
    posted_at: int
    posted_by: str
    published_at: int | None = None
    withdrawn_at: int | None = None
    withdrawn_by: str | None = None

    def is_due(self, now: int) -> bool:
        """Whether members see it at an instant."""
        over = self.until_at is not None and self.until_at <= now
        return self.from_at <= now and not over and self.withdrawn_at is None

    @property
    def payload(self) -> dict[str, object]:
        """The notice as its events tell it."""
        return {
            "id": self.id,
            "title": {"en": self.title.en, "zh": self.title.zh},
            "text": {"en": self.text.en, "zh": self.text.zh},
            "visible_from": rfc3339(moment(self.from_at)),
            "visible_until": None if self.until_at is None else rfc3339(moment(self.until_at)),
        }
