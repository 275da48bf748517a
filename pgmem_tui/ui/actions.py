"""What can be done here: every key of the focused pane, of its screen and of the program."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from textual.app import App
from textual.binding import Binding
from textual.screen import Screen
from textual.widget import Widget


@dataclass(frozen=True)
class KeyHelp:
    """One action with its keys."""

    keys: str
    """As they are printed on a keyboard, by commas: `↓, j`."""
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
    for title, node in nodes:
        found = [_help(app, node, binding) for binding in _bindings(node)]
        fresh = [entry for entry in found if entry.description and entry.action not in seen]
        seen.update(entry.action for entry in fresh)
        if fresh:
            yield title, fresh


def _bindings(node: App[Any] | Widget) -> list[Binding]:
    ours = [kind for kind in type(node).__mro__ if kind.__module__.startswith("pgmem_tui.")]
    listed = [binding for kind in ours for binding in kind.__dict__.get("BINDINGS", [])]
    return [binding for binding in listed if isinstance(binding, Binding)]


def _help(app: App[Any], node: App[Any] | Widget, binding: Binding) -> KeyHelp:
    names = [app.get_key_display(single) for single in Binding.make_bindings([binding])]
    # The app runs actions, in the name of the node that has them.
    run = partial(app.run_action, binding.action, default_namespace=node)
    return KeyHelp(", ".join(names), binding.description, binding.action, run)
