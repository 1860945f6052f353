module imagecraft.example/hello

go 1.23
