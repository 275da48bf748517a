"""What to try when something fails: tables from libpq's sentences and from SQLSTATEs. Pure.

A failed connection has no SQLSTATE in psycopg2, so libpq's and the server's sentences are recognised.
They may be translated (lc_messages): one that is not recognised gets general advice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """One kind of failure to connect."""

    sentence: re.Pattern[str]
    """Found anywhere in the message, which holds one sentence an address tried."""
    field: str
    """The form's field that it concerns, or empty."""
    advice: str


def _rule(sentence: str, field: str, advice: str) -> Rule:
    return Rule(re.compile(sentence, re.IGNORECASE | re.DOTALL), field, advice)


GENERAL_CONNECT_ADVICE = "Check host, port, database and user; psql with the same values should say the same."

_TYPE_IT = "The server asks for a password: type it here, or put it into ~/.pgpass."
_TYPE_ANOTHER = (
    "The password in that file is not the right one: correct its line there, or type the password here."
)
WITHOUT_FORM = {
    _TYPE_IT: "The server asks for a password: put it into ~/.pgpass, or into PGPASSWORD.",
    _TYPE_ANOTHER: "The password in that file is not the right one: correct its line there.",
}
"""What is said in place of an advice where there is no form to type into."""

# The first that is found counts: what a server answered tells more than that another was not reached.
CONNECT_RULES = (
    _rule("no password supplied", "password", _TYPE_IT),
    _rule("password retrieved from file", "password", _TYPE_ANOTHER),
    _rule(
        "password authentication failed|wrong password type|SASL authentication failed",
        "password",
        "Check user and password. If you typed none, PGPASSWORD or ~/.pgpass gave it.",
    ),
    _rule(
        "peer authentication failed|ident authentication failed",
        "user",
        "This server lets in only the system user of the same name. Give that user, "
        "or the host localhost to log in with a password.",
    ),
    _rule(
        r"certificate authentication failed|authentication failed for user|no such user",
        "user",
        "Check the user and what the server's pg_hba.conf asks of it.",
    ),
    _rule(
        r'role ".*?" does not exist', "user", "Check the user; capitals count. psql's \\du lists the roles."
    ),
    _rule(r'role ".*?" is not permitted to log in', "user", "Choose a role that has LOGIN."),
    _rule(
        r'database ".*?" does not exist|no such database',
        "dbname",
        "Check the database; capitals count. The database postgres nearly always exists; psql -l lists them.",
    ),
    _rule(
        r'permission denied for database|database ".*?" is not currently accepting|invalid database',
        "dbname",
        "Choose another database, or ask its owner for CONNECT.",
    ),
    _rule(
        r"\A(?!.*SSL (?:encryption|on)\b).*pg_hba\.conf.*(?:no encryption|SSL off)",
        "sslmode",
        "The server may let you in over TLS only: set SSL mode to require.",
    ),
    _rule(
        r"pg_hba\.conf",
        "host",
        "The server knows no rule for this address, user and database: ask its administrator, "
        "or connect from a machine that it admits.",
    ),
    _rule(
        r"server does not support SSL",
        "sslmode",
        "Set SSL mode to prefer (TLS if there is any), or have TLS turned on at the server.",
    ),
    _rule(
        r"certificate (?:has )?expired|certificate is not yet valid",
        "sslmode",
        "The certificate's dates are wrong: have it renewed, or check this machine's clock. "
        "SSL mode require encrypts without checking it.",
    ),
    _rule(
        r"does not match host name",
        "host",
        "Give the host by the name in the server's certificate, or set SSL mode to verify-ca.",
    ),
    _rule(
        r"certificate verify failed|self[- ]signed|unknown ca|root certificate",
        "sslmode",
        "The server's certificate has expired, or its authority is not known here: that belongs into "
        "~/.postgresql/root.crt (or sslrootcert). SSL mode require encrypts without checking who answers.",
    ),
    _rule(
        r"sslmode value|weak sslmode",
        "sslmode",
        "Choose one of disable, allow, prefer, require, verify-ca, verify-full.",
    ),
    _rule(
        r"certificate file|private key|certificate required|connection requires a valid client certificate",
        "sslmode",
        "Check sslcert and sslkey: both files must be readable, and the key by its owner only (chmod 600).",
    ),
    _rule(
        r"too many clients|remaining connection slots|too many connections",
        "",
        "All of the server's connections are in use: close one that is idle, or try again later.",
    ),
    _rule(
        r"database system is (?:starting up|shutting down|in recovery|not (?:yet )?accepting)",
        "",
        "The server is not ready: try again in a few seconds.",
    ),
    _rule(
        r"definition of service|service file|service specification",
        "service",
        "Check the service's name in ~/.pg_service.conf (or the file that PGSERVICEFILE names).",
    ),
    _rule(
        r'invalid port number|connection option "port"|port numbers to \d+ hosts',
        "port",
        "A port is a number from 1 to 65535; PostgreSQL's is 5432. "
        "With several hosts give one port, or one each.",
    ),
    _rule(
        r"received invalid response to|unsupported frontend protocol|SSL negotiation|wrong version number",
        "port",
        "Something other than PostgreSQL seems to answer on this port.",
    ),
    _rule(
        r"SSL error|SSL SYSCALL",
        "sslmode",
        "The TLS handshake failed: try another SSL mode, or look at the server's log.",
    ),
    _rule(
        r"read-only|read-write|hot standby",
        "host",
        "No server tried is of the kind that target_session_attrs asks for: add hosts, or set it to any.",
    ),
    _rule(
        r"could not translate host name|could not parse network address",
        "host",
        "Check the spelling of the host, and that this machine can look it up.",
    ),
    _rule(
        r"connection to server on socket.*(?:No such file|Connection refused)",
        "host",
        "No server listens at this socket. For TCP give a host such as localhost; "
        "for another socket give its directory.",
    ),
    _rule(
        r"connection to server on socket.*Permission denied",
        "host",
        "This user may not use that socket: give the host localhost for TCP.",
    ),
    _rule(
        r"Connection refused",
        "port",
        "The machine answers, but nothing listens on this port: check it, "
        "and that the server runs and has listen_addresses set.",
    ),
    _rule(
        r"timeout expired|timed out|no answer",
        "host",
        "Nothing answers: check host and port; a firewall may drop what is sent.",
    ),
    _rule(
        r"No route to host|Network is (?:unreachable|down)|Cannot assign requested address",
        "host",
        "This machine cannot reach that network: check the host and your VPN.",
    ),
    _rule(
        r"closed the connection unexpectedly|Connection reset",
        "port",
        "The server hung up: check that this is PostgreSQL's port, and look at the server's log.",
    ),
    _rule(
        r"unsupported startup parameter",
        "",
        "A pooler refuses a setting: leave out options and extra keywords.",
    ),
    _rule(r"connection option|connection info string|invalid dsn", "", "Check the connection string."),
)

SQLSTATE_ADVICE = {
    # https://www.postgresql.org/docs/current/errcodes-appendix.html
    "22P02": "A value does not fit its type: cast it, or compare as text.",
    "22012": "Guard the divisor, for instance with nullif(divisor, 0).",
    "25006": "This program only reads: run what changes data in psql.",
    "25P02": "An earlier error ended the transaction: go back and open the rows again.",
    "25P03": "The server ended a transaction that was idle: open the rows again.",
    "25P04": "The server allows no transaction of this length: open the rows again.",
    "28P01": "Check user and password.",
    "34000": "The cursor is gone: open the rows again.",
    "40001": "The standby needed what the snapshot held: open the rows again. "
    "hot_standby_feedback or max_standby_streaming_delay there would have it wait.",
    "42501": "Your role may not read this: ask its owner for SELECT (and USAGE on the schema).",
    "42601": "Check the statement at the place marked.",
    "42703": "Check the column's name; one with capitals or blanks needs double quotes.",
    "42803": "Group by that column too, or put it into an aggregate.",
    "42883": "No function or operator takes these types: a cast may help.",
    "42P01": "Check the table's name and schema; one with capitals or blanks needs double quotes.",
    "42P18": "Cast the value: its type cannot be told.",
    "53100": "The server's disk is full: a sort or hash may need less with a narrower query.",
    "53200": "The server ran out of memory: try a query without large sorts or aggregates.",
    "53300": "All of the server's connections are in use: close one, or try again later.",
    "53400": "The query needs more temporary files than temp_file_limit allows: narrow it.",
    "55P03": "Someone holds a lock on it: try again, or look at pg_locks.",
    "57014": "The statement was canceled; the session is usable.",
    "57P01": "The server closed the connection: reconnect.",
    "57P02": "The server crashed and restarts: reconnect in a few seconds.",
    "57P03": "The server is not ready: try again in a few seconds.",
    "57P05": "The server closes idle sessions: reconnect.",
    "72000": "The snapshot is too old for this server: open the rows again.",
    "XX001": "Data on disk are damaged: look at the server's log before reading on.",
    "XX002": "An index is damaged: REINDEX it, or read in another order.",
}
"""By SQLSTATE, or by its first two characters."""

SQLSTATE_ADVICE |= {
    "08": "The connection is gone: reconnect.",
    "22": "A value cannot be worked with as the statement asks.",
    "28": "Check the user and what the server's pg_hba.conf asks of it.",
    "53": "The server is short of something: try again later.",
    "54": "The statement is too large for the server: make it simpler or narrower.",
    "58": "The server has trouble with its files: look at its log.",
    "XX": "The server has an internal error: look at its log.",
}

TIMEOUT_ADVICE = (
    "The server's statement_timeout ended it: narrow the query, or raise the timeout for your role."
)

ELSEWHERE_ADVICE = (
    "A server that foreign tables are on cannot be reached, or ended its session: open the rows again."
)

LOCKS_ADVICE = (
    "The server's table of locks is full: each partition read takes one until the transaction ends. "
    "Open fewer partitions, or raise max_locks_per_transaction there."
)

LOST_ADVICE = "The connection is gone: reconnect to go on at the same place."
