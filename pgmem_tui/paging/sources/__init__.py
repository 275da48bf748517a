"""Where rows come from: one protocol, one module a kind of source."""
