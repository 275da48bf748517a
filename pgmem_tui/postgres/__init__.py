"""What we say to a server: settings, connections, cursors, SQL, the catalog. No threads, no screen."""
