// Checks the log of a running service with golang.org/x/mod/sumdb, which shares no code with it: the checkpoint's
// signatures, every tile and entry, that the log extends an older checkpoint, and the proof of one event.
package main

import (
	"crypto/sha256"
	"flag"
	"fmt"
	"os"
	"strings"
)

func main() {
	url := flag.String("url", "", "the service")
	token := flag.String("token", "", "the token of a reader")
	key := flag.String("key", "", "the log's public key (default: the one that the service serves)")
	known := flag.String("known", "", "a file with an older checkpoint that the log must extend")
	event := flag.String("event", "", "the ID of an event whose proof is checked")
	witness := flag.String("witness", "", "the public key of a witness that must have cosigned the checkpoint")
	flag.Parse()

	log := &service{url: *url, token: *token, tiles: map[string][]byte{}}
	if *key == "" {
		*key = strings.TrimSpace(string(log.get("/log/key")))
	}
	tree := openCheckpoint(log.get("/log/checkpoint"), *key, *witness)
	if tree.N > 0 {
		log.checkTree(tree)
	} else if tree.Hash != sha256.Sum256(nil) {
		fail("the root of the empty log is %v", tree.Hash)
	}
	fmt.Printf("Go: %d entries, their tiles and the checkpoint agree.\n", tree.N)
	if *known != "" {
		note, err := os.ReadFile(*known)
		check(err, "reading the known checkpoint")
		log.checkExtends(tree, openCheckpoint(note, *key, ""))
	}
	if *event != "" {
		log.checkProof(*event, *key)
	}
}

func check(err error, subject string) {
	if err != nil {
		fail("%s: %v", subject, err)
	}
}

func fail(format string, values ...interface{}) {
	fmt.Fprintf(os.Stderr, "Go: WRONG: "+format+"\n", values...)
	os.Exit(1)
}
