'Module doc.'
def f():
    '''First.

        Indented.
    '''
