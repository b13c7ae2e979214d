package main

import (
	"io"
	"net/http"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

const tileHeight = 8

// A service reads the log by HTTP. Its tiles are those of tlog.TileReader, whose paths have the height before the level.
type service struct {
	url, token string
	tiles      map[string][]byte
}

func (s *service) Height() int                         { return tileHeight }
func (s *service) SaveTiles(_ []tlog.Tile, _ [][]byte) {}

func (s *service) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var data [][]byte
	for _, tile := range tiles {
		path := strings.Replace(tile.Path(), "tile/8/", "/log/tile/", 1)
		if s.tiles[path] == nil {
			s.tiles[path] = s.get(path)
		}
		data = append(data, s.tiles[path])
	}
	return data, nil
}

func (s *service) get(path string) []byte {
	request, err := http.NewRequest("GET", s.url+path, nil)
	check(err, path)
	if s.token != "" {
		request.Header.Set("Authorization", "Bearer "+s.token)
	}
	response, err := http.DefaultClient.Do(request)
	check(err, path)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	check(err, path)
	if response.StatusCode != 200 {
		fail("%s was answered %d: %s", path, response.StatusCode, body)
	}
	return body
}
