"""The one thread that owns the history's file: others ask it, and never wait for a disk or a lock.

Answers come on that thread. What cannot be done, because the file is damaged, unwritable or held, or its
disk full, is told as a sentence, once; the program goes on, and what is asked later is tried again.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from pgmem_tui.history.drafts import Draft, Drafts, NotKept
from pgmem_tui.history.file import Unavailable
from pgmem_tui.history.store import LONGEST, Entry, Kept, Search, Store

MOST_WAITING = 200
"""Jobs that wait for the disk; the oldest of more are dropped."""
MOST_TEXT_WAITING = 2_000_000
"""Characters that they hold, likewise."""
DEBOUNCE = 0.5
"""Seconds that drafts wait for more of them: what a crash can lose."""
AGAIN = 5.0
"""Seconds until drafts that could not be kept are tried again."""


class _Job(NamedTuple):
    work: Callable[[], Any]
    then: Callable[[Any], object]
    otherwise: tuple[Any, ...] = ()
    """What is answered where the work cannot be done; empty for nothing."""
    size: int = 0
    """Characters that it holds."""


def _nobody(answer: object) -> None:
    """Nobody waits for the answer."""


def _not_done() -> None:
    """Stand in for work that was dropped.

    Raises:
        Unavailable: Always.
    """
    raise Unavailable("more waited for the history's disk than is kept waiting: some of it was not done")


class Journal:
    """History and drafts of this program. Every method but `close` returns at once, on any thread."""

    def __init__(self, path: Path, on_trouble: Callable[[str], object] = _nobody) -> None:
        """Nothing is opened, and no thread started, before something is asked.

        Args:
            path: The file.
            on_trouble: Told, on the thread, why the history does not work; not twice in a row the same.
        """
        self.path = path
        self.trouble = ""
        """Why what was last tried could not be done; empty if it was. Set before an answer comes."""
        self._on_trouble = on_trouble
        self._news = threading.Condition()
        self._jobs: deque[_Job] = deque()
        self._size = 0
        """Characters that they hold."""
        self._dropped: deque[_Job] = deque()
        """Those that someone waits for and that are not done: what they say is that."""
        self._search: tuple[Search, Callable[[list[Entry]], object]] | None = None
        self._tabs: tuple[list[Draft], Callable[[list[NotKept]], object]] | None = None
        self._tabs_due = 0.0
        self._closing = False
        self._thread: threading.Thread | None = None
        self._store: Store | None = None
        self._drafts: Drafts | None = None

    def add(self, entry: Entry, then: Callable[[Kept], object] = _nobody) -> None:
        """Remember a run; `then` hears whether it is kept."""
        self._keep(entry.text, lambda: self._opened.add(entry), then)

    def counted(self, entry: Entry, rows: int) -> None:
        """All rows of a run that was added are known by now."""
        self._keep(entry.text, lambda: self._opened.counted(entry, rows), _nobody)

    def remove(self, entry: Entry, then: Callable[[None], object] = _nobody) -> None:
        """Forget a statement and every run of it; `then` is called once it is gone."""
        self._do(_Job(lambda: self._opened.remove(entry), then, size=len(entry.text)))

    def save_favourite(
        self, name: str, text: str, then: Callable[[Kept], object], replace: bool = False
    ) -> None:
        """Keep a statement under a name; `then` hears whether it is kept (see `Store.save_favourite`)."""
        self._keep(text, lambda: self._opened.save_favourite(name, text, time.time(), replace), then)

    def remove_favourite(self, name: str, then: Callable[[None], object] = _nobody) -> None:
        """Keep a statement no longer than any other; `then` is called once that is done."""
        self._do(_Job(lambda: self._opened.remove_favourite(name), then))

    def search(self, search: Search, then: Callable[[list[Entry]], object]) -> None:
        """Look for statements; the newest search counts, one before it may go unanswered or be cut short.

        Where the history does not work nothing is found, and `trouble` says why.
        """
        with self._news:
            self._search = (search, then)
            self._wake()

    def load_drafts(self, then: Callable[[list[Draft]], object]) -> None:
        """Find what programs that are gone have left in their editors, and what this one keeps.

        Where the history does not work nothing is found, and `trouble` says why.
        """
        self._do(_Job(lambda: self._own_drafts.load(), then, ([],)))

    def save_drafts(self, tabs: Sequence[Draft], then: Callable[[list[NotKept]], object] = _nobody) -> None:
        """Keep these tabs instead of the ones before, in `DEBOUNCE` seconds; the newest call counts.

        Args:
            tabs: All of the editor's.
            then: Hears what of them is not kept, and why.
        """
        with self._news:
            if self._tabs is None:
                self._tabs_due = time.monotonic() + DEBOUNCE
            self._tabs = (list(tabs), then)
            self._wake()

    def add_drafts(self, tabs: Sequence[Draft]) -> None:
        """Keep these beside what is there, for an editor that ends before it has heard what that is.

        As with `save_drafts` their text is not counted among what waits: it would drop what came before it,
        and itself, where it is longer than all that may wait.

        Args:
            tabs: All of the editor's.
        """
        added = list(tabs)
        self._do(_Job(lambda: self._own_drafts.add(added), _nobody))

    def close(self, timeout: float) -> None:
        """Keep what waits, and end; waits `timeout` seconds at most. What is asked later is not done."""
        with self._news:
            self._closing = True
            self._search = None
            self._news.notify()
        if self._thread is not None:
            self._thread.join(timeout)

    def _keep(self, text: str, work: Callable[[], Any], then: Callable[[Any], object]) -> None:
        if len(text) <= LONGEST:
            self._do(_Job(work, then, size=len(text)))
        elif then is not _nobody:
            self._do(_Job(lambda: Kept.TOO_LONG, then))  # and the text does not wait

    def _do(self, job: _Job) -> None:
        with self._news:
            self._jobs.append(job)
            self._size += job.size
            while len(self._jobs) > MOST_WAITING or self._size > MOST_TEXT_WAITING:
                dropped = self._jobs.popleft()
                self._size -= dropped.size
                if dropped.then is not _nobody:
                    self._dropped.append(_Job(_not_done, dropped.then, dropped.otherwise))
            self._wake()

    def _wake(self) -> None:
        if self._closing:
            return
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="history", daemon=True)
            self._thread.start()
        self._news.notify()

    # -- on the thread ---------------------------------------------------------------------------

    @property
    def _opened(self) -> Store:
        if self._store is None or self._store.moved:
            self._shut()
            self._store = Store(self.path)
        return self._store

    @property
    def _own_drafts(self) -> Drafts:
        store = self._opened
        if self._drafts is None:
            self._drafts = Drafts(self.path, store.connection)
        return self._drafts

    def _run(self) -> None:
        try:
            while (job := self._next()) is not None:
                self._try(job)
        finally:
            self._shut()

    def _next(self) -> _Job | None:
        """Wait for something to do; None at the end."""
        with self._news:
            while True:
                if self._dropped:
                    return self._dropped.popleft()
                if self._jobs:
                    job = self._jobs.popleft()
                    self._size -= job.size
                    return job
                if self._search is not None:
                    wanted, self._search = self._search, None
                    return _Job(partial(self._find, wanted[0]), wanted[1], ([],))
                rest = self._tabs_due - time.monotonic() if self._tabs is not None else None
                if self._tabs is not None and rest is not None and (rest <= 0 or self._closing):
                    tabs, self._tabs = self._tabs, None
                    return _Job(partial(self._save, *tabs), tabs[1])
                if self._closing:
                    return None
                self._news.wait(rest)

    def _try(self, job: _Job) -> None:
        try:
            answer = job.work()
        except Unavailable as error:
            if str(error) != self.trouble:
                self.trouble = str(error)
                self._on_trouble(self.trouble)
            if not job.otherwise:
                return
            (answer,) = job.otherwise
        else:
            self.trouble = ""
        job.then(answer)

    def _find(self, search: Search) -> list[Entry]:
        return self._opened.search(search, self._searched_again)

    def _searched_again(self) -> bool:
        return self._search is not None or self._closing

    def _save(self, tabs: list[Draft], then: Callable[[list[NotKept]], object]) -> list[NotKept]:
        try:
            return self._own_drafts.save(tabs)
        except Unavailable:
            with self._news:
                if self._tabs is None and not self._closing:
                    self._tabs, self._tabs_due = (tabs, then), time.monotonic() + AGAIN
            raise

    def _shut(self) -> None:
        """Close the file; what is asked next opens it again."""
        store, self._store = self._store, None
        drafts, self._drafts = self._drafts, None
        if drafts is not None:
            drafts.close()
        if store is not None:
            store.close()
