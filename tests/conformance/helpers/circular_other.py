from helpers.circular_from import value

thing = 2
