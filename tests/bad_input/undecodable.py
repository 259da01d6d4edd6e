print("never printed")
x = "ÿş"
