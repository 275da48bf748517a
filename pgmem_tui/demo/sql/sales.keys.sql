ALTER TABLE sales ADD PRIMARY KEY (id, sold_on);
CREATE INDEX sales_sold_on ON sales (sold_on);
