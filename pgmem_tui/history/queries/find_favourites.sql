-- Favourites by name, each with its statement's newest run if it is still remembered.
SELECT favourite.text, coalesce(entry.at, favourite.at), coalesce(entry.seconds, 0.0), entry.rows,
       coalesce(entry.database, ''), coalesce(entry.failed, 0), last.runs, favourite.name
FROM (
    SELECT favourite.name, max(entry.id) AS id, count(entry.id) AS runs
    FROM favourite
    LEFT JOIN entry ON entry.digest = favourite.digest
    GROUP BY favourite.name
) AS last
JOIN favourite ON favourite.name = last.name
LEFT JOIN entry ON entry.id = last.id
ORDER BY favourite.name
