"""Operators that take the place of PostgreSQL's own, on a search path that has pg_catalog behind them."""

from __future__ import annotations

from dataclasses import replace

from pgmem_tui.postgres.settings import ConnectionSettings
from tests.conftest import connect

HOWS = ("database", "role", "options")
"""Where the path is set."""
PATH = "evil, public, pg_catalog"

_MAKE = """
CREATE SCHEMA evil;
DO $make$
DECLARE o record; number int := 0;
BEGIN
    FOR o IN
        SELECT oprname, oprleft, oprright, oprresult FROM pg_catalog.pg_operator
        WHERE oprnamespace = 'pg_catalog'::regnamespace AND oprright <> 0
    LOOP
        number := number + 1;
        BEGIN
            EXECUTE format(
                'CREATE FUNCTION evil.f%s(%s) RETURNS %s LANGUAGE plpgsql'
                ' AS $$BEGIN RAISE EXCEPTION ''shadowed as %%'', current_user; END$$',
                number,
                concat_ws(', ', nullif(format_type(o.oprleft, NULL), '-'), format_type(o.oprright, NULL)),
                format_type(o.oprresult, NULL)
            );
            EXECUTE format(
                'CREATE OPERATOR evil.%s (%s RIGHTARG = %s, FUNCTION = evil.f%s)', o.oprname,
                CASE WHEN o.oprleft <> 0 THEN format('LEFTARG = %s,', format_type(o.oprleft, NULL)) END,
                format_type(o.oprright, NULL), number
            );
        EXCEPTION WHEN OTHERS THEN NULL;  -- those on pseudo-types that PL/pgSQL has not
        END;
    END LOOP;
END $make$;
"""


def shadow(database: ConnectionSettings, how: str) -> ConnectionSettings:
    """Make one of each of pg_catalog's operators that raises; settings of connections that would take it.

    Args:
        database: A fresh one, as a superuser.
        how: One of `HOWS`.
    """
    writing = connect(database)
    with writing.cursor() as cursor:
        cursor.execute(_MAKE)
        cursor.execute("SELECT count(*) FROM pg_operator WHERE oprnamespace = 'evil'::regnamespace")
        ((count,),) = cursor.fetchall()
        assert count > 600
        if how == "database":
            cursor.execute(f'ALTER DATABASE "{database.dbname}" SET search_path = {PATH}')
        elif how == "role":
            cursor.execute(
                f'ALTER ROLE CURRENT_USER IN DATABASE "{database.dbname}" SET search_path = {PATH}'
            )
    writing.close()
    if how != "options":
        return database
    return replace(database, other=(("options", f"-c search_path={PATH.replace(' ', '')}"),))


def unshadow(database: ConnectionSettings) -> None:
    """Have new connections do without that path again; nothing that is sent has an operator."""
    writing = connect(database)
    with writing.cursor() as cursor:
        cursor.execute(f'ALTER DATABASE "{database.dbname}" RESET search_path')
        cursor.execute(f'ALTER ROLE CURRENT_USER IN DATABASE "{database.dbname}" RESET search_path')
    writing.close()
