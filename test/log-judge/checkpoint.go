package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// openCheckpoint returns the tree of a checkpoint that the log, and the witness if there is one, have signed.
func openCheckpoint(text []byte, key, witness string) tlog.Tree {
	verifier, err := note.NewVerifier(key)
	check(err, "the log's key")
	verifiers := []note.Verifier{verifier}
	if witness != "" {
		verifiers = append(verifiers, newCosigner(witness))
	}
	opened, err := note.Open(text, note.VerifierList(verifiers...))
	check(err, "the checkpoint")
	if len(opened.Sigs) < len(verifiers) {
		fail("the checkpoint has %d of %d signatures", len(opened.Sigs), len(verifiers))
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		fail("the checkpoint is %q", opened.Text)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err, "the checkpoint's size")
	root, err := tlog.ParseHash(lines[2])
	check(err, "the checkpoint's root")
	return tlog.Tree{N: size, Hash: root}
}

// A cosigner verifies what the note package does not know: C2SP tlog-cosignature, version 1.
type cosigner struct {
	name string
	id   uint32
	key  ed25519.PublicKey
}

func newCosigner(vkey string) note.Verifier {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		fail("the witness's key is %q", vkey)
	}
	id, err := hex.DecodeString(parts[1])
	check(err, "the witness's key ID")
	typed, err := base64.StdEncoding.DecodeString(parts[2])
	check(err, "the witness's key")
	hash := sha256.Sum256(append([]byte(parts[0]+"\n"), typed...))
	if len(typed) != 33 || typed[0] != 4 || !bytes.Equal(id, hash[:4]) {
		fail("the witness's key is %q", vkey)
	}
	return &cosigner{name: parts[0], id: binary.BigEndian.Uint32(id), key: typed[1:]}
}

func (c *cosigner) Name() string    { return c.name }
func (c *cosigner) KeyHash() uint32 { return c.id }
func (c *cosigner) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	signed := fmt.Sprintf("cosignature/v1\ntime %d\n%s", binary.BigEndian.Uint64(signature), text)
	return ed25519.Verify(c.key, []byte(signed), signature[8:])
}
