"""HTML pages for buyers and suppliers: a view is access, one service call, an answer."""
