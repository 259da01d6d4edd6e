factor = 3
