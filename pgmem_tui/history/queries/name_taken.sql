SELECT 1 FROM favourite WHERE name = CAST(:name AS TEXT) AND digest <> :digest
