UPDATE draft SET owner = :owner, position = :position WHERE owner = :old AND position = :was
