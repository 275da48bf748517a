SELECT name, text, caret, at FROM draft WHERE owner = :owner ORDER BY position
