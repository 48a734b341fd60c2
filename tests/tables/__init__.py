"""The tables that the house is ruled by: life cycles, who hears what, and the pages drawn from them."""
