"""What can be done here: every key of the focused pane, of its screen and of the program."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from textual.app import App
from textual.binding import Binding
from textual.keys import KEY_NAME_REPLACEMENTS, key_to_character
from textual.screen import Screen
from textual.widget import Widget

_UNICODE_NAMES = {key: name for name, key in KEY_NAME_REPLACEMENTS.items()}
"""`plus_sign`, of keys that Textual calls by shorter names."""


@dataclass(frozen=True)
class KeyHelp:
    """One action with its keys."""

    keys: str
    """As they are printed on a keyboard, by commas: `↓, j`. Empty where each is something else now."""
    description: str
    action: str
    run: Callable[[], Awaitable[object]]
    """Does it."""


def typing_help(title: str, keys: Iterable[tuple[str, str]]) -> tuple[str, list[KeyHelp]]:
    """A group of keys that are of what is typed, and no bindings: they can only be told of."""

    async def nothing() -> None:
        pass

    return title, [KeyHelp(names, description, "", nothing) for names, description in keys]


def key_help(app: App[Any], screen: Screen[Any]) -> Iterator[tuple[str, list[KeyHelp]]]:
    """The actions that keys reach now, in groups: the focused pane's first."""
    focused = screen.focused
    nodes: list[tuple[str, App[Any] | Widget]] = []
    if focused is not None:
        nodes.append((str(getattr(focused, "HELP_TITLE", type(focused).__name__)), focused))
        around = [node for node in focused.ancestors if isinstance(node, Widget)]
        nodes += [(str(node.HELP_TITLE), node) for node in around if hasattr(node, "HELP_TITLE")]
    nodes += [("Anywhere", screen), ("Program", app)]
    seen: set[str] = set()
    taken: set[str] = set()
    for title, node in nodes:
        free = partial(_free, None if node is focused else focused, frozenset(taken))
        beyond = node is app and screen.is_modal  # where only its priority keys come to
        found = [
            _help(app, node, one, _nothing if beyond and not one.priority else free)
            for one in _bindings(node)
        ]
        fresh = [entry for entry in found if entry.description and entry.action not in seen]
        seen.update(entry.action for entry in fresh)
        taken.update(single.key for single in Binding.make_bindings(_bindings(node)))
        if fresh:
            yield title, fresh


def _nothing(key: str) -> bool:
    return False


def _free(focused: Widget | None, taken: frozenset[str], key: str) -> bool:
    """Whether a key comes to a node around the focused one: it is no text there, and means nothing nearer."""
    return key not in taken and not (
        focused is not None and focused.check_consume_key(key, key_to_character(_UNICODE_NAMES.get(key, key)))
    )


def _bindings(node: App[Any] | Widget) -> list[Binding]:
    ours = [kind for kind in type(node).__mro__ if kind.__module__.startswith("pgmem_tui.")]
    listed = [binding for kind in ours for binding in kind.__dict__.get("BINDINGS", [])]
    return [binding for binding in listed if isinstance(binding, Binding)]


def _help(app: App[Any], node: App[Any] | Widget, binding: Binding, free: Callable[[str], bool]) -> KeyHelp:
    singles = Binding.make_bindings([binding])
    names = [app.get_key_display(single) for single in singles if free(single.key)]
    # The app runs actions, in the name of the node that has them.
    run = partial(app.run_action, binding.action, default_namespace=node)
    return KeyHelp(", ".join(names), binding.description, binding.action, run)
