"""A server that gets as far as the TLS handshake of the PostgreSQL protocol, and no further.

The certificates are for db1.example and sign themselves; nothing else trusts their key.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

KEY = """\
-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIJW2oRURz8AsV3Zblks1vd+SQQwfUoJ3s+AxvNzpvrdloAoGCCqGSM49
AwEHoUQDQgAEcVKOfkBgj/9QLRVw4KlpLGea51ztj/aoTMEiUHfG35rcgcOct9zy
zGO0a/r8xlThIVPojwuC3lRhQbYEgeZ5Iw==
-----END EC PRIVATE KEY-----
"""

EXPIRED = """\
-----BEGIN CERTIFICATE-----
MIIBZDCCAQugAwIBAgIBATAKBggqhkjOPQQDAjAWMRQwEgYDVQQDDAtkYjEuZXhh
bXBsZTAeFw0wMDAxMDEwMDAwMDBaFw0wMTAxMDEwMDAwMDBaMBYxFDASBgNVBAMM
C2RiMS5leGFtcGxlMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEcVKOfkBgj/9Q
LRVw4KlpLGea51ztj/aoTMEiUHfG35rcgcOct9zyzGO0a/r8xlThIVPojwuC3lRh
QbYEgeZ5I6NKMEgwDwYDVR0TAQH/BAUwAwEB/zAWBgNVHREEDzANggtkYjEuZXhh
bXBsZTAdBgNVHQ4EFgQUfx3O3Ohnc24s1D9Js2RMWS8rmhswCgYIKoZIzj0EAwID
RwAwRAIga26nl4mF0lboLkjG5YLMBVTF7PXYzz8cNBEJoUuO2H4CIEvu7AMRCduv
CFE49MIILpgFWi7lfRs25EKA3OAIOYLC
-----END CERTIFICATE-----
"""
"""Valid in the year 2000."""

VALID = """\
-----BEGIN CERTIFICATE-----
MIIBZjCCAQ2gAwIBAgIBAjAKBggqhkjOPQQDAjAWMRQwEgYDVQQDDAtkYjEuZXhh
bXBsZTAgFw0wMDAxMDEwMDAwMDBaGA8yOTk5MDEwMTAwMDAwMFowFjEUMBIGA1UE
AwwLZGIxLmV4YW1wbGUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARxUo5+QGCP
/1AtFXDgqWksZ5rnXO2P9qhMwSJQd8bfmtyBw5y33PLMY7Rr+vzGVOEhU+iPC4Le
VGFBtgSB5nkjo0owSDAPBgNVHRMBAf8EBTADAQH/MBYGA1UdEQQPMA2CC2RiMS5l
eGFtcGxlMB0GA1UdDgQWBBR/Hc7c6GdzbizUP0mzZExZLyuaGzAKBggqhkjOPQQD
AgNHADBEAiBvIIK3SYGAI65rtV/Ixi2xfPPo+Tq313umLD6mQw0e1wIgXGs7hLLO
QTmK9g0vJSNjDv2oz7APlgI1/epSg7zmd+8=
-----END CERTIFICATE-----
"""
"""Valid until 2999."""


@contextlib.contextmanager
def tls_server(certificate: str, folder: Path) -> Iterator[int]:
    """Answer on a port of 127.0.0.1 with this certificate; yields the port."""
    path = folder / "server.pem"
    path.write_text(KEY + certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_serve, args=(listener, context), daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def _serve(listener: socket.socket, context: ssl.SSLContext) -> None:
    with contextlib.suppress(OSError):
        while True:
            client, _ = listener.accept()
            # The client hangs up in the middle of the handshake: that is the test.
            with client, contextlib.suppress(OSError):
                client.recv(8)  # SSLRequest
                client.sendall(b"S")
                with context.wrap_socket(client, server_side=True) as secured:
                    secured.recv(64)
