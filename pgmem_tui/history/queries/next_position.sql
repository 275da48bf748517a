SELECT coalesce(max(position) + 1, 0) FROM draft WHERE owner = :owner
