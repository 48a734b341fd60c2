"""Promise 6: you see and do only what your role may, on every route, for every object."""
