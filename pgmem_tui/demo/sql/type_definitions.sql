CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy', 'not sure', '');
CREATE DOMAIN percentage AS numeric(5,2) CHECK (VALUE BETWEEN 0 AND 100);
CREATE TYPE address AS (street text, number int, town text);
CREATE TYPE person AS (name text, feeling mood, home address, previous address[]);
CREATE TYPE floatrange AS RANGE (subtype = float8, subtype_diff = float8mi);
