INSERT OR REPLACE INTO draft (owner, position, name, caret, at, text)
VALUES (:owner, :position, CAST(:name AS TEXT), :caret, :at, CAST(:text AS TEXT))
