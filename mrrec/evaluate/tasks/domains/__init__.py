"""What the task Behaviour knows of films, books and games: readers, the lexicon of themes, wordings of requests."""
