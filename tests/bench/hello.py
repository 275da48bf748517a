"""The smallest Textual program: what every other one is measured against."""

from textual.app import App, ComposeResult
from textual.widgets import Static


class Hello(App[None]):
    """Says hello."""

    def compose(self) -> ComposeResult:
        """One line."""
        yield Static("Hello, world")


if __name__ == "__main__":
    Hello().run()
