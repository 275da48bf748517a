SELECT position FROM draft WHERE owner = :old ORDER BY position LIMIT :most
