package web

import (
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"strings"
)

// pagePolicy lets the page load what is its own, and nothing else: no picture, script or frame of
// a network ever reaches a reader's browser. Styles may stand in the page, for the component
// library writes its theme there.
const pagePolicy = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; " +
	"base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// hashedName tells files whose name changes with their content, as the bundler makes them.
var hashedName = regexp.MustCompile(`[.-][A-Za-z0-9_-]{8,}\.[a-z0-9]+$`)

// ui serves the built single-page application.
type ui struct {
	files  fs.FS
	server http.Handler
	index  []byte
}

func newUI(files fs.FS) (*ui, error) {
	index, err := fs.ReadFile(files, "index.html")
	if err != nil {
		return nil, fmt.Errorf("read the UI: %w: build it with make ui", err)
	}
	return &ui{files: files, server: http.FileServerFS(files), index: index}, nil
}

// ServeHTTP serves a file, or the page for what is a route of its own.
func (u *ui) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", pagePolicy)
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		http.Error(w, "want GET or HEAD", http.StatusMethodNotAllowed)
		return
	}
	name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
	info, err := fs.Stat(u.files, name)
	switch {
	case name != "" && name != "index.html" && err == nil && info.Mode().IsRegular():
		h.Set("Cache-Control", "public, max-age=3600")
		if strings.HasPrefix(name, "assets/") && hashedName.MatchString(name) {
			h.Set("Cache-Control", "public, max-age=31536000, immutable")
		}
		r.URL.Path = "/" + name
		u.server.ServeHTTP(w, r)
	case strings.HasPrefix(name, "assets/"): // of an older build: the page would be no script
		http.NotFound(w, r)
	default:
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Cache-Control", "no-cache")
		_, _ = w.Write(u.index) // the client may be gone
	}
}
