// Adds up squares in goroutines, and tells what it was compiled for.
package main

import (
	"fmt"
	"runtime"
)

var version = "unknown"

func main() {
	parts := make(chan uint64)
	for part := uint64(0); part < 4; part++ {
		go func() {
			sum := uint64(0)
			for n := part * 250; n < (part+1)*250; n++ {
				sum += n * n
			}
			parts <- sum
		}()
	}
	sum := uint64(0)
	for part := 0; part < 4; part++ {
		sum += <-parts
	}
	fmt.Printf("Go for %s, version %s, says %d\n", runtime.GOARCH, version, sum)
}
