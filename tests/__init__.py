"""What the tests of all parts share (support), and the tests that span parts."""
