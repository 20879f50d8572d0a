module zips

go 1.19
