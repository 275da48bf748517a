SELECT id, 'Document ' || id AS title, repeat('page ' || id || ' ', 100000) AS body
FROM (SELECT generate_series(1, 100) AS id) AS numbers
