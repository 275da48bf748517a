"""No statement with a secret in it is taken for one without; most without are taken for what they are."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pgmem_tui.language.secrets import carries_secret, has_room_for_secret, hints_at_secret

SECRETS = [
    "CREATE ROLE r LOGIN PASSWORD 'hunter2'",
    "create user r with encrypted password 'hunter2'",
    "CREATE USER r PASSWORD $$hunter2$$",
    "CREATE GROUP g PASSWORD 'hunter2'",
    "ALTER ROLE r PASSWORD 'hunter2' VALID UNTIL 'infinity'",
    "ALTER USER r WITH ENCRYPTED PASSWORD 'SCRAM-SHA-256$4096:c2FsdA==$a:b'",
    "ALTER ROLE r PASSWORD E'hunter\\x32'",
    "ALTER ROLE r PASSWORD U&'hunter\\0032'",
    "ALTER ROLE r PASSWORD 'hun'\n'ter2'",
    "SELECT 1; ALTER ROLE r PASSWORD 'hunter2'; SELECT 2",
    "ALTER ROLE r PASSWORD /* for ops */ 'hunter2'",
    "CREATE USER MAPPING FOR r SERVER s OPTIONS (user 'u', password 'hunter2')",
    "ALTER USER MAPPING FOR r SERVER s OPTIONS (SET password 'hunter2')",
    "CREATE USER MAPPING FOR r SERVER s OPTIONS (\"PassWord\" 'hunter2')",
    "CREATE USER MAPPING FOR r SERVER s OPTIONS (sslpassword 'hunter2')",
    "CREATE SERVER s FOREIGN DATA WRAPPER s3_fdw OPTIONS (secret_access_key 'hunter2')",
    "CREATE FOREIGN TABLE t (a int) SERVER s OPTIONS (api_key 'hunter2')",
    "CREATE SUBSCRIPTION s CONNECTION 'host=h user=u password=hunter2' PUBLICATION p",
    "ALTER SUBSCRIPTION s CONNECTION 'host=h password = ''hunter2'''",
    "CREATE SUBSCRIPTION s CONNECTION 'postgresql://u:hunter2@h/d' PUBLICATION p",
    "SELECT * FROM dblink('host=h password=hunter2', 'SELECT 1') AS t (a int)",
    "SELECT dblink_connect('c', 'host=h password=hunter2')",
    "SELECT dblink_connect_u('postgres://u:hunter2@h')",
    "SELECT dblink('host=h ' || 'password=' || 'hunter2', 'SELECT 1')",
    "SELECT 'postgres://u:hunter2@h:5432/d'",
    "SELECT E'postgres\\x3a//u:hunter2@h'",
    "ALTER SYSTEM SET primary_conninfo = 'host=h password=hunter2'",
    "ALTER SYSTEM SET ssl_passphrase_command = 'echo hunter2'",
    "SET app.api_secret = 'hunter2'",
    "ALTER ROLE r SET app.token = 'hunter2'",
    "ALTER DATABASE d SET app.password TO 'hunter2'",
    "SELECT set_config('app.password', 'hunter2', false)",
    "SELECT pg_catalog.set_config('app.jwt_secret', 'hunter2', false)",
    "COPY t FROM PROGRAM 'PGPASSWORD=hunter2 psql -c \"TABLE t\"' ",
    "COPY t TO PROGRAM 'curl -u me:hunter2 -T - https://h'",
    "COPY t FROM PROGRAM 'curl -H \"Authorization: Bearer hunter2\" https://h'",
    "COPY t FROM PROGRAM 'mysqldump -uroot -phunter2 d'",
    "COPY t FROM PROGRAM 'sshpass -p hunter2 ssh h cat f'",
    "SELECT pgp_sym_encrypt('text', 'hunter2')",
    "SELECT pgp_sym_decrypt(c, 'hunter2') FROM t",
    "SELECT pgp_pub_decrypt(c, k, 'hunter2') FROM t",
    "SELECT public.crypt('hunter2', gen_salt('bf'))",
    "SELECT * FROM u WHERE hash = crypt('hunter2', hash)",
    "SELECT encrypt('a', 'hunter2', 'aes'), decrypt_iv('a', 'hunter2', 'b', 'aes')",
    "SELECT hmac(c, 'hunter2', 'sha256') FROM t",
    "SELECT md5('hunter2'), sha256('hunter2')",
    "UPDATE users SET password = 'hunter2' WHERE id = 1",
    "UPDATE users SET (name, passwd) = ('a', 'hunter2')",
    "INSERT INTO users (name, password) VALUES ('a', 'hunter2')",
    "INSERT INTO users (name, pwd) SELECT 'a', 'hunter2'",
    "INSERT INTO users (name, \"Pass\") VALUES ('a', 'hunter2') ON CONFLICT DO NOTHING",
    "SELECT * FROM users WHERE password = 'hunter2'",
    "SELECT * FROM users AS u WHERE lower(u.access_token) IN ('hunter2')",
    "SELECT 'hunter2' AS password",
    "SELECT change_password('bob', 'hunter2')",
    "CALL new_user(name => 'bob', password => 'hunter2')",
    "SELECT format('ALTER ROLE %I %s %L', 'r', 'PASSWORD', 'hunter2')",
    "DO $$ BEGIN EXECUTE 'ALTER ROLE r PASSWORD ''hunter2'''; END $$",
    "DO $$ BEGIN EXECUTE format('ALTER ROLE r PASSWORD %L', 'hunter2'); END $$",
    "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $f$ ALTER ROLE r PASSWORD 'hunter2' $f$",
    "CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ DECLARE password text := 'hunter2'; BEGIN END $$",
    'SELECT \'{"user": "a", "password": "hunter2"}\'::jsonb',
    "SELECT jsonb_build_object('token', 'hunter2')",
    "SELECT 1 -- password: hunter2",
    "/* token=hunter2 */ SELECT 1",
    "COMMENT ON ROLE r IS 'password: hunter2'",
    "SELECT '-----BEGIN RSA PRIVATE KEY-----MIIE'",
    "SELECT aws_commons.create_aws_credentials('AKIA', 'hunter2', '')",
    "EXPLAIN ANALYZE UPDATE users SET password = 'hunter2'",
    "PREPARE p AS SELECT crypt('hunter2', $1)",
    "MERGE INTO u USING n ON u.i = n.i WHEN NOT MATCHED THEN INSERT (i, password) VALUES (1, 'hunter2')",
    "CREATE TABLE u (name text, password text DEFAULT 'hunter2')",
    "ALTER TABLE u ADD COLUMN password text DEFAULT 'hunter2'",
    "ALTER TABLE u ALTER COLUMN password SET DEFAULT 'hunter2'",
    "CREATE FUNCTION f(password text DEFAULT 'hunter2') RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "WITH w (name, password) AS (VALUES ('a', 'hunter2')) SELECT * FROM w",
    "SELECT * FROM (VALUES ('hunter2')) AS v (password)",
    "SELECT * FROM unnest(ARRAY['hunter2']) AS v (password)",
    "SELECT * FROM u WHERE password BETWEEN 'hunter' AND 'hunter3'",
    "SELECT * FROM u WHERE 'hunter2' NOT BETWEEN password AND pwd",
    "SELECT CASE password WHEN 'hunter2' THEN 1 END FROM u",
    "COPY t FROM PROGRAM 'curl -H \"X-Api-Key: hunter2\" https://h'",
    "SELECT ROW('a', 'hunter2')::app.credentials",
    "SELECT set_config('app.jwt', 'hunter2', false)",
    "SELECT 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.aaaa'",
    # What is no SQL, or none yet.
    "ALTER ROLE r PASSWORD 'hunter2",
    "ALTER ROLE r PASSWORD hunter2",
    "ALTER ROLE r WITH WITH PASSWORD 'hunter2'",
    "ALTER ROLE r PASSWORD $a$hunter2",
    "ALTER ROLE r PASSW 'hunter2'; SELECT",
    "CREATE USER r IDENTIFIED BY 'hunter2'",
    "SELECT crypt('hunter2', ",
    "ALTER ROLE r U&\"p\\0061ssword\" 'hunter2' oops oops",
    "\\c postgresql://u:hunter2@h/d",
    "\\setenv PGPASSWORD hunter2; export PGPASSWORD=hunter2",
    "INSERT INTO users (password VALUES ('hunter2')",
    "SELECT oops oops oops -- password=hunter2",
    "ALTER ROLE r PASSWORD 'hunter2' -- \0",
]


@pytest.mark.parametrize("text", SECRETS)
def test_what_carries_one(text: str) -> None:
    assert carries_secret(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "SELECT 1",
        "SELECT password FROM users WHERE name = 'bob'",
        "SELECT name, password_hash IS NULL FROM users WHERE id = 5",
        "SELECT * FROM users WHERE password IS NOT NULL AND name LIKE 'b%'",
        "SELECT * FROM information_schema.columns WHERE column_name = 'password'",
        "SELECT * FROM information_schema.columns WHERE name LIKE '%passw%' OR name IN ('a', 'token')",
        "SELECT crypt(:secret, hash) FROM users",
        "SELECT * FROM users WHERE password = :password",
        "SELECT md5(name), digest(name, :how) FROM users",
        "ALTER ROLE r PASSWORD NULL",
        "ALTER ROLE r PASSWORD :'password'",
        "CREATE USER MAPPING FOR r SERVER s OPTIONS (user 'u')",
        "CREATE TABLE users (name text, password text)",
        "CREATE TABLE users (name text DEFAULT 'bob', password text NOT NULL)",
        "ALTER TABLE users ALTER COLUMN password SET STORAGE extended",
        "SELECT CASE name WHEN 'bob' THEN password END, jwt FROM users",
        "SELECT 'bob'::text, password FROM users WHERE name BETWEEN 'a' AND 'b'",
        "WITH w (name, password) AS (SELECT name, password FROM users) SELECT * FROM w",
        "SELECT 'https://example.com:8080/a@b', 'a@b.c', '12:30'",
        "SELECT 'he passed the token on'",
        "COPY t FROM PROGRAM 'zcat /a.gz'",
        "SELECT oops oops oops FROM t WHERE a = 'b'",
        "SELECT password FROM",
    ],
)
def test_what_carries_none(text: str) -> None:
    assert not carries_secret(text)


@settings(deadline=None)
@given(st.sampled_from(SECRETS[:60]), st.text(max_size=10), st.text(max_size=10))
def test_nor_is_it_hidden_by_what_is_around_it(secret: str, before: str, after: str) -> None:
    """Unless that makes it a part of a quoted name, where nothing is one."""
    if not {*"'\"$/-\\&*:"} & {*before} and not before[-1:].isalnum():
        assert carries_secret(f"{before}\n;\n{secret}\n;\n{after}")


def test_nothing_with_a_secret_goes_without_a_hint() -> None:
    assert all(hints_at_secret(text) and hints_at_secret(text.upper()) for text in SECRETS)
    assert not hints_at_secret("SELECT 'it''s', count(*) FROM events WHERE kind = 'buy' -- and\nAND x > 1")


def test_nothing_with_a_secret_lacks_room_for_it() -> None:
    unquoted = [
        "SET app.token = hunter2",
        "SELECT 1; SET app.token TO hunter2",
        "CREATE ROLE r PASSWORD hunter2",
    ]
    assert all(has_room_for_secret(text) and carries_secret(text) for text in SECRETS + unquoted)
    assert not has_room_for_secret('SELECT CAST("public"."t"."token" AS text), jwt FROM "public"."t" LIMIT 9')


def test_a_word_said_very_often_is_looked_at_in_linear_time() -> None:
    began = time.process_time()
    assert not carries_secret(f"SELECT '{'mysql ' * 10_000}'")
    assert time.process_time() - began < 2, "8 s where each is looked at up to the end"
    assert carries_secret(f"SELECT '{'mysql ' * 100} -u root -phunter2'")
