"""Folding, and lines that are replaced under it."""

from __future__ import annotations

from pgmem_tui.display.fold_lines import FoldLine, FoldLines

TREE = [
    FoldLine(key, depth, key) for key, depth in (("a", 0), ("b", 1), ("c", 2), ("d", 1), ("e", 0), ("f", 1))
]


def shown(lines: FoldLines) -> str:
    return "".join(lines.lines[number].key for number in lines.visible)


def test_folding_hides_what_is_below() -> None:
    lines = FoldLines()
    lines.replace(TREE)
    assert shown(lines) == "abcdef"
    lines.fold(1, True)
    assert shown(lines) == "abdef" and lines.folded(1)
    lines.fold(0, True)
    assert shown(lines) == "aef"
    lines.fold(0, False)
    assert shown(lines) == "abdef", "what is folded inside stays so"


def test_what_is_folded_stays_so_by_its_key() -> None:
    lines = FoldLines()
    lines.replace(TREE, fold=["b"])
    lines.replace([FoldLine("new", 0, "new"), *TREE])
    assert lines.visible == [0, 1, 2, 4, 5, 6]
    assert not lines.is_open("b") and lines.is_open("a")
    lines.replace([])
    lines.replace(TREE)
    assert shown(lines) == "abcdef", "but not of what was gone"


def test_parents_and_sections() -> None:
    lines = FoldLines()
    lines.replace(TREE)
    assert [lines.parent(number) for number in range(6)] == [0, 0, 1, 0, 4, 4]
    assert [lines.section(number) for number in range(6)] == [0, 0, 0, 0, 4, 4]
    assert [lines.folds(number) for number in range(6)] == [True, True, False, False, True, False]
