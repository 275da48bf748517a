-- Names and values that break whoever pastes them into SQL, markup or a terminal.
CREATE SCHEMA "odd ""schema""";
COMMENT ON SCHEMA "odd ""schema""" IS E'\x1b[31mred\x1b[0m [bold]not bold[/bold] ''); DROP SCHEMA public;--';
SET LOCAL search_path = "odd ""schema""";

CREATE TABLE "hostile values" (id int PRIMARY KEY, what text NOT NULL, value text);
INSERT INTO "hostile values" VALUES
    (1, 'single quote', 'O''Reilly'),
    (2, 'SQL injection', '''); DROP TABLE users; --'),
    (3, 'double quotes, backslashes', '"C:\new\table" \\ \N'),
    (4, 'format strings', '%s %(name)s %% {0} {} ${HOME} $(reboot) `reboot`'),
    (5, 'newlines', E'first\nsecond\r\nthird\rfourth\x0bfifth\fsixth'),
    (6, 'tabs and blanks', E'\tone\t\ttwo  three   '),
    (7, 'Rich markup', '[bold]x[/bold] [link=https://example.org]y[/link] [/] [red'),
    (8, 'Textual action', '[@click=app.quit]press[/] [@click="app.bell"]me[/]'),
    (9, 'ANSI colour', E'\x1b[31mred\x1b[0m \x1b[7mreverse\x1b[0m'),
    (10, 'ANSI clear screen, cursor home', E'\x1b[2J\x1b[H\x1b[?25l'),
    (11, 'OSC title', E'\x1b]0;owned\x07 \x1b]2;owned\x1b\\'),
    (12, 'OSC 52 clipboard', E'\x1b]52;c;cm0gLXJmIC8=\x07'),
    (13, 'OSC 8 link', E'\x1b]8;;https://example.org\x1b\\text\x1b]8;;\x1b\\'),
    (14, 'C1 control CSI', U&'\009B31mred\009B0m \0090q\009C'),
    (15, 'alternate screen, terminal report', E'\x1b[?1049h\x1b[6n\x1b[c'),
    (16, 'bell, backspace, delete, escape', E'a\x07b\bc\x7fd\x1be'),
    (17, 'right-to-left override', U&'invoice\202Efdp.exe\202C end'),
    (18, 'bidi isolates', U&'a\2066b\2067c\2068d\2069e\200Ef\200Fg\061Ch'),
    (19, 'Hebrew, Arabic', 'שלום עולם مرحبا بالعالم 123'),
    (20, 'zero width', U&'a\200Bb\200Cc\200Dd\2060e\FEFFf\00ADg'),
    (21, 'emoji', U&'\+01F600 \+01F44D\+01F3FD \2764\FE0F 1\FE0F\20E3 \+01F1E9\+01F1EA'),
    (22, 'emoji joined', U&'\+01F468\200D\+01F469\200D\+01F467\200D\+01F466 \+01F3F3\FE0F\200D\+01F308'),
    (23, 'combining marks', U&'e\0301 n\0303 Z\0351\036B\0343\0363\0358a\0321\034E\034El\034F\035Cg\0337o\030D'),
    (24, 'wide', '東京都 ﾊﾝｶｸ ＦＵＬＬ 한국어'),
    (25, 'Hangul in parts', U&'\1112\1161\11AB'),
    (26, 'line separators', U&'a\2028b\2029c\0085d'),
    (27, 'private use, unassigned, noncharacter', U&'\E000 \+0E0001 \+10FFFD \+040000 \FFFF'),
    (28, 'replacement character', U&'\FFFD'),
    (29, 'ambiguous width', '±×÷°…—“”①Ⅷ█▒αЖ'),
    (30, 'empty', ''),
    (31, 'null', NULL),
    (32, 'the word', 'NULL'),
    (33, 'blank', ' '),
    (34, 'no-break and other blanks', U&'a\00A0b\2003c\3000d\202Fe'),
    (35, 'ten thousand characters', repeat('0123456789', 1000)),
    (36, 'a thousand lines', repeat(E'line\n', 1000)),
    (37, 'all control characters', (SELECT string_agg(chr(n), '' ORDER BY n) FROM generate_series(1, 159) AS g(n) WHERE n NOT BETWEEN 32 AND 126)),
    (38, 'tags', U&'\+0E0061\+0E0062\+0E007F hidden'),
    (39, 'a lone combining mark', U&'\0301'),
    (40, 'script ligatures', U&'\0915\094D\0937 \FDFD \0BA8\0BBF');

CREATE TABLE "select" ("from" int PRIMARY KEY, "where" text, "order" text, "user" text, "table" text, "null" text);
INSERT INTO "select" VALUES (1, 'where', 'order by', 'user', 'table', NULL);

CREATE TABLE "'); DROP TABLE users; --" ("'); DROP TABLE users; --" text, """" int, "%s" text, "%(id)s" text, "{}" text);
INSERT INTO "'); DROP TABLE users; --" VALUES ('still here', 1, '%s', '%(id)s', '{}');

CREATE TABLE "[bold]x[/bold]" ("[red]y[/red]" text, "[/]" text, "[@click=app.quit]z[/]" text);
INSERT INTO "[bold]x[/bold]" VALUES ('[red]', '[/]', '[@click=app.quit]z[/]');

CREATE TABLE U&"esc \001B[31m red \001B[2J" (U&"\001B[2J column" int, U&"\009B31m" int, U&"bell \0007" int);
INSERT INTO U&"esc \001B[31m red \001B[2J" VALUES (1, 2, 3);

CREATE TABLE U&"bidi \202Eelbat\202C" (U&"\202Enmuloc" int, U&"\2067x" text);
INSERT INTO U&"bidi \202Eelbat\202C" VALUES (1, U&'\202Etxet');

CREATE TABLE U&"zero\200Bwidth" (id int, U&"i\200Bd" int, U&"id\200D" int);
INSERT INTO U&"zero\200Bwidth" VALUES (1, 2, 3);

CREATE TABLE U&"\+01F600 emoji \+01F468\200D\+01F469\200D\+01F467" (U&"\+01F511" int PRIMARY KEY, "東京" text);
INSERT INTO U&"\+01F600 emoji \+01F468\200D\+01F469\200D\+01F467" VALUES (1, '都');

CREATE TABLE U&"line\000Abreak and \0009 tab" (U&"a\000Ab" int, U&"c\0009d" int, U&"e\000D\000Af" int);
INSERT INTO U&"line\000Abreak and \0009 tab" VALUES (1, 2, 3);

CREATE TABLE " blanks around " (" a " int, "  " int);
INSERT INTO " blanks around " VALUES (1, 2);

CREATE TABLE "dot.ted" ("a.b" int, "c.""d""" int, "e\f" int, "-- g" int, "/* h" int, "i;j" int);
INSERT INTO "dot.ted" VALUES (1, 2, 3, 4, 5, 6);

CREATE TABLE "MixedCase" (id int, "Id" int, "ID" int);
INSERT INTO "MixedCase" VALUES (1, 2, 3);
CREATE TABLE mixedcase (id int);
INSERT INTO mixedcase VALUES (1);

-- 63 bytes is the longest name: once in ASCII, once in characters of three bytes.
CREATE TABLE a23456789_123456789_123456789_123456789_123456789_123456789_123
    (c23456789_123456789_123456789_123456789_123456789_123456789_123 int);
INSERT INTO a23456789_123456789_123456789_123456789_123456789_123456789_123 VALUES (63);
CREATE TABLE "東京都大阪府京都府北海道沖縄県福岡県東京都" ("東京都大阪府京都府北海道沖縄県福岡県東京都" text);
INSERT INTO "東京都大阪府京都府北海道沖縄県福岡県東京都" VALUES ('六十三');

CREATE TYPE "odd ""enum""" AS ENUM ('a''b', '[bold]c[/bold]', E'd\ne', '');
CREATE TYPE "odd ""type""" AS ("x y" text, """" "odd ""enum""");
CREATE TABLE "odd types" (id int PRIMARY KEY, "e" "odd ""enum""", "c" "odd ""type""", "a" "odd ""type"""[]);
INSERT INTO "odd types" VALUES
    (1, 'a''b', ROW('(,")', '[bold]c[/bold]'), ARRAY[ROW(NULL, E'd\ne')::"odd ""type""", NULL]),
    (2, '', ROW('', ''), '{}');

CREATE VIEW "view ""of"" odds" AS SELECT id AS "the ""id""", value AS "[italic]value[/italic]" FROM "hostile values";
COMMENT ON COLUMN "hostile values".value IS E'\x1b]0;owned\x07 [blink]value[/blink]';
