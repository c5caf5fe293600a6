"""How well the guard does on labelled records, judged by what leaves: what it missed, and what it touched for nothing."""
