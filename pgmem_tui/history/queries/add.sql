INSERT INTO entry (digest, at, seconds, rows, failed, database, size, text)
VALUES (:digest, :at, :seconds, :rows, :failed, CAST(:database AS TEXT), :size, CAST(:text AS TEXT))
