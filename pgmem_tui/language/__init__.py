"""What SQL text says, by PostgreSQL's grammar: pure, without a server or a screen."""
