package signin

import (
	"io"

	"github.com/groundswell/groundswell/crm"
)

// Read reads a userinfo answer.
func (p *Provider) Read(body io.Reader) (crm.SocialProfile, error) { return p.read(body) }
