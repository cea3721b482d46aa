// Command verify checks a published record with the packages of the Go checksum database,
// golang.org/x/mod/sumdb/note and tlog, and nothing of Motion.
//
//	verify FOLDER [KEY]
//
// FOLDER holds checkpoint, checkpoints/* (kept from earlier) and tile/ as published, and log.vkey when no KEY is given.
// It prints "holds SIZE" and exits 0, or says the first thing that does not hold and exits 1.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io/ioutil"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func fail(format string, args ...interface{}) {
	fmt.Fprintf(os.Stderr, format+"\n", args...)
	os.Exit(1)
}

func open(path string, key note.Verifier) tlog.Tree {
	signed, err := ioutil.ReadFile(path)
	if err != nil {
		fail("read: %v", err)
	}
	opened, err := note.Open(signed, note.VerifierList(key))
	if err != nil {
		fail("signature of %s: %v", filepath.Base(path), err)
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != key.Name() {
		fail("checkpoint of another log")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		fail("size: %v", err)
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		fail("root of %s", filepath.Base(path))
	}
	tree := tlog.Tree{N: size}
	copy(tree.Hash[:], root)
	return tree
}

// tiles reads tiles as C2SP tlog-tiles lays them out: the paths of Go's, without the height.
type tiles struct{ folder string }

func (t tiles) Height() int                     { return 8 }
func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}
func (t tiles) ReadTiles(list []tlog.Tile) ([][]byte, error) {
	var read [][]byte
	for _, tile := range list {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		data, err := ioutil.ReadFile(filepath.Join(t.folder, path))
		if err != nil {
			return nil, err
		}
		read = append(read, data)
	}
	return read, nil
}

func bundle(folder string, number, size int64) [][]byte {
	width := int64(256)
	if size-number*256 < width {
		width = size - number*256
	}
	path := strings.Replace(tlog.Tile{H: 8, L: 0, N: number, W: int(width)}.Path(), "tile/8/0/", "tile/entries/", 1)
	data, err := ioutil.ReadFile(filepath.Join(folder, path))
	if err != nil {
		fail("read: %v", err)
	}
	var entries [][]byte
	for len(data) >= 2 {
		length := int(binary.BigEndian.Uint16(data))
		if len(data) < 2+length {
			fail("bundle %d is cut short", number)
		}
		entries = append(entries, data[2:2+length])
		data = data[2+length:]
	}
	if len(data) != 0 || int64(len(entries)) != width {
		fail("bundle %d has %d entries, not %d", number, len(entries), width)
	}
	return entries
}

// stored holds the hashes of the tree as they are computed here from the entries.
type stored []tlog.Hash

func (s stored) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	read := make([]tlog.Hash, len(indexes))
	for at, index := range indexes {
		read[at] = s[index]
	}
	return read, nil
}

func main() {
	if len(os.Args) < 2 {
		fail("usage: verify FOLDER [KEY]")
	}
	folder := os.Args[1]
	var vkey []byte
	if len(os.Args) > 2 {
		vkey = []byte(os.Args[2])
	} else if read, err := ioutil.ReadFile(filepath.Join(folder, "log.vkey")); err != nil {
		fail("read: %v", err)
	} else {
		vkey = read
	}
	key, err := note.NewVerifier(strings.TrimSpace(string(vkey)))
	if err != nil {
		fail("key: %v", err)
	}
	tree := open(filepath.Join(folder, "checkpoint"), key)
	hashes := tlog.TileHashReader(tree, tiles{folder})
	var computed stored

	for number := int64(0); number*256 < tree.N; number++ {
		entries := bundle(folder, number, tree.N)
		indexes := make([]int64, len(entries))
		for at := range entries {
			indexes[at] = tlog.StoredHashIndex(0, number*256+int64(at))
		}
		authentic, err := hashes.ReadHashes(indexes)
		if err != nil {
			fail("tree: %v", err)
		}
		for at, entry := range entries {
			found := tlog.RecordHash(entry)
			if !bytes.Equal(found[:], authentic[at][:]) {
				fail("entry %d is not the one that was signed", number*256+int64(at))
			}
			more, err := tlog.StoredHashesForRecordHash(number*256+int64(at), found, computed)
			if err != nil {
				fail("tree: %v", err)
			}
			computed = append(computed, more...)
		}
	}
	// The reader of tiles lets a few tiles pass that it did not hold against the root (x/mod 0.7.0: its loop over
	// the tiles begins at the number of subtrees, of which several may share a tile). The root of all entries does not.
	if root, err := tlog.TreeHash(tree.N, computed); err != nil || root != tree.Hash {
		fail("tree: the entries give another root than the one signed")
	}

	older, err := filepath.Glob(filepath.Join(folder, "checkpoints", "*"))
	if err != nil {
		fail("read: %v", err)
	}
	for _, path := range older {
		kept := open(path, key)
		if kept.N == 0 {
			continue
		}
		proof, err := tlog.ProveTree(tree.N, kept.N, hashes)
		if err != nil {
			fail("consistency with %s: %v", filepath.Base(path), err)
		}
		if err := tlog.CheckTree(proof, tree.N, tree.Hash, kept.N, kept.Hash); err != nil {
			fail("consistency with %s: %v", filepath.Base(path), err)
		}
	}
	fmt.Printf("holds %d\n", tree.N)
}
