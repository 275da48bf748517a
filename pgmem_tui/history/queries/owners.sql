SELECT owner FROM draft WHERE owner <> :owner GROUP BY owner ORDER BY max(at) DESC
