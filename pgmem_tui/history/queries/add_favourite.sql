INSERT INTO favourite (name, digest, at, text)
VALUES (CAST(:name AS TEXT), :digest, :at, CAST(:text AS TEXT))
