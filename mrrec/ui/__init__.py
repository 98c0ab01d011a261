"""The page: steps made visible. Nothing here recommends, and nothing else imports it."""
