# A suggestion for a misspelt attribute in the report of an uncaught error.
class Account:
    def __init__(self):
        self.balance = 0

    def deposit(self, amount):
        self.balance += amount


account = Account()
for i in range(300):
    account.deposit(i)
print(account.balance)
account.blance
