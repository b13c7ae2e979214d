package main

import (
	"encoding/binary"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

var entryForm = regexp.MustCompile(`\Atidings/event/v1\n([1-9][0-9]{0,18})\n\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\n([A-Za-z0-9+/]{43}=)\n\z`)

// checkTree compares every tile with the root, as tlog does that, and every entry with its leaf.
func (s *service) checkTree(tree tlog.Tree) {
	reader := tlog.TileHashReader(tree, s)
	root, err := tlog.TreeHash(tree.N, reader)
	check(err, "the tree")
	if root != tree.Hash {
		fail("the root of the tiles is %v, that of the checkpoint %v", root, tree.Hash)
	}
	for level := 0; tree.N>>(tileHeight*level) > 0; level++ {
		for start := int64(0); start < tree.N>>(tileHeight*level); start += 1 << tileHeight {
			var indexes []int64
			for n := start; n < start+1<<tileHeight && n < tree.N>>(tileHeight*level); n++ {
				indexes = append(indexes, tlog.StoredHashIndex(tileHeight*level, n))
			}
			hashes, err := reader.ReadHashes(indexes)
			check(err, fmt.Sprintf("the tile of level %d from %d on", level, start))
			if level == 0 {
				s.checkBundle(start, hashes)
			}
		}
	}
}

var lastID int64

func (s *service) checkBundle(first int64, leaves []tlog.Hash) {
	tile := tlog.Tile{H: tileHeight, L: -1, N: first >> tileHeight, W: len(leaves)}
	bundle := s.get(strings.Replace(tile.Path(), "tile/8/data/", "/log/tile/entries/", 1))
	for n, leaf := range leaves {
		index := first + int64(n)
		if len(bundle) < 2 || len(bundle) < 2+int(binary.BigEndian.Uint16(bundle)) {
			fail("the bundle ends within entry %d", index)
		}
		length := int(binary.BigEndian.Uint16(bundle))
		entry := bundle[2 : 2+length]
		bundle = bundle[2+length:]
		fields := entryForm.FindSubmatch(entry)
		if fields == nil {
			fail("entry %d is %q", index, entry)
		}
		if tlog.RecordHash(entry) != leaf {
			fail("entry %d is not the leaf of its tile", index)
		}
		id, err := strconv.ParseInt(string(fields[1]), 10, 64)
		check(err, "the ID")
		if id <= lastID {
			fail("entry %d has ID %d after %d", index, id, lastID)
		}
		lastID = id
	}
	if len(bundle) > 0 {
		fail("the bundle from entry %d on has %d bytes too many", first, len(bundle))
	}
}

func (s *service) checkExtends(tree, known tlog.Tree) {
	if known.N > 0 {
		proof, err := tlog.ProveTree(tree.N, known.N, tlog.TileHashReader(tree, s))
		check(err, "the consistency proof")
		check(tlog.CheckTree(proof, tree.N, tree.Hash, known.N, known.Hash), "the known checkpoint")
	}
	fmt.Printf("Go: the log extends the known checkpoint of %d entries.\n", known.N)
}
