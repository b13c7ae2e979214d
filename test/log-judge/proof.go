package main

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

var proofForm = regexp.MustCompile(`\Ac2sp\.org/tlog-proof@v1\nextra (.+)\nindex (\d+)\n((?:.+\n)*)\n((?s:.*))\z`)

// checkProof checks the event and the proof that the service serves, without its tiles.
func (s *service) checkProof(id, key string) {
	body := s.get("/api/v1/events/" + id)
	fields := proofForm.FindSubmatch(s.get("/api/v1/events/" + id + "/proof"))
	if fields == nil {
		fail("the proof is malformed")
	}
	opening, err := base64.StdEncoding.DecodeString(string(fields[1]))
	check(err, "the opening")
	index, err := strconv.ParseInt(string(fields[2]), 10, 64)
	check(err, "the index")
	var proof tlog.RecordProof
	for _, line := range strings.Fields(string(fields[3])) {
		hash, err := tlog.ParseHash(line)
		check(err, "a hash of the proof")
		proof = append(proof, hash)
	}
	var event struct {
		ID         string `json:"id"`
		RecordedAt string `json:"recorded_at"`
	}
	check(json.Unmarshal(body, &event), "the event")
	commitment := sha256.Sum256(append(opening, body...))
	entry := fmt.Sprintf("tidings/event/v1\n%s\n%s\n%s\n", event.ID, event.RecordedAt, base64.StdEncoding.EncodeToString(commitment[:]))
	tree := openCheckpoint(fields[4], key, "")
	check(tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash([]byte(entry))), "the proof")
	fmt.Printf("Go: event %s is entry %d of %d.\n", event.ID, index, tree.N)
}
