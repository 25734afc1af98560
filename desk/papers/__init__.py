"""Papers, as the templates of desk/print/ need them: words, names and times of one export."""
