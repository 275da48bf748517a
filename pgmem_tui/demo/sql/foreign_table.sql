-- A path relative to the data directory, and a file that every server has there.
CREATE EXTENSION IF NOT EXISTS file_fdw;
CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
CREATE FOREIGN TABLE version_file (line text) SERVER files OPTIONS (filename 'PG_VERSION', format 'text');
