"""Match the accounts of a platform to the learners of a class, and say who has none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from shlex import quote
from typing import TypeVar

from grader.errors import MOST, list_some
from grader.intake.folders import show_name
from grader.roster.class_list import ClassList, Person, squeeze

_T = TypeVar("_T", str, Person)


@dataclass(frozen=True)
class Account:
    """One person on a platform.

    Attributes:
        key: The platform's own id, as the names in its archives have it.
        ids: What may be the learner's id, e-mail address or id on the platform, the surest first.
        names: What may be the learner's full name.
        row: Of the platform's table; -1 if there is none.
        when: When the hand-in came, in UTC, where the table says so.
    """

    key: str
    ids: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    row: int = -1
    when: datetime | None = None

    @property
    def label(self) -> str:
        """The account for people."""
        return show_name(next(filter(None, (*self.names, *self.ids)), self.key) or self.key)


@dataclass(frozen=True)
class Partners:
    """Who is who.

    Attributes:
        people: Learners by the key of their account.
        by_name: Of these, accounts that were matched by the full name alone.
        accounts: Those without a learner.
        learners: Those without an account.
        doubled: Learners who would have several accounts, and therefore have none.
    """

    people: Mapping[str, Person]
    by_name: tuple[tuple[Account, Person], ...] = ()
    accounts: tuple[Account, ...] = ()
    learners: tuple[Person, ...] = ()
    doubled: tuple[tuple[Person, tuple[Account, ...]], ...] = field(default=())

    def lines(self, known: ClassList, platform: str) -> Iterator[str]:
        """Yield who has no partner, and how to give them one.

        Args:
            known: Who is in the class.
            platform: Its name.
        """
        if self.by_name:
            said = list_some(f"{account.label} is {person.id}" for account, person in self.by_name)
            yield f"Matched by the full name alone: {said}."
        for person, accounts in self.doubled:
            if len({account.key for account in accounts}) == 1:
                yield (
                    f"{person} has {len(accounts)} lines in {platform}'s table, so none was taken; "
                    "export it again, and leave its lines as they are."
                )
                continue
            said = list_some(account.label for account in accounts)
            yield (
                f"{person} would be several accounts on {platform} ({said}), so none was taken; "
                f"`nbgrader db student add {quote(person.id)} --lms-user-id=ID` says which."
            )
        for account in self.accounts[:MOST]:
            yield _advise(account, known, platform)
        if len(self.accounts) > MOST:
            yield f"{len(self.accounts) - MOST} more accounts on {platform} have no learner."
        if self.learners:
            said = list_some(map(str, self.learners))
            yield f"Not on {platform}'s side: {said}."


def find_partners(accounts: Iterable[Account], people: Collection[Person]) -> Partners:
    """Match accounts to learners: by ids as they are, then capitals aside, then by full name.

    Args:
        accounts: Of the platform; a key that stands twice is nobody's.
        people: Of the class.
    """
    accounts = list(accounts)
    exact = _index(people, lambda person: (person.id, person.lms_id, person.email))
    folded = _merge((key.casefold(), found) for key, found in exact.items())
    named = _index(people, _list_names)
    shared = _merge((squeeze(name), {a.key}) for a in accounts for name in a.names)
    found: dict[str, Person] = {}
    by_name: dict[str, Person] = {}
    for account in accounts:
        person = _find_one(account.ids, exact) or _find_one(map(str.casefold, account.ids), folded)
        if person is None:
            names = [squeeze(n) for n in account.names if len(shared[squeeze(n)]) == 1]
            person = _find_one(names, named)
            if person is not None:
                by_name[account.key] = person
        if person is not None:
            found[account.key] = person
    return _settle(accounts, people, found, by_name)


def _settle(
    accounts: list[Account],
    people: Collection[Person],
    found: dict[str, Person],
    by_name: Mapping[str, Person],
) -> Partners:
    """Take each learner once: an id is surer than a name, and of two ids neither is sure."""
    whose: dict[Person, list[Account]] = defaultdict(list)
    for account in accounts:
        if account.key in found:
            whose[found[account.key]].append(account)
    doubled = []
    for person, several in whose.items():
        sure = [account for account in several if account.key not in by_name]
        keep = sure if len(sure) == 1 else several
        for account in several:
            if len(keep) > 1 or account not in keep:
                found.pop(account.key, None)  # a line that stands twice has one key
        if len(keep) > 1:
            doubled.append((person, tuple(several)))
    lost = {account.key for _, several in doubled for account in several}
    taken = set(found.values()) | {person for person, _ in doubled}
    return Partners(
        found,
        tuple((a, by_name[a.key]) for a in accounts if a.key in by_name and a.key in found),
        tuple(a for a in accounts if a.key not in found and a.key not in lost),
        tuple(person for person in people if person not in taken),
        tuple(doubled),
    )


def _advise(account: Account, known: ClassList, platform: str) -> str:
    key = f"--lms-user-id={quote(account.key)}"
    near = next(
        (p for one in (*account.ids, *account.names) if one for p in known.find_nearest(one)), None
    )
    start = f"No learner for {account.label} ({account.key} on {platform})"
    if near is None:
        return f"{start}; `nbgrader db student add NEW_ID {key}` enters one."
    return f"{start}; if it is {near}, `nbgrader db student add {quote(near.id)} {key}`."


def _list_names(person: Person) -> tuple[str, ...]:
    first, last = squeeze(person.first_name), squeeze(person.last_name)
    return (first + last, last + first) if first and last else ()


def _index(
    people: Iterable[Person], list_keys: Callable[[Person], Iterable[str]]
) -> Mapping[str, set[Person]]:
    return _merge((key, {person}) for person in people for key in list_keys(person) if key)


def _merge(pairs: Iterable[tuple[str, set[_T]]]) -> Mapping[str, set[_T]]:
    merged: dict[str, set[_T]] = defaultdict(set)
    for key, found in pairs:
        merged[key] |= found
    return merged


def _find_one(keys: Iterable[str], index: Mapping[str, set[Person]]) -> Person | None:
    """Return whom the first of some keys means that means one learner and no other."""
    for key in keys:
        found = index.get(key, set())
        if key and len(found) == 1:
            return next(iter(found))
    return None
