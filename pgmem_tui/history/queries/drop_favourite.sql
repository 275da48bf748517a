DELETE FROM favourite WHERE name = CAST(:name AS TEXT) OR digest = :digest
