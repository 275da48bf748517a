-- The newest run of each statement, and how many there were; of every database where :database is empty.
SELECT entry.text, entry.at, entry.seconds, entry.rows, entry.database, entry.failed,
       last.runs, coalesce(favourite.name, '')
FROM (
    SELECT max(id) AS id, count(*) AS runs
    FROM entry
    WHERE CAST(:database AS TEXT) = '' OR database = CAST(:database AS TEXT)
    GROUP BY digest
) AS last
JOIN entry ON entry.id = last.id
LEFT JOIN favourite ON favourite.digest = entry.digest
ORDER BY entry.id DESC
