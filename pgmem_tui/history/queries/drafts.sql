SELECT name, text, caret FROM draft WHERE owner = :owner ORDER BY position
