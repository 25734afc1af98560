"""What people are here instead of who: for papers and pages without names."""

from __future__ import annotations

from collections.abc import Callable

from records.permissions import Rules, roles_of


def role_titles(rules: Rules) -> Callable[[str], str]:
    """A person's role by id, in the words of the policy."""

    def title(person: str) -> str:
        roles = roles_of(rules.organisation, person)
        named = [one for key, one in rules.pack.roles.items() if key in roles]
        most_telling = next((one for one in named if one.also_called), None)
        if most_telling is not None:
            return most_telling.title
        return named[0].title if named else "Heard" if person == "heard" else "Somebody"

    return title
