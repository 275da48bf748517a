"""Programs in a pseudo-terminal: what they show and send, how fast they answer, what memory they take."""

from tests.terminal.display import Display
from tests.terminal.memory import MemorySampler
from tests.terminal.sequences import Token, tokens
from tests.terminal.terminal import Answer, Stopped, Terminal

__all__ = ["Answer", "Display", "MemorySampler", "Stopped", "Terminal", "Token", "tokens"]
