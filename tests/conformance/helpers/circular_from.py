from helpers.circular_other import thing

value = 1
