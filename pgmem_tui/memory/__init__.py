"""Memory of this process and of the server's, sampled and kept in a bounded ring."""
