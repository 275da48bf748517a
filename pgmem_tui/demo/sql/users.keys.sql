ALTER TABLE users ADD PRIMARY KEY (id), ADD UNIQUE (email);
CREATE INDEX users_name ON users (lower(name), id);
